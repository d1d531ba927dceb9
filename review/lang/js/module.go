package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// importStmt lowers import statements. TypeScript's import x = require("y")
// becomes the declaration it stands for.
func (l *lowerer) importStmt(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	s := &ir.Import{Pos: l.pos(n), Type: token(n, "type") || token(n, "typeof")}
	if clause := child(n, "import_require_clause"); !clause.IsZero() {
		return l.importRequire(out, clause, s)
	}
	s.Module = stringValue(field(n, "source"))
	for c := range code(child(n, "import_clause")) {
		switch c.Kind() {
		case "identifier":
			s.Names = append(s.Names, ir.ImportName{Pos: l.pos(c), Name: "default", Local: c.Text()})
		case "namespace_import":
			s.Local = only(c).Text()
		case "named_imports":
			s.Names = append(s.Names, l.importNames(c)...)
		}
	}
	return append(out, s)
}

func (l *lowerer) importNames(n syntax.Node) []ir.ImportName {
	var names []ir.ImportName
	for c := range code(n) {
		if c.Kind() != "import_specifier" {
			continue
		}
		name := moduleName(c.ChildByField("name"))
		local := name
		if alias := field(c, "alias"); !alias.IsZero() {
			local = alias.Text()
		}
		names = append(names, ir.ImportName{Pos: l.pos(c), Name: name, Local: local})
	}
	return names
}

func (l *lowerer) importRequire(out []ir.Stmt, n syntax.Node, s *ir.Import) []ir.Stmt {
	name, source := child(n, "identifier"), field(n, "source")
	if s.Type {
		s.Module, s.Local = stringValue(source), name.Text()
		return append(out, s)
	}
	pos := l.pos(n)
	return append(out, &ir.ExprStmt{Pos: pos, X: &ir.Assign{
		Pos:    pos,
		Target: &ir.Name{Pos: l.pos(name), Name: name.Text()},
		Decl:   ir.Const,
		Value: &ir.Call{
			Pos:  pos,
			Fn:   &ir.Name{Pos: l.pos(child(n, "require")), Name: "require"},
			Args: []ir.Arg{{Value: l.expr(source)}},
		},
	}})
}

// importAlias lowers import a = b.c.
func (l *lowerer) importAlias(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	var parts []syntax.Node
	for c := range code(n) {
		parts = append(parts, c)
	}
	if len(parts) != 2 {
		return l.exprStmt(out, n)
	}
	pos := l.pos(n)
	return append(out, &ir.ExprStmt{Pos: pos, X: &ir.Assign{
		Pos: pos, Target: l.target(parts[0]), Value: l.expr(parts[1]), Decl: ir.Const,
	}})
}

// export lowers export statements: what they declare or evaluate goes to out,
// what they make visible to the exports of the file. The value of export
// default is both a statement and, by the same node, the value of the export.
func (l *lowerer) export(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	isDefault := token(n, "default")
	if declaration := field(n, "declaration"); !declaration.IsZero() {
		start := len(out)
		out = l.exported(out, declaration, n)
		l.exportDeclared(out[start:], isDefault)
		return out
	}
	if token(n, "=") {
		return l.exportAssign(out, n)
	}
	if token(n, "namespace") && token(n, "as") {
		return out
	}
	if isDefault {
		x := l.expr(field(n, "value"))
		l.addExport(ir.Export{Pos: l.pos(n), Name: "default", Value: x})
		return append(out, &ir.ExprStmt{Pos: l.pos(n), X: x})
	}
	l.exportNames(n)
	return out
}

// exported lowers the declaration of an export. The decorators of a class may
// stand before the word export.
func (l *lowerer) exported(out []ir.Stmt, declaration, export syntax.Node) []ir.Stmt {
	switch declaration.Kind() {
	case "class_declaration", "abstract_class_declaration":
		return append(out, l.classDecl(declaration, l.decorators(export)))
	}
	return l.stmt(out, declaration)
}

