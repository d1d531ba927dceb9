package golang

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// function lowers a declared function, a method or a function literal.
func (l *lowerer) function(n syntax.Node) *ir.Func {
	f := &ir.Func{Pos: l.pos(n)}
	l.file.Funcs = append(l.file.Funcs, f)
	if name := field(n, "name"); !name.IsZero() {
		f.Name, f.NamePos = l.text(name), l.pos(name)
	}
	for param := range parts(field(n, "type_parameters")) {
		for name := range fields(param, "name") {
			f.TypeParams = append(f.TypeParams, l.text(name))
		}
	}
	if receivers := l.params(field(n, "receiver")); len(receivers) > 0 {
		f.Recv = receivers[0]
	}
	f.Params = l.params(field(n, "parameters"))
	f.Results, f.Body = l.results(field(n, "result"))
	f.Body = l.statements(f.Body, field(n, "body"))
	return f
}

func (l *lowerer) params(list syntax.Node) []*ir.Param {
	var params []*ir.Param
	for d := range parts(list) {
		typ, rest := l.typ(field(d, "type")), false
		switch d.Kind() {
		case "parameter_declaration":
		case "variadic_parameter_declaration":
			typ, rest = &ir.Type{Pos: l.pos(d), Kind: ir.SliceType, Elems: l.operandTypes(field(d, "type"))}, true
		default:
			continue
		}
		named := false
		for name := range fields(d, "name") {
			named = true
			params = append(params, &ir.Param{Pos: l.span(name, d), Name: l.text(name), Type: typ, Rest: rest})
		}
		if !named {
			params = append(params, &ir.Param{Pos: l.pos(d), Type: typ, Rest: rest})
		}
	}
	return params
}

// results returns the types of a result, and the declarations of those that
// have names.
func (l *lowerer) results(n syntax.Node) ([]*ir.Type, []ir.Stmt) {
	if n.Kind() != "parameter_list" {
		if n.IsZero() {
			return nil, nil
		}
		return []*ir.Type{l.typ(n)}, nil
	}
	var types []*ir.Type
	var declared []ir.Stmt
	for _, p := range l.params(n) {
		types = append(types, p.Type)
		if p.Name != "" && p.Name != "_" {
			declared = append(declared, declare(&ir.Name{Pos: ir.Pos{Start: p.Start, End: p.Start + uint32(len(p.Name))}, Name: p.Name}, p.Type))
		}
	}
	return types, declared
}

// declare returns the statement var name typ.
func declare(name *ir.Name, typ *ir.Type) ir.Stmt {
	return &ir.ExprStmt{Pos: name.Pos, X: &ir.Assign{Pos: name.Pos, Target: name, Decl: ir.Var, Type: typ}}
}

func (l *lowerer) typeDeclaration(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	for spec := range parts(n) {
		switch spec.Kind() {
		case "type_spec", "type_alias":
			dst = append(dst, &ir.ClassDecl{Pos: l.pos(spec), Class: l.class(spec)})
		default:
			dst = l.salvage(dst, spec)
		}
	}
	return dst
}

func (l *lowerer) class(spec syntax.Node) *ir.Class {
	typ := field(spec, "type")
	c := &ir.Class{Pos: l.pos(spec), Name: l.text(field(spec, "name")), Bases: l.bases(typ)}
	l.file.Classes = append(l.file.Classes, c)
	switch typ.Kind() {
	case "struct_type":
		c.Kind, c.Fields = ir.Struct, l.structFields(typ)
	case "interface_type":
		c.Kind, c.Fields = ir.Interface, l.interfaceFields(typ)
	default:
		c.Underlying = l.typ(typ)
	}
	return c
}

func (l *lowerer) varDeclaration(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	for c := range parts(n) {
		switch c.Kind() {
		case "var_spec":
			dst = l.varSpec(dst, c)
		case "var_spec_list":
			dst = l.varDeclaration(dst, c)
		default:
			dst = l.salvage(dst, c)
		}
	}
	return dst
}

func (l *lowerer) varSpec(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	typ, value := l.typ(field(n, "type")), field(n, "value")
	if value.IsZero() {
		for name := range fields(n, "name") {
			dst = append(dst, declare(l.name(name), typ))
		}
		return dst
	}
	return l.declaration(dst, n, &ir.Assign{Decl: ir.Var, Type: typ, Value: l.values(value)})
}

// declaration appends the declaration of the names of a spec by an Assign that
// lacks nothing but them.
func (l *lowerer) declaration(dst []ir.Stmt, spec syntax.Node, a *ir.Assign) []ir.Stmt {
	var names []syntax.Node
	for name := range fields(spec, "name") {
		names = append(names, name)
	}
	if len(names) == 0 {
		return dst
	}
	a.Pos = l.pos(spec)
	a.Target = l.target(names, l.span(names[0], names[len(names)-1]))
	return append(dst, &ir.ExprStmt{Pos: a.Pos, X: a})
}

// maxRepeated limits the length of an expression that is lowered again for each
// constant that repeats it.
const maxRepeated = 200

// constDeclaration lowers constants. One without a value repeats the type and
// expression of the one in front of it, with the next value of iota.
func (l *lowerer) constDeclaration(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	outer := l.iota
	defer func() { l.iota = outer }()
	l.iota = 0
	var typ, value syntax.Node
	for spec := range parts(n) {
		if spec.Kind() != "const_spec" {
			dst = l.salvage(dst, spec)
			continue
		}
		a := &ir.Assign{Decl: ir.Const}
		if own := field(spec, "value"); !own.IsZero() {
			typ, value = field(spec, "type"), own
			a.Value = l.values(value)
		} else if value.End()-value.Start() <= maxRepeated {
			a.Value = l.values(value)
		}
		a.Type = l.typ(typ)
		dst = l.declaration(dst, spec, a)
		l.iota++
	}
	return dst
}
