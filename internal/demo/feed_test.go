package demo

import (
	"fmt"
	"testing"
)

func TestFeed(t *testing.T) {
	f := newAuditFeed()
	for i := range feedHistory + 5 {
		fmt.Fprintf(f, "%d\n", i)
	}
	lines, leave, ok := f.join()
	if !ok {
		t.Fatal("no place for the first reader")
	}
	fmt.Fprint(f, "a\nb\n")
	var got []string
	for range feedHistory + 2 {
		got = append(got, string(<-lines))
	}
	if got[0] != "5" || got[len(got)-3] != fmt.Sprint(feedHistory+4) || got[len(got)-2] != "a" || got[len(got)-1] != "b" {
		t.Errorf("got %q … %q", got[:2], got[len(got)-3:])
	}
	leave()
	fmt.Fprintln(f, "c")
	if len(lines) != 0 {
		t.Error("a reader that left gets lines")
	}
}

// TestFeedLeavesSlowReaders keeps a page that doesn't read from holding up the log.
func TestFeedLeavesSlowReaders(t *testing.T) {
	f := newAuditFeed()
	lines, leave, _ := f.join()
	defer leave()
	for range feedQueue + 1 {
		fmt.Fprintln(f, "x")
	}
	n := 0
	for range lines {
		n++
	}
	if n != feedQueue {
		t.Errorf("got %d lines before the end, want %d", n, feedQueue)
	}
}

func TestFeedIsBounded(t *testing.T) {
	f := newAuditFeed()
	for i := range feedReaders {
		if _, _, ok := f.join(); !ok {
			t.Fatalf("reader %d has no place", i)
		}
	}
	if _, _, ok := f.join(); ok {
		t.Error("one reader too many has a place")
	}
}
