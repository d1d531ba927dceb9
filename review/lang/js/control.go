package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) ifStmt(n syntax.Node) *ir.If {
	s := &ir.If{
		Pos:  l.pos(n),
		Cond: l.expr(field(n, "condition")),
		Then: l.body(field(n, "consequence")),
	}
	if alternative := field(n, "alternative"); !alternative.IsZero() {
		l.errorsIn(alternative)
		s.Else = l.body(only(alternative))
	}
	return s
}

func (l *lowerer) loop(n syntax.Node) *ir.Loop {
	s := &ir.Loop{Pos: l.pos(n)}
	switch n.Kind() {
	case "for_statement":
		s.Init = l.loopInit(field(n, "initializer"))
		s.Cond = l.clause(field(n, "condition"))
		if x := l.clause(field(n, "increment")); x != nil {
			s.Post = &ir.ExprStmt{Pos: x.At(), X: x}
		}
	case "for_in_statement":
		s.Target = l.target(field(n, "left"))
		s.Iter = l.expr(field(n, "right"))
		s.Keys = n.ChildByField("operator").Kind() == "in"
		s.Async = awaits(n)
	default:
		s.Cond = l.expr(field(n, "condition"))
		s.Test = n.Kind() == "do_statement"
	}
	s.Body = l.body(field(n, "body"))
	return s
}

// awaits tells for await (…) from for (await using …).
func awaits(n syntax.Node) bool {
	for c := range n.Children() {
		switch c.Kind() {
		case "await":
			return true
		case "(":
			return false
		}
	}
	return false
}

// loopInit lowers what a for loop starts with. Several variables are the
// operands of one Unknown, in which they are declared one after the other.
func (l *lowerer) loopInit(n syntax.Node) ir.Stmt {
	var list []ir.Stmt
	switch n.Kind() {
	case "", "empty_statement":
		return nil
	case "lexical_declaration", "variable_declaration":
		l.errorsIn(n)
		list = l.declaration(nil, n)
	default:
		x := l.expr(n)
		return &ir.ExprStmt{Pos: x.At(), X: x}
	}
	if len(list) == 1 {
		return list[0]
	}
	all := &ir.Unknown{Pos: l.pos(n)}
	for _, s := range list {
		all.Operands = append(all.Operands, s.(*ir.ExprStmt).X)
	}
	return &ir.ExprStmt{Pos: all.Pos, X: all}
}

// clause lowers the condition or increment of a for loop, nil where there is none.
func (l *lowerer) clause(n syntax.Node) ir.Expr {
	switch n.Kind() {
	case "", "empty_statement":
		return nil
	case "expression_statement":
		return l.optional(only(n))
	}
	return l.expr(n)
}

func (l *lowerer) switchStmt(n syntax.Node) *ir.Switch {
	s := &ir.Switch{Pos: l.pos(n), Tag: l.expr(field(n, "value"))}
	if lit, ok := s.Tag.(*ir.Lit); ok && lit.Kind == ir.Bool && lit.Value == "true" {
		s.Tag = nil // the cases are conditions
	}
	l.switchBody(s, field(n, "body"))
	return s
}

// switchBody adds the cases of n to s. A case without statements joins the one
// behind it.
func (l *lowerer) switchBody(s *ir.Switch, n syntax.Node) {
	l.errorsIn(n)
	var waiting *ir.Case
	for c := range code(n) {
		if c.Kind() != "switch_case" && c.Kind() != "switch_default" {
			continue
		}
		l.errorsIn(c)
		one := l.switchCase(c)
		if waiting != nil && len(one.Values) > 0 {
			one.Start = waiting.Start
			one.Values = append(waiting.Values, one.Values...)
		} else if waiting != nil {
			s.Cases = append(s.Cases, *waiting)
		}
		waiting = nil
		if len(one.Body) == 0 && len(one.Values) > 0 {
			waiting = &one
			continue
		}
		s.Cases = append(s.Cases, one)
	}
	if waiting != nil {
		s.Cases = append(s.Cases, *waiting)
	}
	if len(s.Cases) > 0 {
		s.Cases[len(s.Cases)-1].Through = false
	}
}

func (l *lowerer) switchCase(n syntax.Node) ir.Case {
	c := ir.Case{Pos: l.pos(n)}
	if value := field(n, "value"); !value.IsZero() {
		c.Values = []ir.Expr{l.expr(value)}
	}
	colon := false
	for s := range n.Children() {
		if colon && !s.IsError() {
			c.Body = l.stmt(c.Body, s)
		}
		colon = colon || s.Kind() == ":"
	}
	c.Through = !leaves(c.Body, 0)
	return c
}

// leaves reports whether control never runs off the end of the statements.
func leaves(body []ir.Stmt, depth int) bool {
	if len(body) == 0 || depth > maxDepth {
		return false
	}
	switch s := body[len(body)-1].(type) {
	case *ir.Return, *ir.Throw, *ir.Jump:
		return true
	case *ir.Block:
		return leaves(s.Body, depth+1)
	case *ir.If:
		return leaves(s.Then, depth+1) && leaves(s.Else, depth+1)
	case *ir.Try:
		if leaves(s.Finally, depth+1) {
			return true
		}
		for i := range s.Catches {
			if !leaves(s.Catches[i].Body, depth+1) {
				return false
			}
		}
		return leaves(s.Body, depth+1)
	}
	return false
}

func (l *lowerer) try(n syntax.Node) *ir.Try {
	s := &ir.Try{Pos: l.pos(n), Body: l.body(field(n, "body"))}
	if handler := field(n, "handler"); !handler.IsZero() {
		s.Catches = []ir.Catch{l.catch(handler)}
	}
	if finalizer := field(n, "finalizer"); !finalizer.IsZero() {
		l.errorsIn(finalizer)
		s.Finally = l.body(field(finalizer, "body"))
	}
	return s
}

func (l *lowerer) catch(n syntax.Node) ir.Catch {
	l.errorsIn(n)
	c := ir.Catch{Pos: l.pos(n)}
	if parameter := field(n, "parameter"); !parameter.IsZero() {
		c.Target = l.target(parameter)
	}
	c.Body = l.body(field(n, "body"))
	return c
}
