package jsonscan

import "slices"

// checker holds what is known while a value is checked. It works on the index
// of the document, never on more of its text than the keywords ask for.
type checker struct {
	d   *Doc
	bad Violation // of the last rule that refused
	// steps is how many more rules may be applied. When it is negative the
	// check is over, and whatever it found so far does not count.
	steps int
	// track says that the children that keywords judge are to be added to
	// d.work.marks, because unevaluated* of a rule around asks for it.
	track bool
	// open says that members that no keyword describes are no fault.
	open bool
}

// fail notes that r refused the value n.
//
//go:noinline
func (c *checker) fail(code Code, r *rule, n *node) bool {
	c.bad = Violation{Code: code, Offset: int(n.start), Schema: r.at}
	return false
}

// check reports whether r accepts the value with the node at.
func (c *checker) check(r *rule, at uint32) bool { return r == nil || c.apply(r, at) }

func (c *checker) apply(r *rule, at uint32) bool {
	n := &c.d.nodes[at]
	if c.steps--; c.steps < 0 {
		return c.fail(SchemaCost, r, n)
	}
	kind := n.kind()
	if r.kinds>>kind&1 == 0 {
		return c.wrongKind(r, n)
	}
	switch kind {
	case String:
		if t := r.text; t != nil && !t.fits(n) && !c.text(r, n) {
			return false
		}
	case Number:
		if (r.num != nil || r.integers) && !c.number(r, n) {
			return false
		}
	case Array, Object:
		if r.unevaluated {
			return c.tracked(r, at, n)
		}
		return c.container(r, at, n)
	}
	return !r.general || c.general(r, at, n)
}

func (c *checker) wrongKind(r *rule, n *node) bool {
	if r.never {
		return c.fail(SchemaFalse, r, n)
	}
	return c.fail(SchemaType, r, n)
}

// container applies all keywords but type and unevaluated* to an array or object.
func (c *checker) container(r *rule, at uint32, n *node) bool {
	if n.kind() == Array {
		if r.array != nil && !c.array(r, at, n) {
			return false
		}
	} else if r.obj != nil && !c.object(r, at, n) {
		return false
	}
	return !r.general || c.general(r, at, n)
}

// general applies the keywords that are for values of all kinds.
func (c *checker) general(r *rule, at uint32, n *node) bool {
	if r.constant != nil && !c.enum(r, r.constant, at, n) || r.enum != nil && !c.enum(r, r.enum, at, n) {
		return false
	}
	for i := range r.branches {
		if !c.branch(r, &r.branches[i], at, n) {
			return false
		}
	}
	return true
}

func (c *checker) enum(r *rule, e *enumRule, at uint32, n *node) bool {
	if n.kind() == String {
		return e.find(c.d.stringText(n)) >= 0 || c.fail(e.code, r, n)
	}
	equal := &c.d.work.equal
	equal.budget = c.steps
	ok := e.accepts(Value{c.d, at})
	c.steps = equal.budget
	return ok || c.fail(e.code, r, n)
}

// tracked applies a rule that has unevaluatedItems or unevaluatedProperties.
func (c *checker) tracked(r *rule, at uint32, n *node) bool {
	outer := c.track
	base := c.mark()
	c.track = true
	ok := c.container(r, at, n)
	c.track = outer
	if ok {
		ok = c.unevaluated(r, n, base, at)
	}
	if !outer {
		c.unmark(base)
	}
	return ok
}

// unevaluated applies unevaluated* to the children of n that are not among the
// marks from base on, and marks them.
func (c *checker) unevaluated(r *rule, n *node, base int, at uint32) bool {
	u, code := r.unevaluatedItems, SchemaUnevaluatedItems
	if n.kind() == Object {
		u, code = r.unevaluatedProperties, SchemaUnevaluatedProperties
		if c.open && u != nil && u.never {
			return true
		}
	}
	if u == nil || n.count() == 0 {
		return true
	}
	slices.Sort(c.d.work.marks[base:])
	known := base
	count := c.mark()
	outer := c.track
	c.track = false
	for i := at + 1; i < n.next; i = c.d.nodes[i].next {
		for known < count && c.d.work.marks[known] < i {
			known++
		}
		if known < count && c.d.work.marks[known] == i {
			continue
		}
		if u.never {
			return c.fail(code, r, &c.d.nodes[i])
		}
		if !c.check(u.rule, i) {
			return false
		}
		c.d.work.marks = append(c.d.work.marks, i)
	}
	c.track = outer
	return true
}

// mark returns where the marks end, to come back to with unmark.
func (c *checker) mark() int { return len(c.d.work.marks) }

func (c *checker) unmark(to int) { c.d.work.marks = c.d.work.marks[:to] }
