package jsonscan

import (
	"cmp"
	"math"
	"math/bits"
)

// decimal is a JSON number without loss: ±0.d1d2d3… × 10^point, where d1 is not
// zero, or zero itself. It refers to the text it was parsed from.
type decimal struct {
	digits   []byte // from d1 to the last digit, maybe with a dot between
	coef     uint64 // the digits as a number, if exact
	point    int
	count    int // of digits, trailing zeros included
	negative bool
	exact    bool // coef holds all digits
}

// maxExact is how many digits always fit a uint64.
const maxExact = 19

// parseDecimal takes a number apart. The text must be one by the grammar; an
// exponent beyond an int is cut off, which the magnitudes that Scan lets pass
// never need.
func parseDecimal(text []byte) decimal {
	var d decimal
	i := 0
	if text[0] == '-' {
		d.negative = true
		i++
	}
	first, last := -1, 0 // offsets of d1 and of the last digit
	fraction := false
	d.exact = true
	for ; i < len(text) && text[i]|0x20 != 'e'; i++ {
		c := text[i]
		if c == '.' {
			fraction = true
			continue
		}
		switch {
		case first < 0 && c == '0':
			if fraction {
				d.point--
			}
			continue
		case first < 0:
			first = i
		}
		last = i
		d.count++
		if !fraction {
			d.point++
		}
		if d.count <= maxExact {
			d.coef = d.coef*10 + uint64(c-'0')
		} else {
			d.exact = false
		}
	}
	if first < 0 {
		return decimal{exact: true}
	}
	d.digits = text[first : last+1]
	if i < len(text) {
		d.point += exponent(text[i+1:])
	}
	return d
}

func exponent(text []byte) int {
	sign := 1
	switch text[0] {
	case '-':
		sign = -1
		text = text[1:]
	case '+':
		text = text[1:]
	}
	n := 0
	for _, c := range text {
		if n = n*10 + int(c-'0'); n > math.MaxInt32 {
			n = math.MaxInt32
		}
	}
	return sign * n
}

func (d *decimal) isZero() bool { return d.count == 0 }

// significant returns how many digits d has when trailing zeros are dropped.
func (d *decimal) significant() int {
	n := d.count
	for i := len(d.digits) - 1; i >= 0; i-- {
		switch d.digits[i] {
		case '.':
		case '0':
			n--
		default:
			return n
		}
	}
	return n
}

// isInteger reports whether d has no fractional part.
func (d *decimal) isInteger() bool {
	return d.isZero() || d.point >= d.count || d.point >= d.significant()
}

// sign returns -1, 0 or 1.
func (d *decimal) sign() int {
	switch {
	case d.isZero():
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compare returns how d relates to e: -1 if less, 0 if equal, 1 if greater.
func (d *decimal) compare(e *decimal) int {
	s := d.sign()
	if c := cmp.Compare(s, e.sign()); c != 0 || s == 0 {
		return c
	}
	if c := cmp.Compare(d.point, e.point); c != 0 {
		return s * c
	}
	if d.exact && e.exact {
		return s * compareCoefficients(d.coef, d.count, e.coef, e.count)
	}
	return s * compareDigits(d.digits, e.digits)
}

// compareCoefficients compares 0.a and 0.b, numbers of m and n digits.
func compareCoefficients(a uint64, m int, b uint64, n int) int {
	if m < n {
		return -compareCoefficients(b, n, a, m)
	}
	hi, lo := bits.Mul64(b, powersOfTen[m-n])
	if hi != 0 {
		return -1
	}
	return cmp.Compare(a, lo)
}

// compareDigits compares 0.a and 0.b, where dots do not count.
func compareDigits(a, b []byte) int {
	for len(a) > 0 || len(b) > 0 {
		var x, y byte
		x, a = nextDigit(a)
		y, b = nextDigit(b)
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return 0
}

// nextDigit cuts the next digit off, which behind the end is zero.
func nextDigit(digits []byte) (digit byte, rest []byte) {
	if len(digits) > 0 && digits[0] == '.' {
		digits = digits[1:]
	}
	if len(digits) == 0 {
		return '0', nil
	}
	return digits[0], digits[1:]
}

// int64 returns d if it is exactly an int64.
func (d *decimal) int64() (n int64, ok bool) {
	if d.isZero() {
		return 0, true
	}
	if d.point <= 0 || d.point > maxExact || !d.isInteger() {
		return 0, false
	}
	var u uint64
	rest := d.digits
	for range d.point {
		var c byte
		c, rest = nextDigit(rest)
		u = u*10 + uint64(c-'0')
	}
	if d.negative {
		return -int64(u), u <= 1<<63
	}
	return int64(u), u <= math.MaxInt64
}

// floor returns the largest integer that is not greater than d, if that is an
// int64; integer says that it is d itself.
func (d *decimal) floor() (n int64, integer, ok bool) {
	if n, ok = d.int64(); ok {
		return n, true, true
	}
	if d.point > maxExact-1 {
		return 0, false, false
	}
	rest := d.digits
	for range max(d.point, 0) {
		var c byte
		c, rest = nextDigit(rest)
		n = n*10 + int64(c-'0')
	}
	if d.negative {
		n = -n - 1
	}
	return n, false, true
}

// isMultiple reports whether d is an integer times step, whose coefficient is
// exact and not zero.
func (d *decimal) isMultiple(step *decimal) bool {
	if d.isZero() {
		return true
	}
	// d is a × 10^x, without trailing zeros in a, and step is b × 10^y.
	n := d.significant()
	x, y := d.point-n, step.point-step.count
	if x < y {
		// b × 10^(y-x) would have to divide a, which 10 does not.
		return false
	}
	var a uint64 // modulo b
	rest := d.digits
	for range n {
		var c byte
		c, rest = nextDigit(rest)
		a = addMod(mulMod(a, 10, step.coef), uint64(c-'0'), step.coef)
	}
	return mulMod(a, powerMod(10, x-y, step.coef), step.coef) == 0
}

func addMod(a, b, m uint64) uint64 {
	sum, carry := bits.Add64(a%m, b%m, 0)
	_, rem := bits.Div64(carry, sum, m)
	return rem
}

func mulMod(a, b, m uint64) uint64 {
	hi, lo := bits.Mul64(a%m, b%m)
	_, rem := bits.Div64(hi, lo, m)
	return rem
}

// powerMod returns base^n modulo m.
func powerMod(base uint64, n int, m uint64) uint64 {
	result := 1 % m
	for base %= m; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = mulMod(result, base, m)
		}
		base = mulMod(base, base, m)
	}
	return result
}

// plainInteger returns a number that is written as an integer of at most 18
// digits, which is what most numbers are.
func plainInteger(text []byte, info uint32) (n int64, ok bool) {
	if info&flagInteger == 0 || len(text) > maxExact-1 {
		return 0, false
	}
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	for _, c := range text {
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

var powersOfTen = func() (p [maxExact + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()
