package jsonscan

// union is a set of alternatives of which each asks for another string in one
// member, such as {"type": {"const": "buy"}}. Looking at that member tells which
// alternative can accept an object, so that the others need not be tried.
type union struct {
	tag   step
	cases []unionCase
}

type unionCase struct {
	text step
	rule *rule
}

// newUnion returns the union that the alternatives form, or nil if they form
// none. For objects that have the tag it decides as trying each would, because an
// alternative without the tag's value refuses; so it serves anyOf and oneOf.
func newUnion(rules []*rule) *union {
	if len(rules) < 2 || rules[0] == nil {
		return nil
	}
	first := rules[0].objectRule()
	if first == nil {
		return nil
	}
	for i := range first.properties.list {
		if u := unionBy(&first.properties.list[i].step, rules); u != nil {
			return u
		}
	}
	return nil
}

// unionBy returns the union by the member tag, or nil.
func unionBy(tag *step, rules []*rule) *union {
	u := &union{tag: *tag}
	known := map[string]bool{}
	for _, r := range rules {
		texts := tagTexts(r, tag.name)
		if texts == nil {
			return nil
		}
		for _, text := range texts {
			if known[text.name] {
				return nil
			}
			known[text.name] = true
			u.cases = append(u.cases, unionCase{text, r})
		}
	}
	return u
}

// tagTexts returns the strings that the member tag must be one of for r to
// accept an object, or nil if r may accept others.
func tagTexts(r *rule, tag string) []step {
	if r == nil {
		return nil
	}
	obj := r.objectRule()
	if obj == nil {
		return nil
	}
	for i := range obj.properties.list {
		p := &obj.properties.list[i]
		if p.name != tag {
			continue
		}
		if !p.required || p.rule == nil {
			return nil
		}
		for _, e := range [...]*enumRule{p.rule.constant, p.rule.enum} {
			if e != nil && len(e.values) == 0 {
				return e.texts
			}
		}
	}
	return nil
}

// objectRule returns what r says of objects, looking through references that
// stand alone.
func (r *rule) objectRule() *objectRule {
	for range maxRefs {
		if r == nil || r.obj != nil || len(r.branches) != 1 || r.branches[0].kind != branchRef {
			break
		}
		r = r.branches[0].rules[0]
	}
	if r == nil {
		return nil
	}
	return r.obj
}

// maxRefs bounds how many references in a row are followed.
const maxRefs = 16

// pick returns the alternative that can accept v; ok is false if the union says
// nothing of v, because it is no object.
func (u *union) pick(v Value) (r *rule, ok bool) {
	if v.Kind() != Object {
		return nil, false
	}
	tag := v.get(&u.tag)
	if tag.Kind() != String {
		return nil, true
	}
	text := tag.Text()
	for i := range u.cases {
		if u.cases[i].text.name == string(text) {
			return u.cases[i].rule, true
		}
	}
	return nil, true
}
