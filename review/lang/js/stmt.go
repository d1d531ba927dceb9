package js

import (
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// block lowers the statements that are children of n.
func (l *lowerer) block(n syntax.Node) []ir.Stmt {
	var out []ir.Stmt
	for c := range n.Children() {
		out = l.stmt(out, c)
	}
	return out
}

// body lowers a statement that is the body of another: the statements of a
// block, or the one statement.
func (l *lowerer) body(n syntax.Node) []ir.Stmt {
	if n.Kind() == "statement_block" {
		return l.block(n)
	}
	return l.stmt(nil, n)
}

// stmt appends what n means to out, which is nothing or several statements for
// some. Tokens and comments are skipped.
func (l *lowerer) stmt(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	if n.IsError() {
		return l.broken(out, n)
	}
	if !n.Named() || n.Extra() {
		return out
	}
	if l.depth >= maxDepth {
		return append(out, &ir.ExprStmt{Pos: l.pos(n), X: &ir.Unknown{Pos: l.pos(n)}})
	}
	l.depth++
	start := len(out)
	if n.Kind() != "statement_block" { // block lowers what is broken in its place
		l.errorsIn(n)
	}
	out = l.stmtOf(out, n)
	if len(l.loose) > 0 {
		out = slices.Insert(out, start, l.loose...)
		l.loose = nil
	}
	l.depth--
	return out
}

func (l *lowerer) stmtOf(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	switch n.Kind() {
	case "expression_statement":
		return l.exprStmt(out, only(n))
	case "variable_declaration", "lexical_declaration", "using_declaration":
		return l.declaration(out, n)
	case "function_declaration", "generator_function_declaration":
		return append(out, &ir.FuncDecl{Pos: l.pos(n), Func: l.function(n)})
	case "class_declaration", "abstract_class_declaration":
		return append(out, l.classDecl(n, nil))
	case "interface_declaration":
		return append(out, &ir.ClassDecl{Pos: l.pos(n), Class: l.iface(n)})
	case "type_alias_declaration":
		return l.typeAlias(out, n)
	case "enum_declaration":
		return append(out, &ir.ClassDecl{Pos: l.pos(n), Class: l.enum(n)})
	case "internal_module", "module":
		return l.namespace(out, n)
	case "ambient_declaration":
		return l.ambient(out, n)
	case "import_statement":
		return l.importStmt(out, n)
	case "import_alias":
		return l.importAlias(out, n)
	case "export_statement":
		return l.export(out, n)
	case "statement_block":
		return append(out, &ir.Block{Pos: l.pos(n), Body: l.block(n)})
	case "labeled_statement":
		return append(out, &ir.Block{Pos: l.pos(n), Body: l.body(field(n, "body"))})
	case "if_statement":
		return append(out, l.ifStmt(n))
	case "switch_statement":
		return append(out, l.switchStmt(n))
	case "for_statement", "for_in_statement", "while_statement", "do_statement":
		return append(out, l.loop(n))
	case "try_statement":
		return append(out, l.try(n))
	case "with_statement":
		body := l.exprStmt(nil, field(n, "object"))
		return append(out, &ir.Block{Pos: l.pos(n), Body: append(body, l.body(field(n, "body"))...)})
	case "return_statement":
		out, x := l.value(out, only(n))
		return append(out, &ir.Return{Pos: l.pos(n), X: x})
	case "throw_statement":
		out, x := l.value(out, only(n))
		return append(out, &ir.Throw{Pos: l.pos(n), X: x})
	case "break_statement":
		return append(out, &ir.Jump{Pos: l.pos(n), Kind: ir.Break, Label: field(n, "label").Text()})
	case "continue_statement":
		return append(out, &ir.Jump{Pos: l.pos(n), Kind: ir.Continue, Label: field(n, "label").Text()})
	case "empty_statement", "debugger_statement", "hash_bang_line", "function_signature":
		return out
	}
	return l.exprStmt(out, n)
}

// exprStmt appends an expression as a statement. The parts of a, b are
// statements of their own.
func (l *lowerer) exprStmt(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	if n.IsZero() {
		return out
	}
	if n.Kind() == "internal_module" {
		return l.namespace(out, n)
	}
	out, x := l.value(out, n)
	return append(out, &ir.ExprStmt{Pos: l.pos(n), X: x})
}

// value lowers an expression whose statement is about to be appended to out. Of
// a, b it appends a and returns b. It returns nil for the zero Node.
func (l *lowerer) value(out []ir.Stmt, n syntax.Node) ([]ir.Stmt, ir.Expr) {
	n = bare(n)
	if n.IsZero() {
		return out, nil
	}
	if n.Kind() != "sequence_expression" {
		return out, l.expr(n)
	}
	l.errorsIn(n)
	var last ir.Expr
	for _, c := range flatSequence(nil, n, 0) {
		if last != nil {
			out = append(out, &ir.ExprStmt{Pos: last.At(), X: last})
		}
		last = l.expr(c)
	}
	return out, last
}

// flatSequence appends the parts of a sequence to list, also those of the
// sequences in it.
func flatSequence(list []syntax.Node, n syntax.Node, depth int) []syntax.Node {
	for c := range code(n) {
		if c = bare(c); c.Kind() == "sequence_expression" && depth < maxDepth {
			list = flatSequence(list, c, depth+1)
		} else {
			list = append(list, c)
		}
	}
	return list
}

// bare returns what is inside of parentheses, unless they hold a type too.
func bare(n syntax.Node) syntax.Node {
	for n.Kind() == "parenthesized_expression" && !n.HasError() && field(n, "type").IsZero() {
		n = only(n)
	}
	return n
}

var declKinds = map[string]ir.DeclKind{"let": ir.Let, "const": ir.Const, "using": ir.Const, "await": ir.Const}

// declaration appends an Assign for each variable that n declares.
func (l *lowerer) declaration(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	kind := ir.Var
	if k, ok := declKinds[n.ChildByField("kind").Kind()]; ok {
		kind = k
	}
	for c := range code(n) {
		if c.Kind() == "variable_declarator" {
			assign := l.declarator(c, kind)
			out = append(out, &ir.ExprStmt{Pos: assign.Pos, X: assign})
		}
	}
	return out
}

// typedValue lowers the type and the value that n gives to what it declares. Of
// new Map<K, V>() the type is taken, because ir.Call has no place for it.
func (l *lowerer) typedValue(n syntax.Node) (*ir.Type, ir.Expr) {
	t, value := l.annotation(field(n, "type")), field(n, "value")
	if arguments := field(value, "type_arguments"); t == nil && value.Kind() == "new_expression" && !arguments.IsZero() {
		constructor := field(value, "constructor")
		t = &ir.Type{Pos: l.pos(constructor), Name: dotted(constructor), Elems: l.typeElems(arguments)}
	}
	return t, l.optional(value)
}

func (l *lowerer) declarator(n syntax.Node, kind ir.DeclKind) *ir.Assign {
	l.errorsIn(n)
	a := &ir.Assign{Pos: l.pos(n), Decl: kind}
	a.Target = l.target(field(n, "name"))
	a.Type, a.Value = l.typedValue(n)
	return a
}
