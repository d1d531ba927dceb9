package python

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// salvage appends what is in the errors of a statement, which the lowering of
// the statement itself leaves out. Those in its blocks are statements of their
// own.
func (l *lowerer) salvage(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	for c := range n.Children() {
		switch {
		case c.IsError():
			body = l.fragments(body, c)
		case c.HasError() && c.Kind() != "block" && !isDefinition(c.Kind()):
			l.nested(func() { body = l.salvage(body, c) })
		}
	}
	return body
}

// fragments lowers what the parser found in what it could not read. Where the
// tokens between still tell an assignment, the start of a call, a return or a
// raise, they are made one.
func (l *lowerer) fragments(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	var list []syntax.Node
	for c := range n.Children() {
		if !isNoise(c) {
			list = append(list, c)
		}
	}
	for i := 0; i < len(list); {
		if x, used := l.brokenAssignment(list[i:]); used > 0 {
			body = append(body, &ir.ExprStmt{Pos: x.At(), X: x})
			i += used
		} else if x, used := l.brokenCall(list[i:]); used > 0 {
			body = append(body, &ir.ExprStmt{Pos: x.At(), X: x})
			i += used
		} else if exit, used := l.brokenExit(list[i:]); used > 0 {
			body = append(body, exit)
			i += used
		} else {
			body = l.fragment(body, list[i])
			i++
		}
	}
	return body
}

func (l *lowerer) fragment(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	switch kind := n.Kind(); {
	case n.IsError() || isStatement(kind):
		return l.stmt(body, n)
	case isExpression(kind):
		if x := l.expr(n); !isLit(x) {
			body = append(body, &ir.ExprStmt{Pos: l.pos(n), X: x})
		}
	case n.Named():
		// Part of a statement whose rest is missing.
		l.nested(func() { body = l.fragments(body, n) })
	}
	return body
}

// brokenAssignment lowers target = value, and target = name(arguments without
// end, and says how many nodes that takes.
func (l *lowerer) brokenAssignment(list []syntax.Node) (ir.Expr, int) {
	if len(list) < 3 || !isTarget(list[0].Kind()) || list[1].Kind() != "=" || !isExpression(list[2].Kind()) {
		return nil, 0
	}
	x := &ir.Assign{Pos: l.span(list[0], list[2]), Target: l.expr(list[0])}
	call, used := l.brokenCall(list[2:])
	if used > 0 {
		x.Value, x.End = call, call.At().End
		return x, 2 + used
	}
	x.Value = l.expr(list[2])
	return x, 3
}

// brokenCall lowers name(arguments without end.
func (l *lowerer) brokenCall(list []syntax.Node) (ir.Expr, int) {
	if len(list) < 2 || !isTarget(list[0].Kind()) || list[1].Kind() != "(" {
		return nil, 0
	}
	var args []syntax.Node
	used := 2
	for _, c := range list[2:] {
		if kind := c.Kind(); isExpression(kind) || kind == "keyword_argument" || kind == "dictionary_splat" {
			args = append(args, c)
		} else if kind != "," {
			break
		}
		used++
	}
	x := &ir.Call{Pos: l.span(list[0], list[used-1]), Fn: l.expr(list[0])}
	x.Args = l.arguments(args)
	return x, used
}

// brokenExit lowers return and raise with what follows.
func (l *lowerer) brokenExit(list []syntax.Node) (ir.Stmt, int) {
	keyword := list[0].Kind()
	if keyword != "return" && keyword != "raise" {
		return nil, 0
	}
	pos := l.pos(list[0])
	var x ir.Expr
	used := 1
	if call, n := l.brokenCall(list[1:]); n > 0 {
		x, used = call, 1+n
	} else if len(list) > 1 && isExpression(list[1].Kind()) {
		x, used = l.expr(list[1]), 2
	}
	if x != nil {
		pos.End = x.At().End
	}
	if keyword == "raise" {
		return &ir.Throw{Pos: pos, X: x}, used
	}
	return &ir.Return{Pos: pos, X: x}, used
}

func isTarget(kind string) bool {
	switch kind {
	case "identifier", "attribute", "subscript":
		return true
	}
	return false
}

func isDefinition(kind string) bool {
	switch kind {
	case "function_definition", "class_definition", "decorated_definition":
		return true
	}
	return false
}

func isStatement(kind string) bool {
	switch kind {
	case "expression_statement", "import_statement", "import_from_statement", "future_import_statement",
		"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement",
		"return_statement", "raise_statement", "assert_statement", "delete_statement", "print_statement", "exec_statement",
		"pass_statement", "break_statement", "continue_statement", "global_statement", "nonlocal_statement",
		"type_alias_statement", "block":
		return true
	}
	return isDefinition(kind)
}

func isExpression(kind string) bool {
	switch kind {
	case "identifier", "string", "concatenated_string", "integer", "float", "true", "false", "none",
		"parenthesized_expression", "expression_list", "pattern_list", "tuple", "tuple_pattern", "list", "list_pattern",
		"set", "list_splat", "dictionary", "list_comprehension", "set_comprehension", "dictionary_comprehension",
		"generator_expression", "attribute", "subscript", "call", "await", "yield", "lambda", "conditional_expression",
		"named_expression", "assignment", "augmented_assignment", "not_operator", "unary_operator", "boolean_operator",
		"binary_operator", "comparison_operator":
		return true
	}
	return false
}
