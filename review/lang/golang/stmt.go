package golang

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// statements appends what is in a block, a list of statements or a file.
func (l *lowerer) statements(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	for c := range parts(n) {
		if c.Kind() == "statement_list" {
			dst = l.statements(dst, c)
		} else {
			dst = l.statement(dst, c)
		}
	}
	return dst
}

// statement appends what one statement is lowered to: mostly one, but none
// where nothing is to be known, and several for a group of declarations.
func (l *lowerer) statement(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	if !l.enter() {
		return append(dst, &ir.ExprStmt{Pos: l.pos(n), X: &ir.Unknown{Pos: l.pos(n)}})
	}
	defer l.leave()
	switch n.Kind() {
	case "package_clause":
		if l.file.Package == "" {
			l.file.Package = l.text(part(n))
		}
		return dst
	case "empty_statement", "fallthrough_statement":
		return dst
	case "import_declaration":
		return l.importDeclaration(dst, n)
	case "type_declaration":
		return l.typeDeclaration(dst, n)
	case "var_declaration":
		return l.varDeclaration(dst, n)
	case "const_declaration":
		return l.constDeclaration(dst, n)
	case "labeled_statement":
		return l.labeled(dst, n)
	case "expression_statement":
		return l.expressionStatement(dst, part(n))
	}
	if s := l.simple(n); s != nil {
		return append(dst, s)
	}
	if expressionKinds[n.Kind()] {
		return l.expressionStatement(dst, n)
	}
	return l.salvage(dst, n)
}

// simple lowers the statements that become exactly one. It returns nil for
// any other node.
func (l *lowerer) simple(n syntax.Node) ir.Stmt {
	pos := l.pos(n)
	switch n.Kind() {
	case "function_declaration", "method_declaration":
		return &ir.FuncDecl{Pos: pos, Func: l.function(n)}
	case "short_var_declaration", "assignment_statement", "receive_statement":
		return &ir.ExprStmt{Pos: pos, X: l.assignment(n)}
	case "inc_statement", "dec_statement":
		return &ir.ExprStmt{Pos: pos, X: l.step(n)}
	case "send_statement":
		return &ir.ExprStmt{Pos: pos, X: l.send(n)}
	case "return_statement":
		return &ir.Return{Pos: pos, X: l.values(part(n))}
	case "go_statement", "defer_statement":
		return &ir.Defer{Pos: pos, Call: l.expr(part(n)), Go: n.Kind() == "go_statement"}
	case "break_statement":
		return &ir.Jump{Pos: pos, Kind: ir.Break, Label: l.text(part(n))}
	case "continue_statement":
		return &ir.Jump{Pos: pos, Kind: ir.Continue, Label: l.text(part(n))}
	case "goto_statement":
		return &ir.Jump{Pos: pos, Kind: ir.Goto, Label: l.text(part(n))}
	case "block":
		return &ir.Block{Pos: pos, Body: l.statements(nil, n)}
	case "if_statement":
		return l.ifStatement(n)
	case "for_statement":
		return l.forStatement(n)
	case "expression_switch_statement", "type_switch_statement", "select_statement":
		return l.switchStatement(n)
	}
	return nil
}

// single lowers a statement where ir has place for one. It returns nil for
// no node.
func (l *lowerer) single(n syntax.Node) ir.Stmt {
	if n.IsZero() {
		return nil
	}
	switch list := l.statement(nil, n); len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	default:
		return &ir.Block{Pos: l.pos(n), Body: list}
	}
}

func (l *lowerer) expressionStatement(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	x := l.expr(n)
	if isNothing(x) {
		return dst
	}
	return append(dst, &ir.ExprStmt{Pos: l.pos(n), X: x})
}

// assignment lowers a = b, a := b, a += b, and <-c, a = <-c and a := <-c in a
// select statement.
func (l *lowerer) assignment(n syntax.Node) ir.Expr {
	left, right := field(n, "left"), field(n, "right")
	if left.IsZero() {
		return l.expr(right)
	}
	a := &ir.Assign{Pos: l.pos(n), Target: l.targets(left), Value: l.values(right)}
	if !findToken(n, ":=").IsZero() {
		a.Decl = ir.Var
	} else if op := n.ChildByField("operator"); !op.IsZero() {
		a.Op = strings.TrimSuffix(op.Text(), "=")
	}
	return a
}

// step lowers x++ and x--.
func (l *lowerer) step(n syntax.Node) ir.Expr {
	a := &ir.Assign{Pos: l.pos(n), Target: l.expr(part(n)), Op: "+"}
	op := findToken(n, "++")
	if n.Kind() == "dec_statement" {
		a.Op, op = "-", findToken(n, "--")
	}
	a.Value = &ir.Lit{Pos: l.pos(op), Kind: ir.Number, Value: "1"}
	return a
}

// send lowers c <- v to a call of a method of c.
func (l *lowerer) send(n syntax.Node) ir.Expr {
	channel, arrow := field(n, "channel"), findToken(n, "<-")
	return &ir.Call{
		Pos:  l.pos(n),
		Fn:   &ir.Member{Pos: l.span(channel, arrow), X: l.expr(channel), Name: "<-", NamePos: l.pos(arrow)},
		Args: []ir.Arg{{Value: l.expr(field(n, "value"))}},
	}
}

// targets lowers the left side of an assignment.
func (l *lowerer) targets(list syntax.Node) ir.Expr {
	var nodes []syntax.Node
	if list.Kind() == "expression_list" {
		for c := range parts(list) {
			nodes = append(nodes, c)
		}
	} else {
		nodes = append(nodes, list)
	}
	return l.target(nodes, l.pos(list))
}

func (l *lowerer) target(nodes []syntax.Node, pos ir.Pos) ir.Expr {
	if len(nodes) == 1 {
		return l.expr(nodes[0])
	}
	elems := make([]ir.Expr, len(nodes))
	for i, n := range nodes {
		if !isBlank(n) {
			elems[i] = l.expr(n)
		}
	}
	return &ir.List{Pos: pos, Kind: ir.Tuple, Elems: elems}
}

func isBlank(n syntax.Node) bool { return n.Kind() == "identifier" && string(n.Bytes()) == "_" }
