package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// special marks, by its high bit, the lowest byte of w that ends a run of plain
// characters: a quote, a backslash or a control character. Bits above the lowest
// one may be set without reason, because borrows travel upwards.
func special(w uint64) uint64 {
	quote := w ^ everyByte*'"'
	slash := w ^ everyByte*'\\'
	return ((quote-everyByte)&^quote | (slash-everyByte)&^slash | (w-everyByte*' ')&^w) & highBits
}

// str reads the string whose first byte, behind the quote, is at offset i, and
// returns the offset of the closing quote and the flags of the string. Longer
// than limit bytes it is refused by the code over.
func (d *Doc) str(i, limit int, over Code) (end int, flags uint32) {
	src, start := d.src, i
	var wide uint64 // the high bits of all bytes
	for {
		i = skipPlain(src, i, &wide)
		if i >= len(src) {
			return d.unexpected(i), 0
		}
		if src[i] == '"' {
			break
		}
		if src[i] != '\\' {
			return d.refuse(SyntaxControlCharacter, i), 0
		}
		flags = flagEscaped
		if i = d.escape(i); i < 0 {
			return i, 0
		}
	}
	if i-start > limit {
		return d.refuse(over, start-1), 0
	}
	if wide&highBits != 0 {
		flags |= flagWide
		if !d.lim.TrustUTF8 && !utf8.Valid(src[start:i]) {
			return d.refuse(SyntaxUTF8, start-1), 0
		}
	}
	return i, flags
}

// skipPlain returns the offset of the first byte at or behind i that ends a run
// of plain characters, and adds the bytes of the run to wide.
func skipPlain(src []byte, i int, wide *uint64) int {
	seen := *wide
	for i+8 <= len(src) {
		w := binary.LittleEndian.Uint64(src[i:])
		if m := special(w); m != 0 {
			n := bits.TrailingZeros64(m) &^ 7
			*wide = seen | w&(1<<(n&63)-1)
			return i + n>>3
		}
		seen |= w
		i += 8
	}
	for i < len(src) && src[i] != '"' && src[i] != '\\' && src[i] >= ' ' {
		seen |= uint64(src[i])
		i++
	}
	*wide = seen
	return i
}

// escape reads the escape sequence at offset i, for a surrogate both halves.
func (d *Doc) escape(i int) int {
	src := d.src
	if i+1 >= len(src) {
		return d.unexpected(i + 1)
	}
	switch src[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return d.refuse(SyntaxEscape, i)
	}
	unit, ok := codeUnit(src, i)
	if !ok {
		return d.refuse(SyntaxEscape, i)
	}
	switch {
	case !isSurrogate(unit):
		return i + 6
	case isLowSurrogate(unit):
		return d.refuse(SyntaxSurrogate, i)
	}
	// RFC 8259 8.2: what a parser makes of half a pair is unpredictable.
	if low, ok := codeUnit(src, i+6); !ok || !isLowSurrogate(low) {
		return d.refuse(SyntaxSurrogate, i)
	}
	return i + 12
}

func isSurrogate(unit rune) bool    { return unit&^0x7ff == 0xd800 }
func isLowSurrogate(unit rune) bool { return unit&^0x3ff == 0xdc00 }

// codeUnit returns what the escape sequence \uXXXX at offset i stands for; ok
// is false if there is none.
func codeUnit(src []byte, i int) (unit rune, ok bool) {
	if i+6 > len(src) || src[i] != '\\' || src[i+1] != 'u' {
		return 0, false
	}
	for _, c := range src[i+2 : i+6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c|0x20 - 'a' + 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}
