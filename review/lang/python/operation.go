package python

import (
	"iter"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// operation lowers what has operators between or before its operands.
func (l *lowerer) operation(n syntax.Node) ir.Expr {
	switch n.Kind() {
	case "not_operator":
		return &ir.Unary{Pos: l.pos(n), Op: "!", X: l.expr(n.ChildByField("argument"))}
	case "unary_operator":
		return &ir.Unary{Pos: l.pos(n), Op: n.ChildByField("operator").Kind(), X: l.expr(n.ChildByField("argument"))}
	case "boolean_operator":
		op := "&&"
		if n.ChildByField("operator").Kind() == "or" {
			op = "||"
		}
		x := &ir.Logical{Pos: l.pos(n), Op: op, X: l.expr(n.ChildByField("left"))}
		x.Y = l.expr(n.ChildByField("right"))
		return x
	case "binary_operator":
		x := &ir.Binary{Pos: l.pos(n), Op: n.ChildByField("operator").Kind(), X: l.expr(n.ChildByField("left"))}
		x.Y = l.expr(n.ChildByField("right"))
		return x
	case "union_type":
		return &ir.Binary{Pos: l.pos(n), Op: "|", X: l.expr(operand(n, 0)), Y: l.expr(operand(n, 1))}
	case "comparison_operator":
		return l.comparison(n)
	}
	return l.unknown(n)
}

func (l *lowerer) augmentedAssignment(n syntax.Node) ir.Expr {
	x := &ir.Assign{Pos: l.pos(n), Target: l.expr(n.ChildByField("left"))}
	x.Op = strings.TrimSuffix(n.ChildByField("operator").Kind(), "=")
	x.Value = l.expr(n.ChildByField("right"))
	return x
}

// maxChain limits the comparisons of a chain, of which every one is a level of
// the result.
const maxChain = 100

// comparison lowers a < b < c to a < b && b < c.
func (l *lowerer) comparison(n syntax.Node) ir.Expr {
	terms, operators := operands(n), slices.Collect(n.ChildrenByField("operators"))
	if len(terms) != len(operators)+1 || len(terms) > maxChain {
		return l.unknown(n)
	}
	var x ir.Expr
	left := l.expr(terms[0])
	for i, operator := range operators {
		right := l.expr(terms[i+1])
		link := &ir.Binary{Pos: l.span(terms[i], terms[i+1]), Op: comparisonOperator(operator), X: left, Y: right, Strict: true}
		if x == nil {
			x = link
		} else {
			x = &ir.Logical{Pos: l.span(terms[0], terms[i+1]), Op: "&&", X: x, Y: link}
		}
		if i+1 < len(operators) {
			left = l.again(terms[i+1])
		}
	}
	return x
}

func comparisonOperator(n syntax.Node) string {
	// "not in" and "is not" may have any space between them.
	if op := n.Kind(); op != "<>" {
		return op
	}
	return "!="
}

// again lowers a term that has been lowered already. The copy is shallow where
// the term is large, lest nested chains grow without bound, and where it holds a
// function, which must be in the file once.
func (l *lowerer) again(n syntax.Node) ir.Expr {
	if !isSmall(n) {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	for c := range n.Descendants() {
		if c.Kind() == "lambda" {
			return &ir.Unknown{Pos: l.pos(n)}
		}
	}
	return l.expr(n)
}

// maxSmall is how many nodes may be lowered more than once.
const maxSmall = 64

func isSmall(n syntax.Node) bool {
	nodes := 0
	for range n.Descendants() {
		if nodes++; nodes > maxSmall {
			return false
		}
	}
	return true
}

// named returns the nodes of a sequence that are no tokens.
func named(seq iter.Seq[syntax.Node]) []syntax.Node {
	var list []syntax.Node
	for n := range seq {
		if n.Named() && !isNoise(n) && !n.IsError() {
			list = append(list, n)
		}
	}
	return list
}
