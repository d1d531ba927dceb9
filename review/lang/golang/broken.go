package golang

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// salvage appends what can be understood inside a node that is no statement:
// a place that could not be parsed, or a part of one. A name alone says nothing.
func (l *lowerer) salvage(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	for c := range parts(n) {
		if c.Kind() != "identifier" {
			dst = l.statement(dst, c)
		}
	}
	return dst
}

// salvageExprs appends the expressions inside a node that is no expression.
func (l *lowerer) salvageExprs(dst []ir.Expr, n syntax.Node) []ir.Expr {
	for c := range parts(n) {
		if expressionKinds[c.Kind()] {
			dst = append(dst, l.expr(c))
			continue
		}
		ir.InspectStmts(l.statement(nil, c), func(n ir.Node) bool {
			x, ok := n.(ir.Expr)
			if ok {
				dst = append(dst, x)
			}
			return !ok
		})
	}
	return dst
}

// isNothing reports whether x says nothing at all.
func isNothing(x ir.Expr) bool {
	u, ok := x.(*ir.Unknown)
	return ok && len(u.Operands) == 0
}

// isDebris reports whether n, lowered to x, is a place that could not be parsed
// and holds nothing, such as the dots that stand for left-out code.
func isDebris(n syntax.Node, x ir.Expr) bool { return n.IsError() && isNothing(x) }
