package golang

import (
	"iter"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// typ lowers a type. It returns nil for no node.
func (l *lowerer) typ(n syntax.Node) *ir.Type {
	if n.IsZero() {
		return nil
	}
	t := &ir.Type{Pos: l.pos(n), Kind: ir.UnknownType}
	if l.enter() {
		l.fillType(t, n)
		l.leave()
	}
	return t
}

func (l *lowerer) fillType(t *ir.Type, n syntax.Node) {
	switch n.Kind() {
	case "type_identifier", "identifier":
		t.Kind, t.Name = ir.NamedType, l.text(n)
	case "qualified_type":
		t.Kind, t.Name = ir.NamedType, l.text(field(n, "package"))+"."+l.text(field(n, "name"))
	case "generic_type":
		l.copyType(t, field(n, "type"))
		t.Pos, t.Elems = l.pos(n), l.allTypes(parts(field(n, "type_arguments")))
	case "pointer_type":
		t.Kind, t.Elems = ir.PointerType, l.operandTypes(part(n))
	case "slice_type", "array_type", "implicit_length_array_type":
		t.Kind, t.Elems = ir.SliceType, l.operandTypes(field(n, "element"))
	case "map_type":
		t.Kind, t.Elems = ir.MapType, l.operandTypes(field(n, "key"), field(n, "value"))
	case "channel_type":
		t.Kind, t.Elems = ir.ChanType, l.operandTypes(field(n, "value"))
	case "function_type", "method_elem":
		t.Kind, t.Elems = ir.FuncType, l.signature(n)
	case "struct_type":
		t.Kind, t.Fields = ir.StructType, l.structFields(n)
	case "interface_type":
		if part(n).IsZero() {
			t.Kind, t.Name = ir.NamedType, "any"
			return
		}
		t.Kind, t.Fields = ir.StructType, l.interfaceFields(n)
	case "parenthesized_type", "negated_type":
		l.copyType(t, part(n))
	case "type_elem":
		l.fillUnion(t, n)
	}
}

// copyType makes t the type that n is, if there is one.
func (l *lowerer) copyType(t *ir.Type, n syntax.Node) {
	if typ := l.typ(n); typ != nil {
		*t = *typ
	}
}

// fillUnion lowers what stands in an interface or among type arguments: one
// type, or several with | between them.
func (l *lowerer) fillUnion(t *ir.Type, n syntax.Node) {
	members := l.allTypes(parts(n))
	switch len(members) {
	case 0:
	case 1:
		*t = *members[0]
	default:
		t.Kind, t.Elems = ir.UnionType, members
	}
}

func (l *lowerer) allTypes(nodes iter.Seq[syntax.Node]) []*ir.Type {
	var types []*ir.Type
	for n := range nodes {
		types = append(types, l.typ(n))
	}
	return types
}

// operandTypes lowers the operands of a composite type. An operand that is
// missing in broken code is unknown, so that the others keep their places.
func (l *lowerer) operandTypes(nodes ...syntax.Node) []*ir.Type {
	types := make([]*ir.Type, len(nodes))
	for i, n := range nodes {
		if types[i] = l.typ(n); n.IsZero() {
			types[i] = &ir.Type{Kind: ir.UnknownType}
		}
	}
	return types
}

// signature returns the types of the parameters of a function type, then those
// of its results.
func (l *lowerer) signature(n syntax.Node) []*ir.Type {
	var types []*ir.Type
	for _, p := range l.params(field(n, "parameters")) {
		types = append(types, p.Type)
	}
	results, _ := l.results(field(n, "result"))
	return append(types, results...)
}

func (l *lowerer) structFields(n syntax.Node) []*ir.Field {
	var list []*ir.Field
	for d := range fieldDeclarations(n) {
		typ, tag := l.fieldType(d), l.unquote(field(d, "tag"))
		named := false
		for name := range fields(d, "name") {
			named = true
			list = append(list, &ir.Field{Pos: l.span(name, d), Name: l.text(name), Type: typ, Tag: tag})
		}
		if !named {
			list = append(list, &ir.Field{Pos: l.pos(d), Name: l.embeddedName(field(d, "type")), Type: typ, Tag: tag})
		}
	}
	return list
}

func fieldDeclarations(structType syntax.Node) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) {
		for list := range parts(structType) {
			for d := range parts(list) {
				if d.Kind() == "field_declaration" && !yield(d) {
					return
				}
			}
		}
	}
}

