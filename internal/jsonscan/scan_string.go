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
	// Flipping 0x02 moves the quote next to the control characters.
	low := (w ^ everyByte*0x02) - everyByte*0x21
	slash := (w ^ everyByte*'\\') - everyByte
	return (low | slash) &^ w & highBits
}

// shortText returns the length of a string of less than eight plain ASCII
// characters, of which w is the first eight bytes behind the quote, little end
// first. It is negative if w does not hold such a string with its closing quote.
func shortText(w uint64) int {
	m := special(w)
	at := bits.TrailingZeros64(m) &^ 7
	if byte(w>>at) != '"' || w&highBits&(m^(m-1)) != 0 {
		return -1
	}
	return at >> 3
}

// plainText returns the offset of the quote that closes the string at offset i,
// if it is all of plain ASCII characters and not at the end of the document. That
// most strings are; for others it does not find out what they are.
func plainText(src []byte, i int) (end int, ok bool) {
	for i+8 <= len(src) {
		w := binary.LittleEndian.Uint64(src[i:])
		m := special(w)
		if m != 0 {
			at := bits.TrailingZeros64(m) &^ 7
			return i + at>>3, byte(w>>(at&63)) == '"' && w&highBits&(m^(m-1)) == 0
		}
		if w&highBits != 0 {
			return 0, false
		}
		i += 8
	}
	return 0, false
}

// quoted reads a string value, of which i is the offset of the quote.
func (d *Doc) quoted(i int, n *node) int {
	end, ok := plainText(d.src, i+1)
	var flags uint32
	if !ok || end-i > d.lim.StringBytes {
		if end, flags = d.str(i+1, d.lim.StringBytes, LimitStringBytes); end < 0 {
			return end
		}
	}
	d.leaf(n, i, end+1, uint32(String)|flags)
	return end + 1
}

// str reads the string whose first byte, behind the quote, is at offset i, and
// returns the offset of the closing quote and the flags of the string. Longer
// than limit bytes it is refused by the code over.
func (d *Doc) str(i, limit int, over Code) (end int, flags uint32) {
	src, start := d.src, i
	var seen uint64 // all bytes, one over the other
	for {
		for i+8 <= len(src) {
			w := binary.LittleEndian.Uint64(src[i:])
			m := special(w)
			if m == 0 {
				seen |= w
				i += 8
				continue
			}
			n := bits.TrailingZeros64(m) &^ 7
			seen |= w & (1<<(n&63) - 1)
			i += n >> 3
			goto stopped
		}
		for i < len(src) && src[i] != '"' && src[i] != '\\' && src[i] >= ' ' {
			seen |= uint64(src[i])
			i++
		}
		if i >= len(src) {
			return d.unexpected(i), 0
		}
	stopped:
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
	if seen&highBits != 0 {
		flags |= flagWide
		if !d.lim.TrustUTF8 && !utf8.Valid(src[start:i]) {
			return d.refuse(SyntaxUTF8, start-1), 0
		}
	}
	return i, flags
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
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}
