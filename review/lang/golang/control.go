package golang

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) ifStatement(n syntax.Node) ir.Stmt {
	initial := l.single(field(n, "initializer"))
	s := &ir.If{
		Pos:  l.pos(n),
		Cond: l.expr(field(n, "condition")),
		Then: l.statements(nil, field(n, "consequence")),
	}
	if alternative := field(n, "alternative"); alternative.Kind() == "block" {
		s.Else = l.statements(nil, alternative)
	} else if !alternative.IsZero() {
		s.Else = l.statement(nil, alternative)
	}
	return withInitial(initial, s)
}

// withInitial puts the simple statement of an if or switch in front of it, in a
// scope that both share.
func withInitial(initial, s ir.Stmt) ir.Stmt {
	if initial == nil {
		return s
	}
	return &ir.Block{Pos: s.At(), Body: []ir.Stmt{initial, s}}
}

func (l *lowerer) forStatement(n syntax.Node) ir.Stmt {
	s := &ir.Loop{Pos: l.pos(n)}
	for c := range parts(n) {
		switch {
		case c.Field() == "body":
			s.Body = l.statements(nil, c)
		case c.Kind() == "for_clause":
			s.Init = l.single(field(c, "initializer"))
			if cond := field(c, "condition"); !cond.IsZero() {
				s.Cond = l.expr(cond)
			}
			s.Post = l.single(field(c, "update"))
		case c.Kind() == "range_clause":
			l.rangeClause(s, c)
		case s.Cond == nil:
			s.Cond = l.expr(c)
		}
	}
	return s
}

func (l *lowerer) rangeClause(s *ir.Loop, n syntax.Node) {
	s.Iter = l.expr(field(n, "right"))
	var targets []syntax.Node
	for c := range parts(field(n, "left")) {
		targets = append(targets, c)
	}
	for len(targets) > 0 && isBlank(targets[len(targets)-1]) {
		targets = targets[:len(targets)-1]
	}
	if len(targets) == 0 {
		return
	}
	s.Keys = len(targets) == 1
	s.Target = l.target(targets, l.span(targets[0], targets[len(targets)-1]))
}

func (l *lowerer) switchStatement(n syntax.Node) ir.Stmt {
	initial := l.single(field(n, "initializer"))
	s := &ir.Switch{Pos: l.pos(n), Type: n.Kind() == "type_switch_statement"}
	if value := field(n, "value"); !value.IsZero() {
		s.Tag = l.expr(value)
	}
	if alias := part(field(n, "alias")); !alias.IsZero() {
		s.Bind = l.expr(alias)
	}
	for c := range parts(n) {
		switch c.Kind() {
		case "expression_case", "type_case", "communication_case", "default_case":
			s.Cases = append(s.Cases, l.switchCase(c))
		}
	}
	return withInitial(initial, s)
}

func (l *lowerer) switchCase(n syntax.Node) ir.Case {
	c := ir.Case{Pos: l.pos(n)}
	for part := range parts(n) {
		switch {
		case part.Field() == "value":
			c.Values = l.exprs(part)
		case part.Field() == "type":
			c.Values = append(c.Values, l.caseType(part))
		case part.Field() == "communication":
			c.Comm = l.single(part)
		case part.Kind() == "statement_list":
			c.Body = l.statements(c.Body, part)
			c.Through = fallsThrough(part)
		default:
			c.Body = l.statement(c.Body, part)
		}
	}
	return c
}

// caseType lowers a type of a type switch; nil may stand among them.
func (l *lowerer) caseType(n syntax.Node) ir.Expr {
	if n.Kind() == "type_identifier" && n.Text() == "nil" {
		return &ir.Lit{Pos: l.pos(n), Kind: ir.Null, Value: "nil"}
	}
	return l.typeExpr(n)
}

func fallsThrough(list syntax.Node) bool {
	through := false
	for s := range parts(list) {
		through = s.Kind() == "fallthrough_statement"
	}
	return through
}

// labeled lowers a statement with a label. The label of a simple statement
// stands alone, so that what the statement declares stays in its scope.
func (l *lowerer) labeled(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	label := field(n, "label")
	b := &ir.Block{Pos: l.pos(n), Label: l.text(label)}
	dst = append(dst, b)
	for s := range parts(n) {
		switch s.Kind() {
		case "label_name":
		case "block", "if_statement", "for_statement", "expression_switch_statement", "type_switch_statement", "select_statement":
			b.Body = l.statement(b.Body, s)
		default:
			b.Pos = l.pos(label)
			dst = l.statement(dst, s)
		}
	}
	return dst
}
