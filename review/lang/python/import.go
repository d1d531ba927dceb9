package python

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) imports(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	if n.Kind() == "import_from_statement" {
		return append(body, l.importFrom(n))
	}
	for name := range n.ChildrenByField("name") {
		if name.Named() {
			body = append(body, l.importModule(name))
		}
	}
	return body
}

// importModule lowers one name of import a, b.c, d as e.
func (l *lowerer) importModule(n syntax.Node) ir.Stmt {
	s := &ir.Import{Pos: l.pos(n), Type: l.typing}
	if n.Kind() == "aliased_import" {
		s.Module = dottedText(n.ChildByField("name"))
		s.Local = n.ChildByField("alias").Text()
		return s
	}
	s.Module = dottedText(n)
	s.Local, _, s.Whole = strings.Cut(s.Module, ".")
	return s
}

func (l *lowerer) importFrom(n syntax.Node) ir.Stmt {
	module := n.ChildByField("module_name")
	s := &ir.Import{Pos: l.pos(n), Module: dottedText(module), Type: l.typing}
	s.Star = !childOfKind(n, "wildcard_import").IsZero()
	for c := range n.ChildrenByField("name") {
		name, local := c, c
		if c.Kind() == "aliased_import" {
			name, local = c.ChildByField("name"), c.ChildByField("alias")
		}
		if c.Named() {
			s.Names = append(s.Names, ir.ImportName{Pos: l.pos(c), Name: dottedText(name), Local: local.Text()})
		}
	}
	return s
}

// dottedText returns a dotted name without the space and comments that may be
// among its parts, with the dots of a relative import.
func dottedText(n syntax.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.FirstChild().IsZero() && !isNoise(c) {
			b.WriteString(c.Text())
		}
	}
	return b.String()
}
