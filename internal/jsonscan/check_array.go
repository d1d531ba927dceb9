package jsonscan

func (c *checker) array(r *rule, at uint32, n *node) bool {
	a := r.array
	count := n.count()
	if count < a.minItems {
		return c.fail(SchemaMinItems, r, n)
	}
	if count > a.maxItems {
		return c.fail(SchemaMaxItems, r, n)
	}
	if !c.elements(a, at, n) {
		return false
	}
	if a.contains != nil && !c.contains(r, a.contains, at, n) {
		return false
	}
	if a.unique && count > 1 {
		equal := &c.d.work.equal
		equal.budget = c.steps
		ok := equal.unique(Value{c.d, at})
		c.steps = equal.budget
		return ok || c.fail(SchemaUniqueItems, r, n)
	}
	return true
}

// elements applies prefixItems and items.
func (c *checker) elements(a *arrayRule, at uint32, n *node) bool {
	if len(a.prefix) == 0 && !a.hasRest {
		return true
	}
	track := c.track
	c.track = false
	position := 0
	for i := at + 1; i < n.next; i = c.d.nodes[i].next {
		rule := a.rest
		if position < len(a.prefix) {
			rule = a.prefix[position]
		} else if !a.hasRest {
			break
		}
		position++
		if !c.check(rule, i) {
			return false
		}
		if track {
			c.d.work.marks = append(c.d.work.marks, i)
		}
	}
	c.track = track
	return true
}

// contains counts the elements that a rule accepts.
func (c *checker) contains(r *rule, want *containsRule, at uint32, n *node) bool {
	track := c.track
	count := 0
	for i := at + 1; i < n.next; i = c.d.nodes[i].next {
		base := c.mark()
		c.track = false
		ok := c.check(want.rule, i)
		c.unmark(base)
		if c.steps < 0 {
			return false
		}
		if !ok {
			continue
		}
		count++
		if track {
			c.d.work.marks = append(c.d.work.marks, i)
		}
	}
	c.track = track
	if count < want.min {
		return c.fail(want.minCode, r, n)
	}
	if count > want.max {
		return c.fail(SchemaMaxContains, r, n)
	}
	return true
}
