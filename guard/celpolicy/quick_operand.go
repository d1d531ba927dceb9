package celpolicy

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// operand is what a test reads.
type operand interface {
	// load returns the value; ok is false if it is not there, or no scalar.
	load(f *guard.Facts) (s scalar, ok bool)
}

// container is what `in` looks through.
type container interface {
	has(f *guard.Facts, want scalar) verdict
}

// constant is a literal.
type constant struct{ value scalar }

func (c constant) load(*guard.Facts) (scalar, bool) { return c.value, true }

// literal returns the value of a literal, nil if e is none.
func literal(e ast.Expr) ref.Val {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	return e.AsLiteral()
}

func scalarOf(v ref.Val) (scalar, bool) {
	switch v := v.(type) {
	case types.Null:
		return scalar{}, true
	case types.Bool:
		return scalar{kind: kindBool, yes: bool(v)}, true
	case types.Int:
		return scalar{kind: kindInt, i: int64(v)}, true
	case types.Double:
		return scalar{kind: kindDouble, d: float64(v)}, true
	case types.String:
		return scalar{kind: kindString, s: string(v)}, true
	}
	return scalar{}, false
}

// field is a value of the message.
type field struct {
	at jsonscan.Path
	s  *shape
}

// lookupOf returns the path of fields; ok is false for names that are no words,
// which the syntax of CEL rules out.
func lookupOf(names []string) (p jsonscan.Path, ok bool) {
	p, err := jsonscan.ParsePath(strings.Join(names, "."))
	return p, err == nil
}

func (l field) load(f *guard.Facts) (scalar, bool) { return scalarIn(f.Message.Lookup(l.at), l.s) }

// scalarIn returns v as [evaluation.value] does.
func scalarIn(v jsonscan.Value, s *shape) (scalar, bool) {
	loose := s.kind == kindAny
	switch v.Kind() {
	case jsonscan.Null:
		return scalar{}, loose || s.nullable
	case jsonscan.Bool:
		return scalar{kind: kindBool, yes: v.Bool()}, loose || s.kind == kindBool
	case jsonscan.String:
		text := v.Text()
		if text == nil {
			text = []byte{}
		}
		return scalar{kind: kindString, b: text, lent: len(text) != len(v.Raw())-2}, loose || s.kind == kindString
	case jsonscan.Number:
		return numberIn(v, s.kind)
	}
	return scalar{}, false
}

func numberIn(v jsonscan.Value, k kind) (scalar, bool) {
	if k == kindInt || k == kindAny {
		if i, ok := v.Int64(); ok {
			return scalar{kind: kindInt, i: i}, true
		}
	}
	if k == kindDouble || k == kindAny {
		d, ok := v.Float64()
		return scalar{kind: kindDouble, d: d}, ok
	}
	return scalar{}, false
}

func (l field) has(f *guard.Facts, want scalar) verdict {
	v := f.Message.Lookup(l.at)
	if v.Kind() != jsonscan.Array || l.s.kind != kindAny && l.s.kind != kindList || want.lent {
		return unsure
	}
	for e := range v.Elements() {
		s, ok := scalarIn(e, l.s.part())
		if !ok {
			return unsure
		}
		if found := want.equals(s); found != no {
			return found
		}
	}
	return no
}

// size is how long a string of the message is, or how many elements a container
// has.
type size struct{ of field }

func (l size) load(f *guard.Facts) (scalar, bool) {
	v := f.Message.Lookup(l.of.at)
	k := l.of.s.kind
	switch v.Kind() {
	case jsonscan.String:
		return scalar{kind: kindInt, i: int64(utf8.RuneCount(v.Text()))}, k == kindAny || k == kindString
	case jsonscan.Array:
		return scalar{kind: kindInt, i: int64(v.Len())}, k == kindAny || k == kindList
	case jsonscan.Object:
		return scalar{kind: kindInt, i: int64(v.Len())}, k == kindAny || k == kindMap
	}
	return scalar{}, false
}

// text is a field of the session or the connection.
type text func(*guard.Facts) string

func (t text) load(f *guard.Facts) (scalar, bool) { return scalar{kind: kindString, s: t(f)}, true }

var texts = map[string]text{
	"session.user":    func(f *guard.Facts) string { return f.Session.User },
	"session.name":    func(f *guard.Facts) string { return f.Session.Name },
	"session.session": func(f *guard.Facts) string { return f.Session.Session },
	"conn.id":         func(f *guard.Facts) string { return f.Conn.ID },
	"conn.ip":         func(f *guard.Facts) string { return f.Conn.Client },
	"conn.origin":     func(f *guard.Facts) string { return f.Conn.Origin },
	"conn.route":      func(f *guard.Facts) string { return f.Conn.Route },
}

// claim is a claim of the session, by its path.
type claim []string

func (c claim) find(f *guard.Facts) (any, bool) {
	var at any = f.Session.Claims
	for _, name := range c {
		m, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = m[name]; !ok {
			return nil, false
		}
	}
	return at, true
}

func (c claim) load(f *guard.Facts) (scalar, bool) {
	v, ok := c.find(f)
	if !ok {
		return scalar{}, false
	}
	return claimed(v)
}

// claimed returns a claim as a scalar, if it is one of the types that package
// claims makes.
func claimed(v any) (scalar, bool) {
	switch v := v.(type) {
	case nil:
		return scalar{}, true
	case bool:
		return scalar{kind: kindBool, yes: v}, true
	case int64:
		return scalar{kind: kindInt, i: v}, true
	case float64:
		return scalar{kind: kindDouble, d: v}, true
	case string:
		return scalar{kind: kindString, s: v}, true
	}
	return scalar{}, false
}

func (c claim) has(f *guard.Facts, want scalar) verdict {
	v, _ := c.find(f)
	l, ok := v.([]any)
	if !ok {
		return unsure
	}
	return anyOf(l, want)
}

func anyOf(l []any, want scalar) verdict {
	for _, e := range l {
		s, ok := claimed(e)
		if !ok {
			return unsure
		}
		if found := want.equals(s); found != no {
			return found
		}
	}
	return no
}

// roles are those of the session.
type roles struct{}

func (roles) has(f *guard.Facts, want scalar) verdict {
	for _, r := range f.Session.Roles {
		if found := want.equals(scalar{kind: kindString, s: r}); found != no {
			return found
		}
	}
	return no
}

// scalars are the elements of a literal list.
type scalars []scalar

func (l scalars) has(_ *guard.Facts, want scalar) verdict {
	for _, s := range l {
		if found := want.equals(s); found != no {
			return found
		}
	}
	return no
}
