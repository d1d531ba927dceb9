package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes text from source fit for a terminal. The source under review
// is hostile: a control sequence in it could rewrite what stands above, and
// bidirectional controls could show another program than the one that runs. Such
// characters are spelt out, line breaks and tabs become spaces.
func printable(s string) string {
	clean := func(r rune) bool { return r == utf8.RuneError || !isPlain(r) }
	if strings.IndexFunc(s, clean) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(spell(r, s[i:i+size]))
		i += size
	}
	return b.String()
}

// printableLines is printable for text of several lines.
func printableLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(printable(line), " ") + "\n")
	}
	return b.String()
}

// spell returns how the character r, encoded as raw, is shown.
func spell(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r == '\n' || r == '\r' || r == '\t':
		return " "
	case isPlain(r):
		return raw
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// isPlain reports whether a character shows itself and nothing else. Format
// characters (Cf) hold the bidirectional controls, zero-width ones and tags;
// the joiner of emoji and of several scripts is the one that prose needs.
func isPlain(r rune) bool {
	const zeroWidthJoiner = '\u200d'
	if r < utf8.RuneSelf {
		return ' ' <= r && r != 0x7f
	}
	return r == zeroWidthJoiner || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// cells returns the columns that printable text takes on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

// wide are the ranges that terminals show two columns wide: East Asian scripts,
// full-width forms and emoji, roughly.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1},
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1},
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

func runeCells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r == '\u200d' || unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// clipString shortens s to at most n bytes and marks the cut.
func clipString(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
