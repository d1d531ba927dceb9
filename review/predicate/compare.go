package predicate

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// compare is the result of a comparison.
func (m *Machine) compare(fr *frame, at ir.Node, op string, a, b Value) Value {
	switch op {
	case "!=", "is not":
		return m.negated(fr, m.compare(fr, at, "==", a, b))
	case "not in":
		return m.negated(fr, m.compare(fr, at, "in", a, b))
	case "in":
		return m.contains(fr, at, b, a)
	case "==", "is":
		return m.same(fr, at, a, b)
	}
	return m.ordered(fr, at, op, a, b)
}

func (m *Machine) negated(fr *frame, v Value) Value {
	l := fr.lang()
	if v.kind == unknown || v.kind == symbol {
		return Bool(!m.truthOf(v, l))
	}
	return lift(func(a []Value) Value { return Bool(!a[0].truth(l)) }, v)
}

// same is a == b.
func (m *Machine) same(fr *frame, at ir.Node, a, b Value) Value {
	if a.kind == unknown || a.kind == null && b.kind != unknown {
		a, b = b, a
	}
	switch {
	case a.kind == thing || a.kind == method || a.kind == function || a.kind == callback:
		if b.kind == null {
			return Bool(false) // it is there
		}
		a = m.asUnknown(a)
	case a.kind == symbol:
		if b.kind == symbol && a.text == b.text {
			return Bool(true)
		}
		a = m.asUnknown(a)
	}
	if b.kind == symbol {
		b = m.asUnknown(b)
	}
	if a.kind == unknown && b.kind != unknown {
		a, b = b, a
	}
	if b.kind == unknown {
		return m.sameAsUnknown(fr, at, a, b)
	}
	v := lift(func(x []Value) Value { return Bool(equal(x[0], x[1])) }, a, b)
	m.site(fr, at, "", v, a, b)
	return v
}

// sameAsUnknown is a == b where b isn't known. What the origin is compared with
// is taken for a setting that names a legitimate one.
func (m *Machine) sameAsUnknown(fr *frame, at ir.Node, a, b Value) Value {
	switch {
	case a.kind == unknown:
		return m.derivedUnknown("==", a, b)
	case a.from != nil && a.kind != null && !b.unk.origin && !b.unk.request:
		return m.amongSettings(fr, at, a, b)
	case a.from != nil:
		return m.derivedUnknown("==", a, b)
	case absent(a):
		return Bool(!m.truthOf(b, fr.lang()))
	case a.kind == boolean:
		return Bool(m.truthOf(b, fr.lang()) == a.bool)
	case a.kind == text && strings.Contains(a.text, "*"):
		return Bool(false) // nobody has configured a wildcard
	}
	u := *b.unk
	u.key = shorten(b.unk.key + " == " + a.display(ir.JavaScript))
	v := Value{kind: unknown, unk: &u}
	if developmentName(a.display(ir.JavaScript)) || u.decision() == modeDecision {
		return Bool(m.decide(u.key, modeDecision))
	}
	return v
}

// absent reports whether a value is what something that isn't there compares
// equal to.
func absent(v Value) bool {
	return v.kind == null || v.kind == text && v.text == "" || v.kind == number && v.num == 0 || v.kind == list && len(v.list.elems) == 0
}

// amongSettings reports whether what was derived from the origin is what a
// setting names, or one of the values of a list of settings.
func (m *Machine) amongSettings(fr *frame, at ir.Node, part, setting Value) Value {
	if m.mayBeEmpty(setting) {
		return Bool(false)
	}
	named := placeholder(part)
	v := lift(func(x []Value) Value { return Bool(equal(x[0], named)) }, part)
	m.site(fr, at, "", v, part, setting)
	return v
}

// stand-ins for an origin that a setting names.
var (
	legitimate     = Probe{Origin: "https://app.example.com", Host: "app.example.com"}
	legitimatePort = Probe{Origin: "https://app.example.com:8443", Host: "app.example.com:8443"}
)

// placeholder is what was derived, had the origin been the one that a setting
// names.
func placeholder(part Value) Value {
	v, other := part.at(legitimate), part.at(legitimatePort)
	if absent(v) || other.display(ir.Go) == "8443" {
		return other
	}
	return v
}

// fragment is placeholder for a comparison with a part of the origin: a setting
// that an origin ends in, or that is contained in one, names a domain.
func fragment(part Value) Value {
	v := placeholder(part)
	if u, ok := parseAddress(v.text, ir.JavaScript); v.kind == text && ok && u.host != "" {
		return Text(registrable(u.host))
	}
	if v.kind == text && v.text == legitimate.Host {
		return Text(registrable(v.text))
	}
	return v
}

func (m *Machine) ordered(fr *frame, at ir.Node, op string, a, b Value) Value {
	a, b = m.known(a), m.known(b)
	if a.kind == unknown || b.kind == unknown {
		return m.orderedUnknown(fr, op, a, b)
	}
	v := lift(func(x []Value) Value {
		n, k := toNumber(x[0]).num, toNumber(x[1]).num
		switch op {
		case "<":
			return Bool(n < k)
		case "<=":
			return Bool(n <= k)
		case ">":
			return Bool(n > k)
		}
		return Bool(n >= k)
	}, a, b)
	m.site(fr, at, "", v, a, b)
	return v
}

