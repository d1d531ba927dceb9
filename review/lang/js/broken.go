package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// statementKinds are the kinds that stmtOf knows and that are no expressions.
var statementKinds = set(
	"expression_statement", "variable_declaration", "lexical_declaration", "using_declaration",
	"function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
	"interface_declaration", "type_alias_declaration", "enum_declaration", "internal_module", "module",
	"ambient_declaration", "import_statement", "import_alias", "export_statement", "statement_block",
	"labeled_statement", "if_statement", "switch_statement", "for_statement", "for_in_statement",
	"while_statement", "do_statement", "try_statement", "with_statement", "return_statement", "throw_statement",
	"break_statement", "continue_statement", "empty_statement", "debugger_statement", "hash_bang_line",
	"function_signature",
)

// typeKinds are the kinds in which there is nothing to evaluate.
var typeKinds = set(
	"type_annotation", "type_arguments", "type_parameters", "type_identifier", "nested_type_identifier",
	"predefined_type", "generic_type", "object_type", "interface_body", "array_type", "tuple_type", "union_type",
	"intersection_type", "function_type", "constructor_type", "literal_type", "flow_maybe_type",
	"parenthesized_type", "readonly_type", "type_query", "index_type_query", "lookup_type", "conditional_type",
	"template_literal_type", "infer_type", "existential_type", "type_predicate", "type_predicate_annotation",
	"asserts", "asserts_annotation", "implements_clause", "extends_type_clause", "constraint", "default_type",
	"property_signature", "method_signature", "call_signature", "construct_signature", "index_signature",
	"accessibility_modifier", "override_modifier", "jsx_closing_element", "string_fragment", "escape_sequence",
	"regex_pattern", "regex_flags", "jsx_text", "html_character_reference",
)

// inert are the kinds that do nothing and say nothing where they stand alone.
var inert = set(
	"identifier", "property_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern",
	"private_property_identifier", "statement_identifier", "string", "number", "true", "false", "null",
	"undefined", "this", "super", "import", "optional_chain", "regex",
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// errorsIn lowers the broken places among the children of n to loose statements,
// which stmt puts in front of the statement that they are in.
func (l *lowerer) errorsIn(n syntax.Node) {
	if !n.HasError() {
		return
	}
	for c := range n.Children() {
		if c.IsError() {
			l.loose = l.broken(l.loose, c)
		}
	}
}

// broken appends what can be understood of a broken place.
func (l *lowerer) broken(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	if l.depth >= maxDepth {
		return out
	}
	l.depth++
	defer func() { l.depth-- }()
	outer := l.loose
	l.loose = nil
	for c := range n.Children() {
		kind := c.Kind()
		switch {
		case c.IsError():
			out = l.broken(out, c)
		case !c.Named() || c.Extra() || typeKinds[kind] || inert[kind]:
		case statementKinds[kind]:
			out = l.stmt(out, c)
		default:
			out = l.fragment(out, c)
		}
	}
	out = append(out, l.loose...)
	l.loose = outer
	return out
}

// fragment appends a part of a construct that is broken around it.
func (l *lowerer) fragment(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	pos := l.pos(n)
	switch n.Kind() {
	case "variable_declarator":
		assign := l.declarator(n, ir.Let)
		return append(out, &ir.ExprStmt{Pos: pos, X: assign})
	case "method_definition":
		f, key := l.method(n)
		if key != nil {
			out = append(out, &ir.ExprStmt{Pos: key.At(), X: key})
		}
		return append(out, &ir.FuncDecl{Pos: pos, Func: f})
	case "class_body":
		c := l.newClass(n, ir.PlainClass)
		l.members(c, n)
		return append(out, &ir.ClassDecl{Pos: pos, Class: c})
	case "switch_body":
		s := &ir.Switch{Pos: pos}
		l.switchBody(s, n)
		return append(out, s)
	case "switch_case", "switch_default":
		return append(out, &ir.Switch{Pos: pos, Cases: []ir.Case{l.switchCase(n)}})
	case "else_clause", "finally_clause", "catch_clause", "class_static_block":
		for c := range code(n) {
			if statementKinds[c.Kind()] {
				out = append(out, &ir.Block{Pos: pos, Body: l.body(c)})
			}
		}
		return out
	case "pair", "spread_element":
		o := &ir.Object{Pos: pos, Props: []ir.Prop{l.prop(n)}}
		return append(out, &ir.ExprStmt{Pos: pos, X: o})
	case "formal_parameters", "arguments", "parenthesized_expression", "template_substitution", "jsx_expression":
		for c := range n.Children() {
			switch kind := c.Kind(); {
			case c.IsError():
				out = l.broken(out, c)
			case c.Named() && !c.Extra() && !inert[kind] && !typeKinds[kind]:
				out = l.fragment(out, c)
			}
		}
		return out
	case "public_field_definition", "field_definition", "required_parameter", "optional_parameter":
		if value := field(n, "value"); !value.IsZero() {
			out = append(out, &ir.ExprStmt{Pos: l.pos(value), X: l.expr(value)})
		}
		return out
	}
	return l.stmt(out, n)
}
