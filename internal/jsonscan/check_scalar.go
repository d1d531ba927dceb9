package jsonscan

import "unicode/utf8"

// fits reports whether n is accepted by its length as it is written, because
// nothing else is asked for. If not, its text decides.
func (t *textRule) fits(n *node) bool {
	length := int(n.end-n.start) - 2
	return t.lengthOnly && length >= t.minLength && length <= t.maxLength && n.info&(flagEscaped|flagWide) == 0
}

func (c *checker) text(r *rule, n *node) bool {
	t := r.text
	bytes := int(n.end-n.start) - 2
	if t.minLength > 0 || bytes > t.maxLength {
		length := bytes
		if n.info&(flagEscaped|flagWide) != 0 {
			length = utf8.RuneCount(c.d.stringText(n))
		}
		if length < t.minLength {
			return c.fail(SchemaMinLength, r, n)
		}
		if length > t.maxLength {
			return c.fail(SchemaMaxLength, r, n)
		}
	}
	if t.pattern != nil && !t.pattern.Match(c.d.stringText(n)) {
		return c.fail(SchemaPattern, r, n)
	}
	if t.format != nil && !t.format(c.d.stringText(n)) {
		return c.fail(SchemaFormat, r, n)
	}
	return true
}

func (c *checker) number(r *rule, n *node) bool {
	num := r.num
	if num == nil && n.info&flagInteger != 0 {
		return true // only type: integer
	}
	text := c.d.src[n.start:n.end]
	if num != nil && num.bounded {
		if i, ok := plainInteger(text, n.info); ok && num.acceptsInteger(i) {
			return true
		}
		if n.info&(flagInteger|flagExponent) == 0 && !r.integers && num.step == nil && num.acceptsFraction(text) {
			return true
		}
	}
	return c.decimal(r, n, text)
}

// decimal judges a number by all its digits.
func (c *checker) decimal(r *rule, n *node, text []byte) bool {
	d := parseDecimal(text)
	if r.integers && !d.isInteger() {
		return c.fail(SchemaType, r, n)
	}
	if r.num == nil {
		return true
	}
	for i := range r.num.limits {
		l := &r.num.limits[i]
		if side := d.compare(&l.bound); side == l.side || side == 0 && l.equal {
			return c.fail(l.code, r, n)
		}
	}
	if step := r.num.step; step != nil && !d.isMultiple(step) {
		return c.fail(SchemaMultipleOf, r, n)
	}
	return true
}

func (r *numberRule) acceptsInteger(i int64) bool {
	return i >= r.low && i <= r.high && (r.step == nil || r.whole != 0 && i%r.whole == 0)
}

// acceptsFraction reports whether a number with a fraction and no exponent is
// positive and between two integers that are accepted; if not, its digits decide.
func (r *numberRule) acceptsFraction(text []byte) bool {
	var i int64
	for at, c := range text {
		switch {
		case c == '.':
			return i >= r.low && i < r.high
		case c-'0' > 9 || at > maxExact-3:
			return false
		}
		i = i*10 + int64(c-'0')
	}
	return false
}
