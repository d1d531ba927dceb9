package js

import (
	"html"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// element lowers an element of JSX. A fragment has no tag.
func (l *lowerer) element(n syntax.Node) ir.Expr {
	e := &ir.Element{Pos: l.pos(n)}
	head := n
	if open := field(n, "open_tag"); !open.IsZero() {
		head = open
		l.errorsIn(head)
	}
	e.Tag = dotted(field(head, "name"))
	for c := range head.ChildrenByField("attribute") {
		if c.Named() {
			e.Attrs = l.jsxAttribute(e.Attrs, c)
		}
	}
	for c := range code(n) {
		switch c.Kind() {
		case "jsx_opening_element", "jsx_closing_element":
		case "jsx_text", "html_character_reference":
			if text := c.Text(); n != head && strings.TrimSpace(text) != "" {
				e.Children = append(e.Children, &ir.Lit{Pos: l.pos(c), Kind: ir.String, Value: html.UnescapeString(text)})
			}
		case "jsx_expression":
			if n != head {
				e.Children = l.jsxExpr(e.Children, c)
			}
		case "jsx_element", "jsx_self_closing_element":
			e.Children = append(e.Children, l.expr(c))
		}
	}
	return e
}

// jsxExpr appends what is in braces, which can be nothing but a comment.
func (l *lowerer) jsxExpr(list []ir.Expr, n syntax.Node) []ir.Expr {
	l.errorsIn(n)
	if x := only(n); !x.IsZero() {
		list = append(list, l.expr(x))
	}
	return list
}

func (l *lowerer) jsxAttribute(list []ir.Prop, n syntax.Node) []ir.Prop {
	p := ir.Prop{Pos: l.pos(n)}
	if n.Kind() == "jsx_expression" { // {...props}
		for _, x := range l.jsxExpr(nil, n) {
			if spread, ok := x.(*ir.Spread); ok {
				x = spread.X
			}
			p.Spread, p.Value = true, x
			list = append(list, p)
		}
		return list
	}
	l.errorsIn(n)
	for c := range code(n) {
		switch c.Kind() {
		case "property_identifier", "jsx_namespace_name":
			p.Name = dotted(c)
		case "string":
			p.Value = &ir.Lit{Pos: l.pos(c), Kind: ir.String, Value: html.UnescapeString(unquote(c.Text()))}
		case "jsx_expression":
			for _, x := range l.jsxExpr(nil, c) {
				p.Value = x
			}
		default:
			p.Value = l.expr(c)
		}
	}
	if p.Value == nil {
		p.Value = &ir.Lit{Pos: p.Pos, Kind: ir.Bool, Value: "true"}
	}
	return append(list, p)
}
