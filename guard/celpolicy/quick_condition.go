package celpolicy

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// truth is a value that is itself true or false.
type truth struct{ of operand }

func (t truth) test(f *guard.Facts) verdict {
	s, ok := t.of.load(f)
	if !ok || s.kind != kindBool {
		return unsure
	}
	return verdictOf(s.yes)
}

type negation struct{ of test }

func (n negation) test(f *guard.Facts) verdict { return n.of.test(f).not() }

// logical is a conjunction, or a disjunction. In CEL one term that decides hides
// the errors of all others, whatever their order.
type logical struct {
	or    bool
	terms []test
}

func (l logical) test(f *guard.Facts) verdict {
	decisive := verdictOf(l.or)
	result := decisive.not()
	for _, t := range l.terms {
		switch t.test(f) {
		case decisive:
			return decisive
		case unsure:
			result = unsure
		}
	}
	return result
}

// presence is has(): the object must be there for the question to make sense.
type presence struct{ of, field jsonscan.Path }

func (p presence) test(f *guard.Facts) verdict {
	if f.Message.Lookup(p.of).Kind() != jsonscan.Object {
		return unsure
	}
	return verdictOf(f.Message.Lookup(p.field).Exists())
}

// order says which relations of two values make a comparison true.
type order struct{ less, equal, greater bool }

type comparison struct {
	order
	left, right operand
	fixed       bool // one side is a literal
	equality    bool // == or !=
}

func (c comparison) test(f *guard.Facts) verdict {
	l, ok := c.left.load(f)
	if !ok {
		return unsure
	}
	// The text of a second field may overwrite that of the first.
	if l.lent && !c.fixed {
		return unsure
	}
	r, ok := c.right.load(f)
	if !ok {
		return unsure
	}
	if c.equality {
		if c.equal {
			return l.equals(r)
		}
		return l.equals(r).not()
	}
	less, equal, ok := l.compare(r)
	if !ok {
		return unsure
	}
	return verdictOf(less && c.less || equal && c.equal || !less && !equal && c.greater)
}

// membership is `in`.
type membership struct {
	want operand
	in   container
}

func (m membership) test(f *guard.Facts) verdict {
	want, ok := m.want.load(f)
	if !ok {
		return unsure
	}
	return m.in.has(f, want)
}

// ownership is session.owns().
type ownership struct {
	claim string
	want  operand
}

func (o ownership) test(f *guard.Facts) verdict {
	want, ok := o.want.load(f)
	if !ok {
		return unsure
	}
	switch held := f.Session.Claims[o.claim].(type) {
	case nil:
		return no
	case []any:
		return anyOf(held, want)
	default:
		s, ok := claimed(held)
		if !ok {
			return unsure
		}
		return want.equals(s)
	}
}

// textual is a question about a text, with a literal.
type textual struct {
	of      operand
	name    string
	with    string
	pattern *regexp.Regexp
}

func (t textual) test(f *guard.Facts) verdict {
	s, ok := t.of.load(f)
	if !ok || s.kind != kindString {
		return unsure
	}
	if s.b != nil {
		return verdictOf(t.inBytes(s.b))
	}
	return verdictOf(t.inString(s.s))
}

func (t textual) inBytes(b []byte) bool {
	switch t.name {
	case "startsWith":
		return len(b) >= len(t.with) && string(b[:len(t.with)]) == t.with
	case "endsWith":
		return len(b) >= len(t.with) && string(b[len(b)-len(t.with):]) == t.with
	case "contains":
		return bytes.Contains(b, []byte(t.with))
	}
	return t.pattern.Match(b)
}

func (t textual) inString(s string) bool {
	switch t.name {
	case "startsWith":
		return strings.HasPrefix(s, t.with)
	case "endsWith":
		return strings.HasSuffix(s, t.with)
	case "contains":
		return strings.Contains(s, t.with)
	}
	return t.pattern.MatchString(s)
}
