package js

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// annotation lowers ": T", nil where there is none. A predicate (x is T) is a bool.
func (l *lowerer) annotation(n syntax.Node) *ir.Type {
	switch n.Kind() {
	case "":
		return nil
	case "type_annotation", "omitting_type_annotation", "adding_type_annotation", "opting_type_annotation":
		if t := only(n); !t.IsZero() {
			return l.typ(t)
		}
		return nil
	case "type_predicate_annotation", "type_predicate":
		return &ir.Type{Pos: l.pos(n), Name: "boolean"}
	case "asserts_annotation", "asserts":
		return &ir.Type{Pos: l.pos(n), Name: "void"}
	}
	return l.typ(n)
}

// typ lowers a type. The members of an intersection are those of a union, for
// what the analysis asks is whether a name is among them.
func (l *lowerer) typ(n syntax.Node) *ir.Type {
	t := &ir.Type{Pos: l.pos(n), Kind: ir.UnknownType}
	if l.depth >= maxDepth {
		return t
	}
	l.depth++
	defer func() { l.depth-- }()
	switch n.Kind() {
	case "predefined_type", "type_identifier", "identifier", "nested_type_identifier", "nested_identifier", "this_type":
		t.Kind, t.Name = ir.NamedType, dotted(n)
	case "generic_type":
		l.genericType(t, n)
	case "array_type":
		t.Kind, t.Elems = ir.SliceType, l.typeElems(n)
	case "tuple_type":
		t.Elems = l.typeElems(n)
	case "object_type", "interface_body":
		l.objectType(t, n)
	case "union_type", "intersection_type":
		t.Kind, t.Elems = ir.UnionType, l.unionMembers(nil, n, n.Kind())
	case "flow_maybe_type":
		t.Kind, t.Elems = ir.UnionType, append(l.typeElems(n), &ir.Type{Pos: t.Pos, Kind: ir.LiteralType, Value: "null"})
	case "literal_type":
		t.Kind, t.Value = ir.LiteralType, literalText(only(n))
	case "function_type", "constructor_type":
		return l.funcType(n)
	case "parenthesized_type", "readonly_type", "optional_type", "rest_type", "type_annotation":
		if inner := only(n); !inner.IsZero() {
			return l.typ(inner)
		}
	case "required_parameter", "optional_parameter": // named members of a tuple
		if inner := l.annotation(field(n, "type")); inner != nil {
			return inner
		}
	}
	return t
}

func (l *lowerer) typeElems(n syntax.Node) []*ir.Type {
	var list []*ir.Type
	for c := range code(n) {
		list = append(list, l.typ(c))
	}
	return list
}

// unionMembers flattens the nested pairs of a union or intersection.
func (l *lowerer) unionMembers(list []*ir.Type, n syntax.Node, kind string) []*ir.Type {
	for c := range code(n) {
		if c.Kind() == kind {
			list = l.unionMembers(list, c, kind)
		} else {
			list = append(list, l.typ(c))
		}
	}
	return list
}

func (l *lowerer) genericType(t *ir.Type, n syntax.Node) {
	t.Kind, t.Name = ir.NamedType, dotted(field(n, "name"))
	t.Elems = l.typeElems(field(n, "type_arguments"))
	switch {
	case (t.Name == "Array" || t.Name == "ReadonlyArray") && len(t.Elems) == 1:
		t.Kind, t.Name = ir.SliceType, ""
	case t.Name == "Record" && len(t.Elems) == 2:
		t.Kind, t.Name = ir.MapType, ""
	}
}

// objectType lowers { … }. With nothing but an index signature it is a map.
func (l *lowerer) objectType(t *ir.Type, n syntax.Node) {
	t.Kind, t.Fields = ir.StructType, l.typeFields(n)
	index := child(n, "index_signature")
	if index.IsZero() || len(t.Fields) > 0 {
		return
	}
	if value := l.annotation(field(index, "type")); value != nil {
		key := &ir.Type{Pos: t.Pos, Name: "string"}
		if k := field(index, "index_type"); !k.IsZero() {
			key = l.typ(k)
		}
		t.Kind, t.Elems = ir.MapType, []*ir.Type{key, value}
	}
}

func (l *lowerer) typeFields(n syntax.Node) []*ir.Field {
	var fields []*ir.Field
	for c := range code(n) {
		switch c.Kind() {
		case "property_signature":
			fields = append(fields, &ir.Field{Pos: l.pos(c), Name: fixedName(field(c, "name")), Type: l.annotation(field(c, "type"))})
		case "method_signature":
			fields = append(fields, l.signatureField(c))
		}
	}
	return fields
}

// funcType lowers what has parameters and a result but no body.
func (l *lowerer) funcType(n syntax.Node) *ir.Type {
	t := &ir.Type{Pos: l.pos(n), Kind: ir.FuncType}
	for p := range code(field(n, "parameters")) {
		of := l.annotation(field(p, "type"))
		if of == nil {
			of = &ir.Type{Pos: l.pos(p), Kind: ir.UnknownType}
		}
		t.Elems = append(t.Elems, of)
	}
	result := field(n, "return_type")
	if result.IsZero() {
		result = field(n, "type")
	}
	if r := l.annotation(result); r != nil {
		t.Elems = append(t.Elems, r)
	}
	return t
}

// typeName lowers the name of a type as an expression; type arguments are dropped.
func (l *lowerer) typeName(n syntax.Node) ir.Expr {
	if n.Kind() == "generic_type" {
		n = field(n, "name")
	}
	switch n.Kind() {
	case "type_identifier", "identifier":
		return &ir.Name{Pos: l.pos(n), Name: n.Text()}
	case "nested_type_identifier", "nested_identifier":
		return l.expr(n)
	}
	return &ir.Unknown{Pos: l.pos(n)}
}

// dotted returns a name without the white space in it.
func dotted(n syntax.Node) string {
	return strings.Join(strings.Fields(n.Text()), "")
}
