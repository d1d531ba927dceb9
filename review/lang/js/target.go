package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// target lowers what takes a value: the left side of an assignment, a declared
// variable, a pattern.
func (l *lowerer) target(n syntax.Node) ir.Expr {
	if l.depth >= maxDepth {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	l.depth++
	defer func() { l.depth-- }()
	switch n.Kind() {
	case "shorthand_property_identifier_pattern", "undefined":
		return &ir.Name{Pos: l.pos(n), Name: n.Text()}
	case "object_pattern", "object":
		l.errorsIn(n)
		return l.object(n)
	case "array_pattern", "array":
		l.errorsIn(n)
		return l.arrayPattern(n)
	case "assignment_pattern", "object_assignment_pattern", "assignment_expression":
		l.errorsIn(n)
		return &ir.Default{Pos: l.pos(n), Target: l.target(field(n, "left")), Value: l.expr(field(n, "right"))}
	case "rest_pattern", "spread_element":
		l.errorsIn(n)
		return &ir.Spread{Pos: l.pos(n), X: l.target(only(n))}
	case "parenthesized_expression", "non_null_expression", "as_expression":
		l.errorsIn(n)
		return l.target(only(n))
	}
	return l.expr(n)
}

func (l *lowerer) arrayPattern(n syntax.Node) ir.Expr {
	list := &ir.List{Pos: l.pos(n)}
	hole := true
	for c := range n.Children() {
		switch {
		case c.Kind() == ",":
			if hole {
				list.Elems = append(list.Elems, nil)
			}
			hole = true
		case c.Named() && !c.Extra() && !c.IsError():
			list.Elems = append(list.Elems, l.target(c))
			hole = false
		}
	}
	return list
}
