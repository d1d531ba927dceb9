package jsonscan

import "unicode/utf8"

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
	text := c.d.src[n.start:n.end]
	num := r.num
	if num == nil { // only type: integer
		if n.info&flagInteger == 0 {
			if d := parseDecimal(text); !d.isInteger() {
				return c.fail(SchemaType, r, n)
			}
		}
		return true
	}
	if i, ok := plainInteger(text, n.info); ok && num.bounded && i >= num.low && i <= num.high {
		if num.step == nil || num.whole != 0 && i%num.whole == 0 {
			return true
		}
	}
	d := parseDecimal(text)
	if r.integers && !d.isInteger() {
		return c.fail(SchemaType, r, n)
	}
	for i := range num.limits {
		l := &num.limits[i]
		if side := d.compare(&l.bound); side == l.side || side == 0 && l.equal {
			return c.fail(l.code, r, n)
		}
	}
	if num.step != nil && !d.isMultiple(num.step) {
		return c.fail(SchemaMultipleOf, r, n)
	}
	return true
}
