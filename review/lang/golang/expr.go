package golang

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// expressionKinds are the kinds of nodes that expr knows.
var expressionKinds = map[string]bool{
	"identifier": true, "nil": true, "true": true, "false": true, "iota": true,
	"int_literal": true, "float_literal": true, "imaginary_literal": true, "rune_literal": true,
	"raw_string_literal": true, "interpreted_string_literal": true,
	"composite_literal": true, "func_literal": true, "parenthesized_expression": true,
	"unary_expression": true, "binary_expression": true, "selector_expression": true,
	"index_expression": true, "slice_expression": true, "call_expression": true,
	"type_assertion_expression": true, "type_conversion_expression": true, "type_instantiation_expression": true,
}

// expr lowers an expression. No node is an Unknown, never nil.
func (l *lowerer) expr(n syntax.Node) ir.Expr {
	if n.IsZero() || n.Missing() || !l.enter() {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	defer l.leave()
	switch n.Kind() {
	case "identifier":
		return l.name(n)
	case "nil", "true", "false", "iota", "int_literal", "float_literal", "imaginary_literal", "rune_literal", "raw_string_literal", "interpreted_string_literal":
		return l.literal(n)
	case "composite_literal":
		return l.compositeLiteral(n)
	case "func_literal":
		return &ir.FuncLit{Pos: l.pos(n), Func: l.function(n)}
	case "parenthesized_expression":
		return l.expr(part(n))
	case "unary_expression":
		return &ir.Unary{Pos: l.pos(n), Op: unaryOperator(n), X: l.expr(field(n, "operand"))}
	case "binary_expression":
		return l.binary(n)
	case "selector_expression":
		name := field(n, "field")
		return &ir.Member{Pos: l.pos(n), X: l.expr(field(n, "operand")), Name: l.text(name), NamePos: l.pos(name)}
	case "index_expression":
		return l.index(n)
	case "slice_expression":
		return l.slice(n)
	case "call_expression":
		return l.call(n)
	case "type_conversion_expression":
		return l.conversion(n)
	case "type_instantiation_expression":
		return l.typeExpr(field(n, "type"))
	case "type_assertion_expression":
		return &ir.Cast{Pos: l.pos(n), X: l.expr(field(n, "operand")), Type: l.typ(field(n, "type")), Checked: true}
	}
	return &ir.Unknown{Pos: l.pos(n), Operands: l.salvageExprs(nil, n)}
}

// name lowers what is a name, whatever the grammar calls it.
func (l *lowerer) name(n syntax.Node) *ir.Name { return &ir.Name{Pos: l.pos(n), Name: l.text(n)} }

// exprs lowers the expressions of a list, without what is nothing but an error
// among them, such as the dots that stand for left-out code.
func (l *lowerer) exprs(list syntax.Node) []ir.Expr {
	var all []ir.Expr
	for c := range parts(list) {
		if x := l.expr(c); !isDebris(c, x) {
			all = append(all, x)
		}
	}
	return all
}

// values lowers an expression list to one expression: several are a tuple. It
// returns nil for no node.
func (l *lowerer) values(n syntax.Node) ir.Expr {
	if n.IsZero() {
		return nil
	}
	if n.Kind() != "expression_list" {
		return l.expr(n)
	}
	all := l.exprs(n)
	if len(all) == 1 {
		return all[0]
	}
	return &ir.List{Pos: l.pos(n), Kind: ir.Tuple, Elems: all}
}

func unaryOperator(n syntax.Node) string {
	op := n.ChildByField("operator").Text()
	if op == "^" {
		return "~"
	}
	return op
}

func (l *lowerer) binary(n syntax.Node) ir.Expr {
	pos, op := l.pos(n), n.ChildByField("operator").Text()
	x, y := l.expr(field(n, "left")), l.expr(field(n, "right"))
	switch op {
	case "&&", "||":
		return &ir.Logical{Pos: pos, Op: op, X: x, Y: y}
	}
	return &ir.Binary{Pos: pos, Op: op, X: x, Y: y, Strict: op == "==" || op == "!="}
}

// index lowers x[key], which is also how the grammar reads f[T].
func (l *lowerer) index(n syntax.Node) ir.Expr {
	x, key := field(n, "operand"), field(n, "index")
	if l.isInstance(x, key, n.Field() == "function") {
		return l.expr(x)
	}
	return &ir.Index{Pos: l.pos(n), X: l.expr(x), Key: l.expr(key)}
}

func (l *lowerer) slice(n syntax.Node) ir.Expr {
	s := &ir.Index{Pos: l.pos(n), X: l.expr(field(n, "operand"))}
	for _, name := range [...]string{"start", "end", "capacity"} {
		if bound := field(n, name); !bound.IsZero() {
			s.Bounds = append(s.Bounds, l.expr(bound))
		}
	}
	return s
}

func (l *lowerer) call(n syntax.Node) ir.Expr {
	c := &ir.Call{Pos: l.pos(n)}
	fn := field(n, "function")
	if types := field(n, "type_arguments"); types.IsZero() {
		c.Fn = l.expr(fn)
	} else {
		c.Fn = l.instance(fn, types, true)
		c.Types = l.typeArguments(c.Fn, types)
	}
	for arg := range parts(field(n, "arguments")) {
		a := ir.Arg{Spread: arg.Kind() == "variadic_argument"}
		if a.Spread {
			arg = part(arg)
		}
		if a.Value = l.typeOrExpr(arg); !isDebris(arg, a.Value) {
			c.Args = append(c.Args, a)
		}
	}
	return c
}

// conversion lowers T(x), which is also how the grammar reads f[k](x).
func (l *lowerer) conversion(n syntax.Node) ir.Expr {
	c := &ir.Call{Pos: l.pos(n), Args: []ir.Arg{{Value: l.expr(field(n, "operand"))}}}
	if typ := field(n, "type"); typ.Kind() == "generic_type" {
		c.Fn = l.instance(field(typ, "type"), field(typ, "type_arguments"), true)
		c.Types = l.typeArguments(c.Fn, field(typ, "type_arguments"))
	} else {
		c.Fn = l.typeExpr(typ)
	}
	return c
}

// typeOrExpr lowers what may be a type or an expression: the first argument of
// make and new, and what type arguments apply to.
func (l *lowerer) typeOrExpr(n syntax.Node) ir.Expr {
	if isType(n) {
		return l.typeExpr(n)
	}
	return l.expr(n)
}

// isType reports whether n is one of the kinds of types.
func isType(n syntax.Node) bool {
	switch n.Kind() {
	case "type_identifier", "qualified_type", "generic_type", "pointer_type", "slice_type", "array_type", "map_type",
		"channel_type", "function_type", "struct_type", "interface_type", "parenthesized_type":
		return true
	}
	return false
}