// orderedUnknown is a comparison of something unknown; that of a length with
// zero or one asks whether there is anything.
func (m *Machine) orderedUnknown(fr *frame, op string, a, b Value) Value {
	if a.kind == unknown && a.unk.length && b.kind == number {
		any := m.truthOf(a, fr.lang())
		switch {
		case op == ">" && b.num == 0, op == ">=" && b.num == 1:
			return Bool(any)
		case op == "<" && b.num == 1, op == "<=" && b.num == 0:
			return Bool(!any)
		}
	}
	return m.derivedUnknown(op, a, b)
}

// contains reports whether an item is an element of a collection, a key of an
// object, or part of a text.
func (m *Machine) contains(fr *frame, at ir.Node, in, item Value) Value {
	in, item = m.known(in), m.known(item)
	switch in.kind {
	case unknown:
		if item.from != nil && !in.unk.origin && !in.unk.request {
			return m.amongSettings(fr, at, item, in)
		}
		if item.kind == text && strings.Contains(item.text, "*") {
			return Bool(false)
		}
		return m.derivedUnknown("in", item, in)
	case text:
		return m.textTest(fr, at, "substring", in, item)
	case list:
		return m.element(fr, at, in, item)
	case object:
		return m.key(fr, at, in, item)
	}
	if in.kind == null {
		m.Throw()
	}
	return m.derivedUnknown("in", item, in)
}

// element reports whether an item is in a list some of whose elements may not
// be known.
func (m *Machine) element(fr *frame, at ir.Node, in, item Value) Value {
	if item.kind == unknown {
		return m.derivedUnknown("in", item)
	}
	var settings []Value
	if in.from == nil {
		for _, e := range in.list.elems {
			if e.kind == unknown && !e.unk.origin && !e.unk.request && item.from != nil && !m.mayBeEmpty(e) {
				settings = append(settings, placeholder(item))
			}
		}
	}
	v := lift(func(x []Value) Value {
		same := func(e Value) bool { return e.kind != unknown && equal(e, x[1]) }
		if x[0].kind != list {
			return Bool(false)
		}
		return Bool(slices.ContainsFunc(x[0].list.elems, same) || slices.ContainsFunc(settings, same))
	}, in, item)
	if in.from == nil {
		for _, e := range in.list.elems { // elements that were derived themselves
			if e.from != nil && e.kind != unknown {
				v = lift(func(x []Value) Value { return Bool(x[0].bool || equal(x[1], x[2])) }, v, e, item)
			}
		}
	}
	m.site(fr, at, "", v, item, in)
	return v
}

// key reports whether an object has a field.
func (m *Machine) key(fr *frame, at ir.Node, in, item Value) Value {
	if item.kind == unknown || in.obj.open && item.from == nil {
		return m.derivedUnknown("in", item, Text("an object"))
	}
	names := in.obj.names
	open := in.obj.open
	named := placeholder(item)
	v := lift(func(x []Value) Value {
		s, ok := keyText(x[0])
		return Bool(ok && slices.Contains(names, s) || open && equal(x[0], named))
	}, item)
	keys := make([]Value, len(names))
	for i, n := range names {
		keys[i] = Text(n)
	}
	m.site(fr, at, "", v, item, List(keys...))
	return v
}

// textTest is a test of a text against a part of one: prefix, suffix,
// substring.
func (m *Machine) textTest(fr *frame, at ir.Node, how string, in, part Value) Value {
	in, part = m.known(in), m.known(part)
	written := []Value{in, part}
	if part.kind == list && part.from == nil { // Python's endswith((a, b))
		out := Bool(false)
		for _, p := range part.list.elems {
			v := m.textTest(fr, at, how, in, p)
			if m.truthOf(v, fr.lang()) {
				return v
			}
			if v.from != nil {
				out = v
			}
		}
		return out
	}
	switch {
	case in.kind == unknown && part.kind == unknown:
		return m.derivedUnknown(how, in, part)
	case in.kind == unknown:
		if part.from == nil || in.unk.origin || in.unk.request {
			return m.derivedUnknown(how, in, part)
		}
		in = placeholder(part)
	case part.kind == unknown:
		if in.from == nil || part.unk.origin || part.unk.request {
			return m.derivedUnknown(how, in, part)
		}
		if how == "prefix" {
			part = placeholder(in)
		} else {
			part = fragment(in)
		}
	case in.kind == null:
		m.Throw()
	}
	l := fr.lang()
	v := lift(func(x []Value) Value {
		if x[0].kind == null {
			panic(thrown{})
		}
		s, t := x[0].display(l), x[1].display(l)
		switch how {
		case "prefix":
			return Bool(strings.HasPrefix(s, t))
		case "suffix":
			return Bool(strings.HasSuffix(s, t))
		}
		return Bool(strings.Contains(s, t))
	}, in, part)
	m.note([]Value{in, part})
	m.site(fr, at, how, v, written...)
	return v
}
