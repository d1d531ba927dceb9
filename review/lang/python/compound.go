package python

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// maxElifs limits how deep the branches of one if are nested in each other.
// Those behind are put side by side.
const maxElifs = 200

func (l *lowerer) ifStmt(n syntax.Node) ir.Stmt {
	top := l.branch(n)
	top.Pos = l.pos(n)
	last, elifs := top, 0
	for c := range n.ChildrenByField("alternative") {
		switch c.Kind() {
		case "elif_clause":
			next := l.branch(c)
			next.End = top.End
			last.Else = append(last.Else, next)
			if elifs++; elifs <= maxElifs {
				last = next
			}
		case "else_clause":
			last.Else = append(last.Else, l.block(c.ChildByField("body"))...)
		}
	}
	return top
}

// branch lowers a condition with what depends on it.
func (l *lowerer) branch(n syntax.Node) *ir.If {
	s := &ir.If{Pos: l.pos(n), Cond: l.expr(n.ChildByField("condition"))}
	typing := l.typing
	l.typing = typing || isTypeChecking(s.Cond)
	s.Then = l.block(n.ChildByField("consequence"))
	l.typing = typing
	return s
}

// isTypeChecking reports whether cond is typing.TYPE_CHECKING, which is false
// when the program runs.
func isTypeChecking(cond ir.Expr) bool {
	switch x := cond.(type) {
	case *ir.Name:
		return x.Name == "TYPE_CHECKING"
	case *ir.Member:
		return x.Name == "TYPE_CHECKING"
	}
	return false
}

func (l *lowerer) loop(n syntax.Node) ir.Stmt {
	s := &ir.Loop{Pos: l.pos(n)}
	if n.Kind() == "while_statement" {
		if cond := l.expr(n.ChildByField("condition")); !isTrue(cond) {
			s.Cond = cond
		}
	} else {
		s.Async = hasToken(n, "async")
		s.Target = l.expr(n.ChildByField("left"))
		s.Iter = l.expr(n.ChildByField("right"))
	}
	s.Body = l.block(n.ChildByField("body"))
	s.Else = l.block(n.ChildByField("alternative").ChildByField("body"))
	return s
}

func isTrue(x ir.Expr) bool {
	lit, ok := x.(*ir.Lit)
	return ok && (lit.Kind == ir.Bool && lit.Value == "true" || lit.Kind == ir.Number && lit.Value == "1")
}

func (l *lowerer) try(n syntax.Node) ir.Stmt {
	s := &ir.Try{Pos: l.pos(n), Body: l.block(n.ChildByField("body"))}
	for c := range n.NamedChildren() {
		switch c.Kind() {
		case "except_clause":
			s.Catches = append(s.Catches, l.catch(c))
		case "else_clause":
			s.Else = l.block(c.ChildByField("body"))
		case "finally_clause":
			s.Finally = l.block(childOfKind(c, "block"))
		}
	}
	return s
}

// catch lowers except type as target, except* and Python 2's except type, target.
func (l *lowerer) catch(n syntax.Node) ir.Catch {
	c := ir.Catch{Pos: l.pos(n)}
	values := named(n.ChildrenByField("value"))
	var types, target syntax.Node
	if len(values) > 0 {
		types = values[0]
	}
	if len(values) > 1 {
		target = values[1]
	}
	if types.Kind() == "as_pattern" {
		types, target = operand(types, 0), types.ChildByField("alias")
	} else if alias := n.ChildByField("alias"); !alias.IsZero() {
		target = alias
	}
	c.Types = l.exprs(unpacked(types))
	c.Target = l.optional(target)
	c.Body = l.block(childOfKind(n, "block"))
	return c
}

func childOfKind(n syntax.Node, kind string) syntax.Node {
	for c := range n.NamedChildren() {
		if c.Kind() == kind {
			return c
		}
	}
	return syntax.Node{}
}

func (l *lowerer) with(n syntax.Node) ir.Stmt {
	s := &ir.With{Pos: l.pos(n), Async: hasToken(n, "async")}
	for _, item := range operands(childOfKind(n, "with_clause")) {
		s.Items = append(s.Items, l.withItem(item))
	}
	s.Body = l.block(n.ChildByField("body"))
	return s
}

func (l *lowerer) withItem(n syntax.Node) ir.WithItem {
	value := n
	if n.Kind() == "with_item" {
		value = n.ChildByField("value")
	}
	if value.Kind() == "as_pattern" {
		item := ir.WithItem{Value: l.expr(operand(value, 0))}
		item.Target = l.expr(value.ChildByField("alias"))
		return item
	}
	return ir.WithItem{Value: l.expr(value)}
}
