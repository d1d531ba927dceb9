package wire_test

import (
	"testing"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

// canContinue reports, by the standard library, whether b can be the beginning of valid
// UTF-8: whether some ending makes it valid.
func canContinue(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(b)
		}
		b = b[size:]
	}
	return true
}

// TestTextIsJudgedByteByByte tries every sequence of three bytes from a selection with
// every boundary of table 3-7 of the Unicode standard, and all sequences of two bytes.
func TestTextIsJudgedByteByByte(t *testing.T) {
	edges := []byte{0x00, 0x41, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbe, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xdf,
		0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfb, 0xfc, 0xfd, 0xfe, 0xff}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				for _, d := range []byte{0x41, 0x80, 0xbf, 0xc2, 0xff} {
					checkText(t, []byte{a, b, c, d})
				}
			}
		}
	}
	for a := range 256 {
		for b := range 256 {
			checkText(t, []byte{byte(a), byte(b)})
		}
	}
}

// checkText judges text byte by byte, and in two pieces, against the standard library.
func checkText(t *testing.T, text []byte) {
	t.Helper()
	var j wire.TextJudge
	for i := range text {
		got, want := j.Feed(text[i:i+1]), canContinue(text[:i+1])
		if got != want {
			t.Fatalf("% x, byte by byte: byte %d: got %v, want %v", text, i, got, want)
		}
		if !got {
			break
		}
		if whole := utf8.Valid(text[:i+1]); j.Whole() != whole {
			t.Fatalf("% x, byte by byte: byte %d: whole %v, want %v", text, i, j.Whole(), whole)
		}
	}
	for cut := range len(text) {
		var j wire.TextJudge
		got := j.Feed(text[:cut]) && j.Feed(text[cut:])
		if want := canContinue(text); got != want || got && j.Whole() != utf8.Valid(text) {
			t.Fatalf("% x, cut at %d: got %v, whole %v, want %v, %v", text, cut, got, j.Whole(), want, utf8.Valid(text))
		}
	}
}

// FuzzText compares with the standard library, for any text and any piece size.
func FuzzText(f *testing.F) {
	seeds := []string{"", "plain", "κόσμε", "a€b", "𝄞", "\xff", "a\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "long enough for words €\xf0\x9f\x98"}
	for i, s := range seeds {
		f.Add([]byte(s), uint8(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, piece uint8) {
		var j wire.TextJudge
		ok, seen := true, 0
		for _, p := range chop(text, int(piece)+1) {
			seen += len(p)
			if ok = j.Feed(p); !ok {
				break
			}
		}
		if want := canContinue(text[:seen]); ok != want || ok && j.Whole() != utf8.Valid(text) {
			t.Fatalf("%q in pieces of %d: got %v, whole %v, want %v, %v", text, piece+1, ok, j.Whole(), want, utf8.Valid(text))
		}
	})
}
