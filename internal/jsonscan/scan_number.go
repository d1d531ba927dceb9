package jsonscan

import (
	"math"
	"strconv"
)

// number reads the number at offset i, and refuses what is none.
func (d *Doc) number(i int, n *node) int {
	src, start := d.src, i
	if src[i] == '-' {
		i++
	}
	digits := i
	i = skipDigits(src, i)
	switch {
	case i == digits:
		return d.notNumber(start, i)
	case src[digits] == '0' && i > digits+1:
		return d.refuse(SyntaxNumber, start)
	}
	info := uint32(Number) | flagInteger
	if i < len(src) && src[i] == '.' {
		info = uint32(Number)
		from := i + 1
		if i = skipDigits(src, from); i == from {
			return d.notNumber(start, i)
		}
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		info = uint32(Number) | flagExponent
		i++
		if i < len(src) && (src[i] == '+' || src[i] == '-') {
			i++
		}
		from := i
		if i = skipDigits(src, from); i == from {
			return d.notNumber(start, i)
		}
	}
	if i-start > d.lim.NumberBytes {
		return d.refuse(LimitNumberBytes, start)
	}
	// Without an exponent a number of this length is within the range.
	if (info&flagExponent != 0 || i-start > 300) && !isFinite(src[start:i]) {
		return d.refuse(LimitNumberMagnitude, start)
	}
	d.leaf(n, start, i, info)
	return i
}

func skipDigits(src []byte, i int) int {
	for i < len(src) && src[i]-'0' <= 9 {
		i++
	}
	return i
}

// notNumber refuses what begins at start and stops being a number at i.
func (d *Doc) notNumber(start, i int) int {
	switch {
	case i >= len(d.src):
		return d.unexpected(i)
	case i == start && !isLetter(d.src[i]):
		return d.refuse(SyntaxUnexpectedByte, i)
	case i == start:
		return d.refuse(SyntaxLiteral, i)
	}
	return d.refuse(SyntaxNumber, start)
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isFinite reports whether a float64 holds the number text without overflow, and
// without becoming zero if it is not zero.
func isFinite(text []byte) bool {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(f, 0) {
		return false
	}
	return f != 0 || isZero(text)
}

// isZero reports whether all digits before the exponent are zeros.
func isZero(text []byte) bool {
	for _, c := range text {
		switch {
		case c|0x20 == 'e':
			return true
		case c >= '1' && c <= '9':
			return false
		}
	}
	return true
}
