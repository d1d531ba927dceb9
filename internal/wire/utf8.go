package wire

import "unicode/utf8"

// textState judges UTF-8 that arrives in pieces. Its zero value stands between
// two code points.
type textState struct {
	need   uint8 // continuation bytes still to come of the code point that was begun
	lo, hi uint8 // the range of the next one
}

// whole reports whether the text so far ends with a whole code point.
func (t *textState) whole() bool { return t.need == 0 }

// feed judges the next piece and reports whether the text so far can still become
// valid. It says no at the first byte after which it cannot, also inside a code
// point that is split over pieces: F4 90 is refused without waiting for its end.
func (t *textState) feed(b []byte) bool {
	for t.need > 0 {
		if len(b) == 0 {
			return true
		}
		if !t.continued(b[0]) {
			return false
		}
		b = b[1:]
	}
	open := openTail(b)
	if !utf8.Valid(b[:len(b)-open]) {
		return false
	}
	b = b[len(b)-open:]
	if len(b) == 0 {
		return true
	}
	if !t.begin(b[0]) {
		return false
	}
	for _, c := range b[1:] {
		if !t.continued(c) {
			return false
		}
	}
	return true
}

// openTail returns how many bytes at the end of b may begin a code point that
// continues in the next piece.
func openTail(b []byte) int {
	for i := 1; i <= utf8.UTFMax-1 && i <= len(b); i++ {
		c := b[len(b)-i]
		if c < utf8.RuneSelf {
			return 0
		}
		if c >= 0xC0 {
			if sequenceLength(c) > i {
				return i
			}
			return 0
		}
	}
	return 0
}

// sequenceLength returns how many bytes the code point that begins with c takes,
// and the most there can be for a byte that begins none, so that [textState.begin]
// gets to refuse it.
func sequenceLength(c byte) int {
	switch {
	case c < 0xC2:
		return utf8.UTFMax
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return utf8.UTFMax
}

// begin takes the first byte of a code point of two or more. The ranges are table
// 3-7 of the Unicode standard, "Well-Formed UTF-8 Byte Sequences": they leave out
// overlong forms, surrogates and everything above U+10FFFF.
func (t *textState) begin(c byte) bool {
	t.lo, t.hi = 0x80, 0xBF
	switch {
	case c >= 0xC2 && c <= 0xDF:
		t.need = 1
	case c >= 0xE0 && c <= 0xEF:
		t.need = 2
	case c >= 0xF0 && c <= 0xF4:
		t.need = 3
	default:
		return false
	}
	switch c {
	case 0xE0:
		t.lo = 0xA0
	case 0xED:
		t.hi = 0x9F
	case 0xF0:
		t.lo = 0x90
	case 0xF4:
		t.hi = 0x8F
	}
	return true
}

// continued takes a further byte of the code point that was begun.
func (t *textState) continued(c byte) bool {
	if c < t.lo || c > t.hi {
		return false
	}
	t.need--
	t.lo, t.hi = 0x80, 0xBF
	return true
}
