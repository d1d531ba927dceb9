package js

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// optional lowers an expression that need not be there.
func (l *lowerer) optional(n syntax.Node) ir.Expr {
	if n.IsZero() {
		return nil
	}
	return l.expr(n)
}

// expr lowers an expression. It never returns nil: what is missing is an Unknown.
func (l *lowerer) expr(n syntax.Node) ir.Expr {
	if n.IsZero() || n.Missing() || l.depth >= maxDepth {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	l.depth++
	l.errorsIn(n)
	x := l.exprOf(n)
	l.depth--
	return x
}

func (l *lowerer) exprOf(n syntax.Node) ir.Expr {
	pos := l.pos(n)
	switch n.Kind() {
	case "identifier", "this", "super", "import", "private_property_identifier", "type_identifier",
		"shorthand_property_identifier", "property_identifier", "statement_identifier":
		return &ir.Name{Pos: pos, Name: n.Text()}
	case "null", "undefined":
		return &ir.Lit{Pos: pos, Kind: ir.Null, Value: n.Kind()}
	case "true", "false":
		return &ir.Lit{Pos: pos, Kind: ir.Bool, Value: n.Kind()}
	case "number":
		return &ir.Lit{Pos: pos, Kind: ir.Number, Value: number(n.Text())}
	case "string":
		return &ir.Lit{Pos: pos, Kind: ir.String, Value: stringValue(n)}
	case "regex":
		return &ir.Lit{Pos: pos, Kind: ir.Regexp, Value: field(n, "pattern").Text(), Flags: field(n, "flags").Text()}
	case "template_string":
		return l.template(n)
	case "object":
		return l.object(n)
	case "array":
		return l.array(n)
	case "parenthesized_expression":
		return l.parenthesized(n)
	case "sequence_expression":
		return l.sequence(n)
	case "member_expression", "nested_identifier", "nested_type_identifier", "meta_property":
		return l.member(n)
	case "subscript_expression":
		return &ir.Index{Pos: pos, X: l.expr(field(n, "object")), Key: l.expr(field(n, "index")), Optional: chained(n)}
	case "call_expression":
		return l.call(n)
	case "new_expression":
		return &ir.Call{Pos: pos, Fn: l.expr(field(n, "constructor")), Args: l.arguments(field(n, "arguments")), New: true}
	case "assignment_expression":
		return &ir.Assign{Pos: pos, Target: l.target(field(n, "left")), Value: l.expr(field(n, "right"))}
	case "augmented_assignment_expression":
		op := strings.TrimSuffix(n.ChildByField("operator").Kind(), "=")
		return &ir.Assign{Pos: pos, Target: l.target(field(n, "left")), Op: op, Value: l.expr(field(n, "right"))}
	case "update_expression":
		return l.update(n)
	case "unary_expression":
		return &ir.Unary{Pos: pos, Op: n.ChildByField("operator").Kind(), X: l.expr(field(n, "argument"))}
	case "binary_expression":
		return l.binary(n)
	case "ternary_expression":
		return &ir.Cond{
			Pos:  pos,
			Test: l.expr(field(n, "condition")), Then: l.expr(field(n, "consequence")), Else: l.expr(field(n, "alternative")),
		}
	case "await_expression":
		return &ir.Await{Pos: pos, X: l.expr(only(n))}
	case "yield_expression":
		return &ir.Yield{Pos: pos, X: l.optional(only(n))}
	case "function_expression", "generator_function", "arrow_function", "function":
		f := l.function(n)
		return &ir.FuncLit{Pos: f.Pos, Func: f}
	case "class":
		c := l.class(n, nil)
		return &ir.ClassLit{Pos: c.Pos, Class: c}
	case "as_expression", "satisfies_expression", "type_assertion", "non_null_expression":
		return l.cast(n)
	case "instantiation_expression":
		return l.expr(only(n))
	case "spread_element", "rest_pattern":
		return &ir.Spread{Pos: pos, X: l.expr(only(n))}
	case "object_pattern", "array_pattern", "assignment_pattern":
		return l.target(n)
	case "jsx_element", "jsx_self_closing_element":
		return l.element(n)
	}
	return l.unknown(n)
}

// unknown keeps what is below n.
func (l *lowerer) unknown(n syntax.Node) *ir.Unknown {
	u := &ir.Unknown{Pos: l.pos(n)}
	for c := range code(n) {
		u.Operands = l.operand(u.Operands, c)
	}
	return u
}

// operand appends what n, of whatever kind, can say as an operand of an Unknown.
// Statements become the body of a function, because expressions hold no others.
func (l *lowerer) operand(list []ir.Expr, n syntax.Node) []ir.Expr {
	kind := n.Kind()
	switch {
	case typeKinds[kind]:
		return list
	case statementKinds[kind]:
		f := &ir.Func{Pos: l.pos(n), Arrow: true}
		l.file.Funcs = append(l.file.Funcs, f)
		f.Body = l.stmt(nil, n)
		return append(list, &ir.FuncLit{Pos: f.Pos, Func: f})
	}
	return append(list, l.expr(n))
}

func (l *lowerer) parenthesized(n syntax.Node) ir.Expr {
	x := l.expr(only(n))
	if t := l.annotation(field(n, "type")); t != nil {
		return &ir.Cast{Pos: l.pos(n), X: x, Type: t}
	}
	return x
}

// sequence lowers a, b. Literals in front do nothing: compilers write (0, f)(x)
// to call f without its object.
func (l *lowerer) sequence(n syntax.Node) ir.Expr {
	parts := flatSequence(nil, n, 0)
	for len(parts) > 1 && inert[parts[0].Kind()] {
		parts = parts[1:]
	}
	if len(parts) == 1 {
		return l.expr(parts[0])
	}
	u := &ir.Unknown{Pos: l.pos(n)}
	for _, c := range parts {
		u.Operands = append(u.Operands, l.expr(c))
	}
	return u
}

// chained reports whether n reaches its object, or calls it, by ?. .
func chained(n syntax.Node) bool {
	for c := range n.Children() {
		if kind := c.Kind(); kind == "optional_chain" || kind == "?." {
			return true
		}
	}
	return false
}

// member lowers x.name. The meta properties import.meta and new.target are
// members of a name that is a keyword.
func (l *lowerer) member(n syntax.Node) ir.Expr {
	pos := l.pos(n)
	if n.Kind() == "meta_property" {
		object, property, _ := strings.Cut(dotted(n), ".")
		end := ir.Pos{Start: pos.End - uint32(len(property)), End: pos.End}
		return &ir.Member{Pos: pos, X: &ir.Name{Pos: ir.Pos{Start: pos.Start, End: pos.Start + uint32(len(object))}, Name: object}, Name: property, NamePos: end}
	}
	object, property := field(n, "object"), field(n, "property")
	if n.Kind() == "nested_type_identifier" {
		object, property = field(n, "module"), field(n, "name")
	}
	return &ir.Member{
		Pos: pos, X: l.expr(object), Optional: chained(n),
		Name: property.Text(), NamePos: l.pos(property),
	}
}

func (l *lowerer) call(n syntax.Node) ir.Expr {
	c := &ir.Call{Pos: l.pos(n), Fn: l.expr(field(n, "function")), Optional: chained(n)}
	arguments := field(n, "arguments")
	if arguments.Kind() == "template_string" {
		l.errorsIn(arguments)
		c.Args = []ir.Arg{{Value: l.templateParts(arguments)}}
		return c
	}
	c.Args = l.arguments(arguments)
	return c
}

func (l *lowerer) arguments(n syntax.Node) []ir.Arg {
	l.errorsIn(n)
	var args []ir.Arg
	for c := range code(n) {
		if c.Kind() == "spread_element" {
			l.errorsIn(c)
			args = append(args, ir.Arg{Value: l.expr(only(c)), Spread: true})
		} else {
			args = append(args, ir.Arg{Value: l.expr(c)})
		}
	}
	return args
}

// update lowers x++ to x += 1.
func (l *lowerer) update(n syntax.Node) ir.Expr {
	operator := n.ChildByField("operator")
	return &ir.Assign{
		Pos:    l.pos(n),
		Target: l.target(field(n, "argument")),
		Op:     operator.Kind()[:1],
		Value:  &ir.Lit{Pos: l.pos(operator), Kind: ir.Number, Value: "1"},
	}
}

func (l *lowerer) binary(n syntax.Node) ir.Expr {
	pos, op := l.pos(n), n.ChildByField("operator").Kind()
	x, y := l.expr(field(n, "left")), l.expr(field(n, "right"))
	switch op {
	case "&&", "||", "??":
		return &ir.Logical{Pos: pos, Op: op, X: x, Y: y}
	case "===", "!==":
		return &ir.Binary{Pos: pos, Op: op[:2], X: x, Y: y, Strict: true}
	}
	return &ir.Binary{Pos: pos, Op: op, X: x, Y: y}
}

// cast lowers type assertions. "as const" asserts nothing about what there is,
// nor does the "!" that the grammar invents in f<T>`…`.
func (l *lowerer) cast(n syntax.Node) ir.Expr {
	var parts []syntax.Node
	for c := range code(n) {
		parts = append(parts, c)
	}
	pos := l.pos(n)
	switch {
	case len(parts) == 0:
		return &ir.Unknown{Pos: pos}
	case n.Kind() == "non_null_expression" && token(n, "!"):
		return &ir.Cast{Pos: pos, X: l.expr(parts[0])}
	case len(parts) == 1:
		return l.expr(parts[0])
	case n.Kind() == "type_assertion":
		return &ir.Cast{Pos: pos, X: l.expr(parts[1]), Type: l.typ(only(parts[0]))}
	}
	return &ir.Cast{Pos: pos, X: l.expr(parts[0]), Type: l.typ(parts[1])}
}
