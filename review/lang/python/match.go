package python

import (
	"strconv"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// match lowers a match statement to a Switch. The values of a case are its
// alternatives: literals and dotted names as they are; mappings and sequences as
// an Object or List with an Unknown for whatever matches anything; classes as an
// Unknown of the class and what is asked of its attributes. The names that a
// pattern captures are assigned at the start of the case's body, from the part
// of the subject that they match: case {"to": who} begins with who = subject["to"].
func (l *lowerer) match(n syntax.Node) ir.Stmt {
	s := &ir.Switch{Pos: l.pos(n)}
	s.Tag = l.tupleOf(n, named(n.ChildrenByField("subject")))
	subject, bind := subjectOf(s.Tag)
	if bind != nil {
		s.Bind = bind
	}
	for c := range n.ChildByField("body").NamedChildren() {
		if c.Kind() == "case_clause" {
			s.Cases = append(s.Cases, l.matchCase(c, subject))
		} else if !isNoise(c) {
			s.Cases = append(s.Cases, ir.Case{Pos: l.pos(c), Body: l.stmt(nil, c)})
		}
	}
	return s
}

// subjectName is what the subject of a match is bound to if evaluating it again
// could be something else than looking at it. No program has that name.
const subjectName = "match subject"

// subjectOf returns what stands for the value of tag, and the name that tag has
// to be bound to for that.
func subjectOf(tag ir.Expr) (projection, ir.Expr) {
	switch x := tag.(type) {
	case *ir.Name:
		return nameProjection(x.Name), nil
	case *ir.Member:
		if owner, ok := x.X.(*ir.Name); ok {
			return nameProjection(owner.Name).attribute(x.Name), nil
		}
	case *ir.Assign:
		if name, ok := x.Target.(*ir.Name); ok {
			return nameProjection(name.Name), nil
		}
	}
	return nameProjection(subjectName), &ir.Name{Pos: tag.At(), Name: subjectName}
}

// A projection makes expressions for a part of the subject. They have the place
// of the pattern that looks at the part.
type projection struct {
	expr  func(ir.Pos) ir.Expr
	depth int
}

// maxProjection limits the steps of a projection. What is deeper is taken for
// the part that it is in.
const maxProjection = 16

func (p projection) step(expr func(pos ir.Pos, x ir.Expr) ir.Expr) projection {
	if p.depth == maxProjection {
		return p
	}
	return projection{func(pos ir.Pos) ir.Expr { return expr(pos, p.expr(pos)) }, p.depth + 1}
}

func nameProjection(name string) projection {
	return projection{expr: func(pos ir.Pos) ir.Expr { return &ir.Name{Pos: pos, Name: name} }}
}

func (p projection) key(key func() ir.Expr) projection {
	return p.step(func(pos ir.Pos, x ir.Expr) ir.Expr { return &ir.Index{Pos: pos, X: x, Key: key()} })
}

func (p projection) at(i int) projection {
	return p.step(func(pos ir.Pos, x ir.Expr) ir.Expr {
		return &ir.Index{Pos: pos, X: x, Key: &ir.Lit{Pos: pos, Kind: ir.Number, Value: strconv.Itoa(i)}}
	})
}

func (p projection) rest() projection {
	return p.step(func(pos ir.Pos, x ir.Expr) ir.Expr { return &ir.Index{Pos: pos, X: x} })
}

func (p projection) attribute(name string) projection {
	return p.step(func(pos ir.Pos, x ir.Expr) ir.Expr { return &ir.Member{Pos: pos, X: x, Name: name, NamePos: pos} })
}

func (l *lowerer) matchCase(n syntax.Node, subject projection) ir.Case {
	c := ir.Case{Pos: l.pos(n)}
	m := matcher{lowerer: l}
	patterns := operandsOfKind(n, "case_pattern")
	if len(patterns) == 1 {
		c.Values = m.alternatives(patterns[0], subject)
	} else {
		c.Values = []ir.Expr{m.sequence(n, patterns, subject)}
	}
	c.Body = m.captures
	guard := l.optional(operand(n.ChildByField("guard"), 0))
	body := l.block(n.ChildByField("consequence"))
	switch {
	case guard == nil:
		c.Body = append(c.Body, body...)
	case len(m.captures) == 0:
		c.Guard = guard
		c.Body = body
	default:
		// The guard may speak of what has been captured.
		c.Body = append(c.Body, &ir.If{Pos: guard.At(), Cond: guard, Then: body})
	}
	return c
}

func operandsOfKind(n syntax.Node, kind string) []syntax.Node {
	var list []syntax.Node
	for _, c := range operands(n) {
		if c.Kind() == kind {
			list = append(list, c)
		}
	}
	return list
}

// A matcher lowers the pattern of one case and collects what it captures.
type matcher struct {
	*lowerer
	captures []ir.Stmt
}

func (m *matcher) capture(name syntax.Node, part projection) {
	pos := m.pos(name)
	x := &ir.Assign{Pos: pos, Target: &ir.Name{Pos: pos, Name: name.Text()}, Value: part.expr(pos)}
	m.captures = append(m.captures, &ir.ExprStmt{Pos: pos, X: x})
}

// alternatives lowers a whole pattern. The result is empty if it matches
// anything.
func (m *matcher) alternatives(n syntax.Node, part projection) []ir.Expr {
	switch n.Kind() {
	case "case_pattern", "parenthesized_expression":
		if c := patternIn(n); !c.IsZero() {
			return m.alternatives(c, part)
		}
	case "union_pattern":
		var values []ir.Expr
		for c := range n.Children() {
			if c.Kind() == "|" || isNoise(c) || c.IsError() || c.Kind() == "-" {
				continue
			}
			values = append(values, m.value(c, part))
		}
		return values
	case "as_pattern":
		m.capture(operand(n, 1), part)
		return m.alternatives(operand(n, 0), part)
	}
	if m.isCatchAll(n) {
		m.value(n, part)
		return nil
	}
	return []ir.Expr{m.value(n, part)}
}

// patternIn returns the pattern that n wraps: its one child, unless a sign
// belongs to it.
func patternIn(n syntax.Node) syntax.Node {
	for c := range n.Children() {
		if !isNoise(c) && c.Kind() != "-" && c.Kind() != "(" && c.Kind() != ")" {
			return c
		}
	}
	return syntax.Node{}
}

// isCatchAll reports whether n is a name to capture under, or _.
func (m *matcher) isCatchAll(n syntax.Node) bool {
	switch n.Kind() {
	case "_", "identifier":
		return true
	case "dotted_name":
		return len(operands(n)) == 1
	}
	return false
}

// value lowers a pattern to an expression for what it matches.
func (m *matcher) value(n syntax.Node, part projection) ir.Expr {
	var x ir.Expr
	if n.IsZero() || !m.nested(func() { x = m.valueOfKind(n, part) }) {
		return &ir.Unknown{Pos: m.pos(n)}
	}
	return x
}

func (m *matcher) valueOfKind(n syntax.Node, part projection) ir.Expr {
	pos := m.pos(n)
	switch n.Kind() {
	case "case_pattern", "parenthesized_expression":
		x := m.value(patternIn(n), part)
		if hasToken(n, "-") {
			x = &ir.Unary{Pos: pos, Op: "-", X: x}
		}
		return x
	case "_":
		return &ir.Unknown{Pos: pos}
	case "dotted_name", "identifier":
		if !m.isCatchAll(n) {
			return m.dotted(operands(n))
		}
		if n.Text() != "_" {
			m.capture(n, part)
		}
		return &ir.Unknown{Pos: pos}
	case "as_pattern":
		m.capture(operand(n, 1), part)
		return m.value(operand(n, 0), part)
	case "union_pattern":
		return &ir.Unknown{Pos: pos, Operands: m.alternatives(n, part)}
	case "list_pattern", "tuple_pattern":
		return m.sequence(n, operands(n), part)
	case "dict_pattern":
		return m.mapping(n, part)
	case "class_pattern":
		return m.instance(n, part)
	case "splat_pattern":
		return m.splat(n, part)
	case "complex_pattern":
		return &ir.Lit{Pos: pos, Kind: ir.Number, Value: n.Text()}
	}
	return m.expr(n)
}

// splat lowers *rest and **rest, which capture under a name or not at all.
func (m *matcher) splat(n syntax.Node, part projection) ir.Expr {
	if name := operand(n, 0); !name.IsZero() && name.Text() != "_" {
		m.capture(name, part)
	}
	return &ir.Spread{Pos: m.pos(n), X: &ir.Unknown{Pos: m.pos(n)}}
}

func (m *matcher) sequence(n syntax.Node, elems []syntax.Node, part projection) ir.Expr {
	x := &ir.List{Pos: m.pos(n)}
	starred := false
	for i, c := range elems {
		elem := part.at(i)
		if starred = starred || patternIn(c).Kind() == "splat_pattern"; starred {
			elem = part.rest() // behind a star, positions count from the end
		}
		x.Elems = append(x.Elems, m.value(c, elem))
	}
	return x
}

func (m *matcher) mapping(n syntax.Node, part projection) ir.Expr {
	x := &ir.Object{Pos: m.pos(n)}
	var key syntax.Node
	for c := range n.NamedChildren() {
		switch {
		case isNoise(c) || c.IsError():
		case c.Field() == "key":
			key = c
		case c.Field() == "value":
			k := key
			value := m.value(c, part.key(func() ir.Expr { return m.expr(k) }))
			x.Props = append(x.Props, m.property(key, key, value))
		case c.Kind() == "splat_pattern":
			x.Props = append(x.Props, ir.Prop{Pos: m.pos(c), Value: m.splat(c, part).(*ir.Spread).X, Spread: true})
		}
	}
	return x
}

// instance lowers a class pattern. Which attributes its positional patterns look
// at is not known here; they get all of the subject.
func (m *matcher) instance(n syntax.Node, part projection) ir.Expr {
	parts := operands(n)
	if len(parts) == 0 {
		return m.unknown(n)
	}
	x := &ir.Unknown{Pos: m.pos(n), Operands: []ir.Expr{m.dotted(operands(parts[0]))}}
	for _, c := range parts[1:] {
		attribute, value := part, c
		if k := patternIn(c); k.Kind() == "keyword_pattern" {
			attribute, value = part.attribute(operand(k, 0).Text()), operand(k, 1)
		}
		x.Operands = append(x.Operands, m.value(value, attribute))
	}
	return x
}