func (l *lowerer) exportDeclared(body []ir.Stmt, isDefault bool) {
	for _, s := range body {
		for _, name := range declaredNames(nil, s) {
			e := ir.Export{Pos: s.At(), Name: name.Name, Value: name}
			if isDefault {
				e.Name = "default"
			}
			l.addExport(e)
		}
	}
}

// exportAssign lowers export = x to the assignment that it is in CommonJS.
func (l *lowerer) exportAssign(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	pos, keyword := l.pos(n), l.pos(n.FirstChild())
	return append(out, &ir.ExprStmt{Pos: pos, X: &ir.Assign{
		Pos: pos,
		Target: &ir.Member{
			Pos: keyword, X: &ir.Name{Pos: keyword, Name: "module"},
			Name: "exports", NamePos: keyword,
		},
		Value: l.expr(only(n)),
	}})
}

func (l *lowerer) exportNames(n syntax.Node) {
	from := stringValue(field(n, "source"))
	clause := child(n, "export_clause")
	for c := range code(clause) {
		if c.Kind() != "export_specifier" {
			continue
		}
		name := c.ChildByField("name")
		e := ir.Export{Pos: l.pos(c), Name: moduleName(name), From: from}
		if from != "" {
			e.Orig = e.Name
		} else {
			e.Value = &ir.Name{Pos: l.pos(name), Name: e.Name}
		}
		if alias := c.ChildByField("alias"); !alias.IsZero() {
			e.Name = moduleName(alias)
		}
		l.addExport(e)
	}
	if !clause.IsZero() || from == "" {
		return
	}
	e := ir.Export{Pos: l.pos(n), Name: "*", From: from, Orig: "*"}
	if ns := child(n, "namespace_export"); !ns.IsZero() {
		e.Name = moduleName(only(ns))
	}
	l.addExport(e)
}

func (l *lowerer) addExport(e ir.Export) {
	if l.namespaces == 0 {
		l.file.Exports = append(l.file.Exports, e)
	}
}

// moduleName returns the name that an import or export is about, which may be a
// string or a keyword.
func moduleName(n syntax.Node) string {
	if n.Kind() == "string" {
		return stringValue(n)
	}
	return n.Text()
}

// declaredNames appends the names that a statement declares around itself.
func declaredNames(names []*ir.Name, s ir.Stmt) []*ir.Name {
	switch s := s.(type) {
	case *ir.FuncDecl:
		return append(names, &ir.Name{Pos: s.Func.NamePos, Name: s.Func.Name})
	case *ir.ClassDecl:
		return append(names, &ir.Name{Pos: s.Pos, Name: s.Class.Name})
	case *ir.ExprStmt:
		if a, ok := s.X.(*ir.Assign); ok && a.Decl != ir.NoDecl {
			return targetNames(names, a.Target)
		}
	}
	return names
}

// targetNames appends the names that a target binds.
func targetNames(names []*ir.Name, target ir.Expr) []*ir.Name {
	switch t := target.(type) {
	case *ir.Name:
		return append(names, t)
	case *ir.Default:
		return targetNames(names, t.Target)
	case *ir.Spread:
		return targetNames(names, t.X)
	case *ir.List:
		for _, x := range t.Elems {
			names = targetNames(names, x)
		}
	case *ir.Object:
		for i := range t.Props {
			names = targetNames(names, t.Props[i].Value)
		}
	}
	return names
}

// namespace lowers a namespace to the block of its body.
func (l *lowerer) namespace(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	body := field(n, "body")
	if body.IsZero() {
		return out
	}
	l.namespaces++
	out = append(out, &ir.Block{Pos: l.pos(n), Body: l.body(body)})
	l.namespaces--
	return out
}

// ambient lowers what is declared to exist elsewhere: types, and variables
// without value.
func (l *lowerer) ambient(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	if token(n, "module") { // declare module.name: type
		return out
	}
	l.namespaces++
	for c := range code(n) {
		out = l.stmt(out, c)
	}
	l.namespaces--
	return out
}
