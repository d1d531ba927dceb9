package jsonscan

// branch applies rules to the value itself. Where one may refuse without harm,
// the marks it has set are undone.
func (c *checker) branch(r *rule, b *branch, at uint32, n *node) bool {
	switch b.kind {
	case branchAnyOf:
		return c.anyOf(r, b, at, n)
	case branchOneOf:
		return c.oneOf(r, b, at, n)
	case branchNot:
		base := c.mark()
		ok := c.try(b.rules[0], at)
		c.unmark(base)
		if ok {
			return c.fail(SchemaNot, r, n)
		}
		return c.steps >= 0
	case branchIf:
		if c.try(b.rules[0], at) {
			return c.check(b.rules[1], at)
		}
		return c.steps >= 0 && c.check(b.rules[2], at)
	}
	for _, rule := range b.rules {
		if !c.check(rule, at) {
			return false
		}
	}
	return true
}

// try reports whether a rule accepts; if not, it leaves no marks.
func (c *checker) try(r *rule, at uint32) bool {
	base, track := c.mark(), c.track
	ok := c.check(r, at)
	c.track = track
	if !ok {
		c.unmark(base)
	}
	return ok
}

func (c *checker) anyOf(r *rule, b *branch, at uint32, n *node) bool {
	if b.union != nil {
		if picked, ok := b.union.pick(Value{c.d, at}); ok {
			return c.picked(SchemaAnyOf, r, picked, at, n)
		}
	}
	matched := false
	for _, rule := range b.rules {
		if c.try(rule, at) {
			matched = true
			if !c.track {
				return true
			}
		}
	}
	if !matched && c.steps >= 0 {
		c.fail(SchemaAnyOf, r, n)
	}
	return matched
}

func (c *checker) oneOf(r *rule, b *branch, at uint32, n *node) bool {
	if b.union != nil {
		if picked, ok := b.union.pick(Value{c.d, at}); ok {
			return c.picked(SchemaOneOf, r, picked, at, n)
		}
	}
	matched := 0
	for _, rule := range b.rules {
		if c.try(rule, at) {
			matched++
		}
		if matched > 1 {
			break
		}
	}
	if matched != 1 && c.steps >= 0 {
		c.fail(SchemaOneOf, r, n)
	}
	return matched == 1
}

// picked applies the one alternative of a union that can accept.
func (c *checker) picked(code Code, r, picked *rule, at uint32, n *node) bool {
	if picked == nil {
		return c.fail(code, r, n)
	}
	return c.check(picked, at)
}
