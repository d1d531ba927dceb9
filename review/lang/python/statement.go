package python

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// block lowers the statements of a block, a module, or anything else that has
// statements for children. The zero Node has none.
func (l *lowerer) block(n syntax.Node) []ir.Stmt {
	if l.leftOut != nil {
		if body, ok := l.leftOut(l.base + operand(n, 0).Start()); ok {
			return body
		}
	}
	var body []ir.Stmt
	for c := range n.NamedChildren() {
		body = l.stmt(body, c)
	}
	return body
}

// stmt appends what n lowers to: nothing, as for pass; or several statements, as
// for import a, b.
func (l *lowerer) stmt(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	if isNoise(n) {
		return body
	}
	ok := l.nested(func() {
		if n.IsError() {
			body = l.fragments(body, n)
			return
		}
		if n.HasError() {
			body = l.salvage(body, n)
		}
		body = l.stmtOfKind(body, n)
	})
	if !ok {
		body = append(body, &ir.ExprStmt{Pos: l.pos(n), X: &ir.Unknown{Pos: l.pos(n)}})
	}
	return body
}

func (l *lowerer) stmtOfKind(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	switch n.Kind() {
	case "pass_statement", "future_import_statement":
		return body
	case "global_statement", "nonlocal_statement":
		if l.fn != nil && l.class == nil {
			for _, name := range operands(n) {
				l.fn.Globals = append(l.fn.Globals, name.Text())
			}
		}
		return body
	case "expression_statement":
		return l.expressionStmt(body, n)
	case "import_statement", "import_from_statement":
		return l.imports(body, n)
	case "function_definition", "class_definition", "decorated_definition":
		return l.definition(body, n)
	case "if_statement":
		return append(body, l.ifStmt(n))
	case "for_statement", "while_statement":
		return append(body, l.loop(n))
	case "try_statement":
		return append(body, l.try(n))
	case "with_statement":
		return append(body, l.with(n))
	case "match_statement":
		return append(body, l.match(n))
	case "block":
		return append(body, l.block(n)...)
	}
	return l.simpleStmt(body, n)
}

func (l *lowerer) simpleStmt(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	pos := l.pos(n)
	switch n.Kind() {
	case "return_statement":
		return append(body, &ir.Return{Pos: pos, X: l.optional(operand(n, 0))})
	case "raise_statement":
		return l.raise(body, n)
	case "assert_statement":
		return append(body, l.assert(n))
	case "break_statement":
		return append(body, &ir.Jump{Pos: pos, Kind: ir.Break})
	case "continue_statement":
		return append(body, &ir.Jump{Pos: pos, Kind: ir.Continue})
	case "delete_statement":
		for _, target := range unpacked(operand(n, 0)) {
			x := &ir.Unary{Pos: l.pos(target), Op: "delete", X: l.expr(target)}
			body = append(body, &ir.ExprStmt{Pos: pos, X: x})
		}
		return body
	case "print_statement":
		return append(body, &ir.ExprStmt{Pos: pos, X: l.printCall(n)})
	case "exec_statement":
		x := &ir.Call{Pos: pos, Fn: l.name(n.FirstChild()), Args: l.arguments(operands(n))}
		return append(body, &ir.ExprStmt{Pos: pos, X: x})
	case "type_alias_statement":
		return append(body, &ir.ExprStmt{Pos: pos, X: l.typeAlias(n)})
	}
	return append(body, &ir.ExprStmt{Pos: pos, X: l.expr(n)})
}

// name lowers a token or identifier to a Name.
func (l *lowerer) name(n syntax.Node) *ir.Name {
	return &ir.Name{Pos: l.pos(n), Name: n.Text()}
}

// unpacked returns the elements of a, b or (a, b), or n alone.
func unpacked(n syntax.Node) []syntax.Node {
	switch n.Kind() {
	case "":
		return nil
	case "expression_list", "tuple", "pattern_list", "tuple_pattern":
		return operands(n)
	}
	return []syntax.Node{n}
}

