package jsonscan

func (c *checker) object(r *rule, at uint32, n *node) bool {
	o := r.obj
	count := n.count()
	if count < o.minProperties {
		return c.fail(SchemaMinProperties, r, n)
	}
	if count > o.maxProperties && !c.open {
		return c.fail(SchemaMaxProperties, r, n)
	}
	track := c.track
	c.track = false
	required, next := 0, 0
	properties := o.properties.list
	for i := at + 1; i < n.next; {
		m := &c.d.nodes[i]
		// Members mostly come in the order of the schema.
		found := next
		if found >= len(properties) || !properties[found].is(m) {
			found = o.properties.find(c.d, m)
		}
		judged := false
		if found >= 0 {
			p := &properties[found]
			next = found + 1
			if p.required {
				required++
			}
			if judged = p.declared; judged && !c.check(p.rule, i) {
				return false
			}
		}
		if !judged || o.patterns != nil {
			var ok bool
			if judged, ok = c.undeclared(r, judged, i, m); !ok {
				return false
			}
		}
		if judged && track {
			c.d.work.marks = append(c.d.work.marks, i)
		}
		i = m.next
	}
	c.track = track
	if required < o.required {
		return c.fail(SchemaRequired, r, n)
	}
	if o.hasNames && !c.open && !c.names(r, at, n) {
		return false
	}
	return o.dependents == nil || c.dependents(r, at, n)
}

// undeclared applies patternProperties to a member, and additionalProperties if
// neither properties nor a pattern has judged it.
func (c *checker) undeclared(r *rule, declared bool, at uint32, m *node) (judged, ok bool) {
	o := r.obj
	judged = declared
	if o.patterns != nil {
		matched, ok := c.patterns(o, at, m)
		if !ok {
			return false, false
		}
		judged = judged || matched
	}
	switch {
	case judged || !o.hasAdditional:
		return judged, true
	case o.closed && c.open:
		return false, true
	case o.closed:
		return false, c.fail(SchemaAdditionalProperties, r, m)
	}
	return true, c.check(o.additional, at)
}

// patterns applies patternProperties to a member.
func (c *checker) patterns(o *objectRule, at uint32, m *node) (matched, ok bool) {
	for i := range o.patterns {
		p := &o.patterns[i]
		// The name is asked for anew: a rule may overwrite scratch memory.
		if !p.pattern.Match(c.d.memberName(m)) {
			continue
		}
		matched = true
		if !c.check(p.rule, at) {
			return true, false
		}
	}
	return matched, true
}

// names applies propertyNames: each name becomes a string behind the document's
// last node for as long as it is checked.
func (c *checker) names(r *rule, at uint32, n *node) bool {
	track := c.track
	c.track = false
	for i := at + 1; i < n.next; i = c.d.nodes[i].next {
		m := c.d.nodes[i]
		name := node{start: m.key - 1, end: m.key + m.klen + 1, info: uint32(String) | flagWide}
		if m.info&flagKeyEscaped != 0 {
			name.info |= flagEscaped
		}
		last := uint32(len(c.d.nodes))
		name.next = last + 1
		c.d.nodes = append(c.d.nodes, name)
		ok := c.check(r.obj.names, last)
		c.d.nodes = c.d.nodes[:last]
		if !ok {
			if c.steps >= 0 {
				c.fail(SchemaPropertyNames, r, &name)
			}
			return false
		}
	}
	c.track = track
	return true
}

// dependents applies dependentRequired and dependentSchemas.
func (c *checker) dependents(r *rule, at uint32, n *node) bool {
	for i := range r.obj.dependents {
		dep := &r.obj.dependents[i]
		if c.d.member(at, &dep.name) == 0 {
			continue
		}
		for j := range dep.required {
			if c.steps -= n.count(); c.d.member(at, &dep.required[j]) == 0 {
				return c.fail(SchemaDependentRequired, r, n)
			}
		}
		if !c.check(dep.rule, at) {
			return false
		}
	}
	return true
}
