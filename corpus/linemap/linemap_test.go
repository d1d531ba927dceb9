package linemap_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/corpus/linemap"
)

// text makes a file with a line a word.
func text(words string) []byte {
	return []byte(strings.ReplaceAll(words, " ", "\n") + "\n")
}

func TestSpan(t *testing.T) {
	cases := []struct {
		name        string
		a, b        string
		first, last int
		lo, hi      int
	}{
		{"unchanged", "a b c d", "a b c d", 2, 3, 2, 3},
		{"moved down", "a b c", "x y a b c", 2, 3, 4, 5},
		{"moved up", "x y a b c", "a b c", 4, 5, 2, 3},
		{"replaced by as many", "a b c d", "a X Y d", 2, 3, 2, 3},
		{"replaced by more", "a b c", "a X Y Z c", 2, 2, 2, 4},
		{"replaced by fewer", "a b c d e", "a X e", 2, 4, 2, 2},
		{"deleted", "a b c d", "a d", 2, 3, 1, 2},
		{"deleted at the start", "a b c", "c", 1, 2, 1, 1},
		{"deleted at the end", "a b c", "a", 2, 3, 1, 1},
		{"lines put into the span", "a b c d", "a b X Y c d", 2, 3, 2, 5},
		{"first line of the span replaced", "a b c d", "a X c d", 2, 3, 2, 3},
		{"all replaced", "a b c", "X Y", 2, 2, 1, 2},
		{"repeated lines", "{ a } { b } { c }", "{ a } { N } { b } { c }", 5, 5, 8, 8},
		{"no unique lines", "x y x y x", "y x y x", 3, 3, 2, 2},
		{"moved block", "a b c d e f", "d e f a b c", 4, 6, 1, 3},
		{"behind the end", "a b", "a b c", 9, 12, 2, 2},
		{"second version empty", "a b", "", 1, 2, 1, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := text(c.b)
			if c.b == "" {
				b = nil
			}
			lo, hi := linemap.New(text(c.a), b).Span(c.first, c.last)
			if lo != c.lo || hi != c.hi {
				t.Errorf("lines %d-%d of %q in %q: got %d-%d, want %d-%d", c.first, c.last, c.a, c.b, lo, hi, c.lo, c.hi)
			}
		})
	}
}

func TestSpanIgnoresLineEnds(t *testing.T) {
	lo, hi := linemap.New([]byte("a\nb\nc\n"), []byte("x\r\na\r\nb\r\nc")).Span(2, 3)
	if lo != 3 || hi != 4 {
		t.Errorf("got %d-%d, want 3-4", lo, hi)
	}
}

func FuzzSpan(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nX\nc\n"), 2, 1)
	f.Add([]byte("x\ny\nx\ny\n"), []byte("y\nx\n"), 1, 3)
	f.Fuzz(func(t *testing.T, a, b []byte, first, more int) {
		if first < 1 || more < 0 || first > 1e6 || more > 1e6 || len(a)+len(b) > 1<<12 {
			return
		}
		lines := max(1, bytes.Count(b, []byte("\n"))+1)
		if len(a) == 0 {
			a = []byte("\n")
		}
		lo, hi := linemap.New(a, b).Span(first, first+more)
		if lo < 1 || hi < lo || hi > lines {
			t.Errorf("lines %d-%d of %q in %q: got %d-%d of %d", first, first+more, a, b, lo, hi, lines)
		}
		count := bytes.Count(a, []byte("\n"))
		if !bytes.HasSuffix(a, []byte("\n")) {
			count++
		}
		if first <= count {
			if lo, hi := linemap.New(a, a).Span(first, first); lo != first || hi != first {
				t.Errorf("line %d of %q in itself: got %d-%d", first, a, lo, hi)
			}
		}
	})
}
