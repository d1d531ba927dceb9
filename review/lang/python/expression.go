package python

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// expr lowers an expression or the target of an assignment. It never returns
// nil: what isn't there is an Unknown.
func (l *lowerer) expr(n syntax.Node) ir.Expr {
	var x ir.Expr
	if n.IsZero() || n.Missing() || !l.nested(func() { x = l.exprOfKind(n) }) {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	return x
}

// optional lowers an expression that may be absent, to nil if it is.
func (l *lowerer) optional(n syntax.Node) ir.Expr {
	if n.IsZero() {
		return nil
	}
	return l.expr(n)
}

func (l *lowerer) exprs(list []syntax.Node) []ir.Expr {
	var lowered []ir.Expr
	for _, n := range list {
		lowered = append(lowered, l.expr(n))
	}
	return lowered
}

func (l *lowerer) exprOfKind(n syntax.Node) ir.Expr {
	switch n.Kind() {
	case "identifier", "keyword_identifier", "print", "exec":
		return &ir.Name{Pos: l.pos(n), Name: n.Text()}
	case "string", "concatenated_string":
		return l.str(n)
	case "integer", "float":
		return l.number(n)
	case "true", "false":
		return &ir.Lit{Pos: l.pos(n), Kind: ir.Bool, Value: n.Kind()}
	case "none":
		return &ir.Lit{Pos: l.pos(n), Kind: ir.Null, Value: "None"}
	case "ellipsis":
		return &ir.Name{Pos: l.pos(n), Name: "Ellipsis"}
	case "parenthesized_expression", "type", "as_pattern_target", "expression_statement", "if_clause", "chevron", "case_pattern":
		return l.tupleOf(n, operands(n))
	case "expression_list", "pattern_list", "tuple", "tuple_pattern":
		return l.list(n, ir.Tuple)
	case "list", "list_pattern":
		return l.list(n, ir.PlainList)
	case "set":
		return l.list(n, ir.Set)
	case "list_splat", "list_splat_pattern", "dictionary_splat", "dictionary_splat_pattern", "splat_pattern", "splat_type":
		return &ir.Spread{Pos: l.pos(n), X: l.expr(operand(n, 0))}
	case "dictionary":
		return l.dictionary(n)
	case "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression":
		return l.comprehension(n)
	case "dotted_name":
		return l.dotted(operands(n))
	case "attribute", "member_type":
		return l.attribute(n)
	case "subscript", "generic_type":
		return l.subscript(n)
	case "call":
		return l.call(n)
	case "await":
		return &ir.Await{Pos: l.pos(n), X: l.expr(operand(n, 0))}
	case "yield":
		return l.yield(n)
	case "lambda":
		return l.lambda(n)
	case "conditional_expression":
		parts := operands(n)
		if len(parts) != 3 {
			return l.unknown(n)
		}
		x := &ir.Cond{Pos: l.pos(n), Then: l.expr(parts[0])}
		x.Test, x.Else = l.expr(parts[1]), l.expr(parts[2])
		return x
	case "named_expression":
		return &ir.Assign{Pos: l.pos(n), Target: l.expr(n.ChildByField("name")), Value: l.expr(n.ChildByField("value"))}
	case "as_pattern":
		// Where no with, except or case takes it apart, the source is broken.
		value := l.expr(operand(n, 0))
		return &ir.Assign{Pos: l.pos(n), Target: l.expr(n.ChildByField("alias")), Value: value}
	case "assignment":
		return l.assignment(n)
	case "augmented_assignment":
		return l.augmentedAssignment(n)
	}
	return l.operation(n)
}

// unknown keeps what n is made of.
func (l *lowerer) unknown(n syntax.Node) ir.Expr {
	return &ir.Unknown{Pos: l.pos(n), Operands: l.exprs(operands(n))}
}

// tupleOf lowers the one node of a list, or a tuple of several.
func (l *lowerer) tupleOf(n syntax.Node, list []syntax.Node) ir.Expr {
	switch len(list) {
	case 0:
		return &ir.Unknown{Pos: l.pos(n)}
	case 1:
		return l.expr(list[0])
	}
	return &ir.List{Pos: l.span(list[0], list[len(list)-1]), Kind: ir.Tuple, Elems: l.exprs(list)}
}

func (l *lowerer) list(n syntax.Node, kind ir.ListKind) ir.Expr {
	return &ir.List{Pos: l.pos(n), Kind: kind, Elems: l.exprs(operands(n))}
}

func (l *lowerer) dictionary(n syntax.Node) ir.Expr {
	x := &ir.Object{Pos: l.pos(n)}
	for _, c := range operands(n) {
		switch c.Kind() {
		case "pair":
			x.Props = append(x.Props, l.property(c, c.ChildByField("key"), l.expr(c.ChildByField("value"))))
		case "dictionary_splat":
			x.Props = append(x.Props, ir.Prop{Pos: l.pos(c), Value: l.expr(operand(c, 0)), Spread: true})
		default:
			x.Props = append(x.Props, ir.Prop{Pos: l.pos(c), Value: l.expr(c)})
		}
	}
	return x
}

// property makes a property of an Object, under a name if key is a string.
func (l *lowerer) property(n, key syntax.Node, value ir.Expr) ir.Prop {
	p := ir.Prop{Pos: l.pos(n), Value: value}
	switch k := l.expr(key).(type) {
	case *ir.Lit:
		if k.Kind == ir.String {
			p.Name = k.Value
		} else {
			p.Key = k
		}
	default:
		p.Key = k
	}
	return p
}

// comprehension lowers [body for left in right if ...]. The conditions belong to
// the clause before them.
func (l *lowerer) comprehension(n syntax.Node) ir.Expr {
	x := &ir.Comp{Pos: l.pos(n)}
	if body := n.ChildByField("body"); body.Kind() == "pair" {
		x.Key, x.Elem = l.expr(body.ChildByField("key")), l.expr(body.ChildByField("value"))
	} else {
		x.Elem = l.expr(body)
	}
	for _, c := range operands(n) {
		switch c.Kind() {
		case "for_in_clause":
			x.Clauses = append(x.Clauses, ir.CompClause{
				Target: l.expr(c.ChildByField("left")),
				Iter:   l.tupleOf(c, named(c.ChildrenByField("right"))),
			})
		case "if_clause":
			if len(x.Clauses) > 0 {
				last := &x.Clauses[len(x.Clauses)-1]
				last.Conds = append(last.Conds, l.expr(operand(c, 0)))
			}
		}
	}
	return x
}

// dotted lowers a.b.c as its identifiers.
func (l *lowerer) dotted(names []syntax.Node) ir.Expr {
	if len(names) == 0 {
		return &ir.Unknown{}
	}
	x := l.expr(names[0])
	for _, name := range names[1:] {
		x = &ir.Member{Pos: l.span(names[0], name), X: x, Name: name.Text(), NamePos: l.pos(name)}
	}
	return x
}

func (l *lowerer) attribute(n syntax.Node) ir.Expr {
	object, name := n.ChildByField("object"), n.ChildByField("attribute")
	if n.Kind() == "member_type" {
		object, name = operand(n, 0), operand(n, 1)
	}
	return &ir.Member{Pos: l.pos(n), X: l.expr(object), Name: name.Text(), NamePos: l.pos(name)}
}

// subscript lowers x[key], also where the grammar takes it for a generic type.
func (l *lowerer) subscript(n syntax.Node) ir.Expr {
	value, keys := subscriptParts(n)
	x := &ir.Index{Pos: l.pos(n), X: l.expr(value)}
	if len(keys) != 1 || keys[0].Kind() != "slice" {
		x.Key = l.tupleOf(n, keys)
	}
	return x
}

func subscriptParts(n syntax.Node) (value syntax.Node, keys []syntax.Node) {
	if n.Kind() == "generic_type" {
		return operand(n, 0), operands(operand(n, 1))
	}
	return n.ChildByField("value"), named(n.ChildrenByField("subscript"))
}

func (l *lowerer) call(n syntax.Node) ir.Expr {
	x := &ir.Call{Pos: l.pos(n), Fn: l.expr(n.ChildByField("function"))}
	if arguments := n.ChildByField("arguments"); arguments.Kind() == "generator_expression" {
		x.Args = []ir.Arg{{Value: l.expr(arguments)}}
	} else {
		x.Args = l.arguments(operands(arguments))
	}
	return x
}

func (l *lowerer) arguments(list []syntax.Node) []ir.Arg {
	var args []ir.Arg
	for _, n := range list {
		switch n.Kind() {
		case "keyword_argument":
			args = append(args, ir.Arg{Name: n.ChildByField("name").Text(), Value: l.expr(n.ChildByField("value"))})
		case "list_splat":
			args = append(args, ir.Arg{Value: l.expr(operand(n, 0)), Spread: true})
		case "dictionary_splat":
			args = append(args, ir.Arg{Name: "**", Value: l.expr(operand(n, 0)), Spread: true})
		default:
			args = append(args, ir.Arg{Value: l.expr(n)})
		}
	}
	return args
}

// yield lowers yield x to a Yield, and yield from x, which is how coroutines
// were once awaited, to an Await.
func (l *lowerer) yield(n syntax.Node) ir.Expr {
	if l.fn != nil {
		l.fn.Generator = true
	}
	x := l.optional(operand(n, 0))
	if hasToken(n, "from") {
		return &ir.Await{Pos: l.pos(n), X: x}
	}
	return &ir.Yield{Pos: l.pos(n), X: x}
}

func (l *lowerer) lambda(n syntax.Node) ir.Expr {
	f := &ir.Func{Pos: l.pos(n)}
	l.file.Funcs = append(l.file.Funcs, f)
	f.Params = l.params(n.ChildByField("parameters"))
	l.within(f, func() {
		body := n.ChildByField("body")
		f.Body = []ir.Stmt{&ir.Return{Pos: l.pos(body), X: l.expr(body)}}
	})
	return &ir.FuncLit{Pos: f.Pos, Func: f}
}

// assignment lowers left = right, left: type = right and left: type.
func (l *lowerer) assignment(n syntax.Node) ir.Expr {
	x := &ir.Assign{Pos: l.pos(n), Target: l.expr(n.ChildByField("left"))}
	if t := n.ChildByField("type"); !t.IsZero() {
		x.Type = l.typ(t)
	}
	x.Value = l.optional(n.ChildByField("right"))
	return x
}