// fieldType lowers the type of a field. The grammar leaves the star of an
// embedded pointer outside of it.
func (l *lowerer) fieldType(d syntax.Node) *ir.Type {
	typ := l.typ(field(d, "type"))
	star := findToken(d, "*")
	if star.IsZero() || typ == nil {
		return typ
	}
	return &ir.Type{Pos: ir.Pos{Start: l.pos(star).Start, End: typ.Pos.End}, Kind: ir.PointerType, Elems: []*ir.Type{typ}}
}

// isEmbedded reports whether a field declaration has no name of its own.
func isEmbedded(d syntax.Node) bool { return field(d, "name").IsZero() && !field(d, "type").IsZero() }

// embeddedName is the name by which an embedded field is selected.
func (l *lowerer) embeddedName(n syntax.Node) string {
	switch n.Kind() {
	case "qualified_type":
		return l.text(field(n, "name"))
	case "generic_type":
		return l.embeddedName(field(n, "type"))
	}
	return l.text(n)
}

func (l *lowerer) interfaceFields(n syntax.Node) []*ir.Field {
	var list []*ir.Field
	for m := range parts(n) {
		if m.Kind() == "method_elem" {
			list = append(list, &ir.Field{Pos: l.pos(m), Name: l.text(field(m, "name")), Type: l.typ(m)})
		}
	}
	return list
}

// bases returns what a struct or interface embeds, or the type that another
// declaration is made of, where it has a name.
func (l *lowerer) bases(n syntax.Node) []ir.Expr {
	for n.Kind() == "pointer_type" || n.Kind() == "parenthesized_type" {
		n = part(n)
	}
	var list []ir.Expr
	switch n.Kind() {
	case "type_identifier", "qualified_type", "generic_type":
		if !predeclared[n.Text()] {
			list = append(list, l.typeExpr(n))
		}
	case "struct_type":
		for d := range fieldDeclarations(n) {
			if isEmbedded(d) {
				list = append(list, l.typeExpr(field(d, "type")))
			}
		}
	case "interface_type":
		for elem := range parts(n) {
			if elem.Kind() == "type_elem" && elem.NumNamedChildren() == 1 {
				list = append(list, l.bases(part(elem))...)
			}
		}
	}
	return list
}

// typeExpr lowers a type that stands where ir has an expression.
func (l *lowerer) typeExpr(n syntax.Node) ir.Expr {
	for n.Kind() == "parenthesized_type" {
		n = part(n)
	}
	switch n.Kind() {
	case "":
		return &ir.Unknown{}
	case "type_identifier":
		return l.name(n)
	case "qualified_type":
		name := field(n, "name")
		return &ir.Member{Pos: l.pos(n), X: l.name(field(n, "package")), Name: l.text(name), NamePos: l.pos(name)}
	case "generic_type":
		return l.typeExpr(field(n, "type"))
	case "pointer_type":
		return l.pointerExpr(n)
	}
	t := l.typ(n)
	if n.Kind() == "interface_type" && t.Kind == ir.NamedType {
		return &ir.Name{Pos: t.Pos, Name: t.Name}
	}
	return &ir.TypeExpr{Pos: t.Pos, Type: t}
}

func (l *lowerer) pointerExpr(n syntax.Node) ir.Expr {
	if !l.enter() {
		return &ir.Unknown{Pos: l.pos(n)}
	}
	defer l.leave()
	return &ir.Unary{Pos: l.pos(n), Op: "*", X: l.typeExpr(part(n))}
}
