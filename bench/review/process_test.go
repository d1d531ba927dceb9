//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain lets the test binary stand for a measured program.
func TestMain(m *testing.M) {
	switch os.Getenv("BENCH_REVIEW_CHILD") {
	case "":
		os.Exit(m.Run())
	case "parent":
		// The work is done in a process of its own, as npm's tools do it.
		cmd := exec.Command(os.Args[0])
		cmd.Env = []string{"BENCH_REVIEW_CHILD=worker"}
		if err := cmd.Run(); err != nil {
			os.Exit(9)
		}
	case "worker":
		held := bytes.Repeat([]byte("x"), 96<<20)
		for range 5 {
			for i := range held {
				held[i] += byte(i)
			}
		}
		os.Stdout.Write(held[:1])
	case "fails":
		os.Stderr.WriteString("no such rule\n")
		os.Exit(3)
	case "waits":
		select {}
	}
}

func child(t *testing.T, what string) program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program{args: []string{self}, env: []string{"BENCH_REVIEW_CHILD=" + what}, fine: []int{0}}
}

func TestSpendCountsTheWholeTree(t *testing.T) {
	u, err := spend(t.Context(), child(t, "parent"))
	if err != nil {
		t.Fatal(err)
	}
	if u.MaxRSS < 96<<20 {
		t.Errorf("got %d bytes of memory, want the 96 MiB of the process that the program started", u.MaxRSS)
	}
	if u.CPU <= 0 || u.Wall <= 0 {
		t.Errorf("got %+v, want time", u)
	}
}

func TestSpendFails(t *testing.T) {
	p := child(t, "fails")
	if _, err := spend(t.Context(), p); err == nil || !strings.Contains(err.Error(), "no such rule") {
		t.Errorf("got %v, want what the program said", err)
	}
	p.fine = []int{0, 3}
	if _, err := spend(t.Context(), p); err != nil {
		t.Errorf("got %v for an exit code that is fine", err)
	}
	if _, err := spend(t.Context(), program{args: []string{"/does/not/exist"}}); err == nil {
		t.Error("got no error for a program that isn't there")
	}
}

func TestSpendStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := spend(ctx, child(t, "waits")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var w tail
	for range 1000 {
		w.Write([]byte("a line that nobody needs\n"))
	}
	w.Write([]byte("the cause"))
	if got := w.String(); len(got) > tailBytes || !strings.HasSuffix(got, "the cause") {
		t.Errorf("got %d bytes that end in %q", len(got), got[max(0, len(got)-20):])
	}
}