// expressionStmt leaves out what does nothing: docstrings and "...".
func (l *lowerer) expressionStmt(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	parts := operands(n)
	if len(parts) == 1 {
		switch parts[0].Kind() {
		case "ellipsis":
			return body
		case "assignment":
			l.noteAlias(parts[0].ChildByField("left"), parts[0].ChildByField("right"))
			if l.class != nil && l.field(parts[0]) {
				return body
			}
		}
	}
	x := l.tupleOf(n, parts)
	if _, ok := x.(*ir.Lit); ok {
		return body
	}
	return append(body, &ir.ExprStmt{Pos: l.pos(n), X: x})
}

// raise lowers raise x, raise x from cause, and Python 2's raise type, value.
func (l *lowerer) raise(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	s := &ir.Throw{Pos: l.pos(n)}
	cause := n.ChildByField("cause")
	for _, x := range operands(n) {
		if x == cause {
			continue
		}
		if x.Kind() != "expression_list" {
			s.X = l.expr(x)
			continue
		}
		if parts := operands(x); len(parts) > 0 {
			s.X = &ir.Call{Pos: l.pos(x), Fn: l.expr(parts[0]), Args: l.arguments(parts[1:])}
		}
	}
	switch cause.Kind() {
	case "", "none", "identifier":
	default:
		body = append(body, &ir.ExprStmt{Pos: l.pos(cause), X: l.expr(cause)})
	}
	return append(body, s)
}

// assert lowers assert x, message to if not x: raise AssertionError(message).
func (l *lowerer) assert(n syntax.Node) ir.Stmt {
	pos := l.pos(n)
	parts := operands(n)
	cond := l.tupleOf(n, parts[:min(1, len(parts))])
	s := &ir.If{Pos: pos, Cond: &ir.Unary{Pos: cond.At(), Op: "!", X: cond}}
	failure := &ir.Call{Pos: pos, Fn: &ir.Name{Pos: pos, Name: "AssertionError"}}
	if len(parts) > 1 {
		failure.Args = l.arguments(parts[1:])
	}
	s.Then = []ir.Stmt{&ir.Throw{Pos: pos, X: failure}}
	return s
}

// printCall lowers Python 2's print a, b and print >>file, a to calls.
func (l *lowerer) printCall(n syntax.Node) ir.Expr {
	x := &ir.Call{Pos: l.pos(n), Fn: l.name(n.FirstChild())}
	for _, c := range operands(n) {
		arg := ir.Arg{Value: l.expr(c)}
		if c.Kind() == "chevron" {
			arg.Name = "file"
		}
		x.Args = append(x.Args, arg)
	}
	return x
}

// typeAlias lowers type name = value. The grammar takes type(x).name = value for
// one too.
func (l *lowerer) typeAlias(n syntax.Node) ir.Expr {
	left, right := n.ChildByField("left"), n.ChildByField("right")
	x := &ir.Assign{Pos: l.pos(n)}
	if left = unwrapType(left); left.Kind() == "attribute" || left.Kind() == "subscript" {
		x.Target = l.typeCall(n.FirstChild(), left)
	} else {
		x.Target = l.expr(left)
		l.noteAlias(left, right)
	}
	x.Value = l.expr(right)
	return x
}

// typeCall lowers n with keyword, which is "type", in front of it as a call of
// what n begins with in parentheses.
func (l *lowerer) typeCall(keyword, n syntax.Node) ir.Expr {
	var x ir.Expr
	ok := l.nested(func() {
		pos := l.span(keyword, n)
		switch n.Kind() {
		case "attribute":
			name := n.ChildByField("attribute")
			x = &ir.Member{Pos: pos, X: l.typeCall(keyword, n.ChildByField("object")), Name: name.Text(), NamePos: l.pos(name)}
		case "subscript":
			_, keys := subscriptParts(n)
			x = &ir.Index{Pos: pos, X: l.typeCall(keyword, n.ChildByField("value")), Key: l.tupleOf(n, keys)}
		default:
			x = &ir.Call{Pos: pos, Fn: l.name(keyword), Args: l.arguments(operands(n))}
		}
	})
	if !ok {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	return x
}
