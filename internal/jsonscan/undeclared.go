package jsonscan

// AppendUndeclared appends to dst the members, at any depth below v, that the
// schema does not name, in the order of the document. ok is false if the schema
// is not compiled, or if the document is too costly to check; then nothing is
// known of v.
//
// A member is named if properties or patternProperties name it, or if
// additionalProperties or unevaluatedProperties describe it by a schema that is
// more than true or false. Of alternatives (anyOf, oneOf, if, dependentSchemas)
// those count that accept the value, once what is not named is left out of
// account. An object that no schema says anything of is left as it is, and so
// are elements that no schema describes.
//
// Dropping what is listed does not make v valid: check what is left.
func (s *Schema) AppendUndeclared(dst []Value, v Value) (list []Value, ok bool) {
	if s.fallback != nil || !v.Exists() {
		return dst, false
	}
	w := walker{checker{d: v.d, steps: s.steps, open: true}, dst}
	work := &v.d.work
	work.marks = work.marks[:0]
	work.rules = append(work.rules[:0], s.root)
	w.value(v.i, 0)
	clear(work.rules)
	return w.list, w.steps >= 0
}

// walker looks for members that are not named. The rules that apply to the value
// at hand are the end of d.work.rules.
type walker struct {
	checker
	list []Value
}

// value walks the value with the node at, to which the rules from base on apply.
func (w *walker) value(at uint32, base int) {
	n := &w.d.nodes[at]
	if kind := n.kind(); kind != Array && kind != Object || n.count() == 0 {
		return
	}
	w.expand(at, base)
	end := len(w.d.work.rules)
	if n.kind() == Array {
		w.elements(at, n, base, end)
	} else if w.describes(base, end) {
		w.members(at, n, base, end)
	}
	w.d.work.rules = w.d.work.rules[:base]
}

// expand adds the rules that the rules from base on apply to the same value.
func (w *walker) expand(at uint32, base int) {
	for i := base; i < len(w.d.work.rules); i++ {
		r := w.d.work.rules[i]
		if r == nil {
			continue
		}
		if w.steps--; w.steps < 0 {
			return
		}
		for j := range r.branches {
			w.expandBranch(&r.branches[j], at)
		}
		if r.obj == nil || w.d.nodes[at].kind() != Object {
			continue
		}
		for j := range r.obj.dependents {
			if dep := &r.obj.dependents[j]; w.d.member(at, &dep.name) != 0 {
				w.add(dep.rule)
			}
		}
	}
}

func (w *walker) expandBranch(b *branch, at uint32) {
	switch b.kind {
	case branchNot:
	case branchIf:
		if w.try(b.rules[0], at) {
			w.add(b.rules[0])
			w.add(b.rules[1])
		} else {
			w.add(b.rules[2])
		}
	case branchAnyOf, branchOneOf:
		if b.union != nil {
			if picked, ok := b.union.pick(Value{w.d, at}); ok {
				w.add(picked)
				return
			}
		}
		for _, r := range b.rules {
			if w.try(r, at) {
				w.add(r)
			}
		}
	default:
		for _, r := range b.rules {
			w.add(r)
		}
	}
}

func (w *walker) add(r *rule) {
	if r != nil {
		w.d.work.rules = append(w.d.work.rules, r)
	}
}

// describes reports whether a rule says anything of the members of an object.
func (w *walker) describes(base, end int) bool {
	for _, r := range w.d.work.rules[base:end] {
		if r == nil {
			continue
		}
		if o := r.obj; o != nil && (o.closed || o.additional != nil || o.patterns != nil || o.declares()) {
			return true
		}
		if r.unevaluatedProperties != nil {
			return true
		}
	}
	return false
}

// declares reports whether properties stands there.
func (o *objectRule) declares() bool {
	for i := range o.properties.list {
		if o.properties.list[i].declared {
			return true
		}
	}
	return false
}

// members looks at each member, with the rules that apply to it.
func (w *walker) members(at uint32, n *node, base, end int) {
	for i := at + 1; i < n.next && w.steps >= 0; i = w.d.nodes[i].next {
		named := false
		for j := base; j < end; j++ {
			if r := w.d.work.rules[j]; r != nil && r.obj != nil && w.member(r.obj, i) {
				named = true
			}
		}
		for j := base; j < end && !named; j++ {
			if r := w.d.work.rules[j]; r != nil && r.unevaluatedProperties != nil && r.unevaluatedProperties.rule != nil && !r.unevaluatedProperties.never {
				named = true
				w.add(r.unevaluatedProperties.rule)
			}
		}
		if named {
			w.value(i, end)
		} else {
			w.list = append(w.list, Value{w.d, i})
		}
		w.d.work.rules = w.d.work.rules[:end]
	}
}

// member adds the rules that o has for the member with the node at, and reports
// whether o names it.
func (w *walker) member(o *objectRule, at uint32) (named bool) {
	w.steps--
	m := &w.d.nodes[at]
	if i := o.properties.find(w.d, m); i >= 0 && o.properties.list[i].declared {
		named = true
		w.add(o.properties.list[i].rule)
	}
	for i := range o.patterns {
		if o.patterns[i].pattern.Match(w.d.memberName(m)) {
			named = true
			w.add(o.patterns[i].rule)
		}
	}
	if !named && o.additional != nil && !o.closed {
		named = true
		w.add(o.additional)
	}
	return named
}

// elements looks at each element, with the rules that apply to it.
func (w *walker) elements(at uint32, n *node, base, end int) {
	position := 0
	for i := at + 1; i < n.next && w.steps >= 0; i = w.d.nodes[i].next {
		for j := base; j < end; j++ {
			r := w.d.work.rules[j]
			if r == nil {
				continue
			}
			if a := r.array; a != nil && position < len(a.prefix) {
				w.add(a.prefix[position])
			} else if a != nil {
				w.add(a.rest)
			}
			if u := r.unevaluatedItems; u != nil {
				w.add(u.rule)
			}
		}
		position++
		w.value(i, end)
		w.d.work.rules = w.d.work.rules[:end]
	}
}
