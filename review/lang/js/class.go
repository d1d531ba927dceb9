package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) classDecl(n syntax.Node, decorators []ir.Expr) *ir.ClassDecl {
	return &ir.ClassDecl{Pos: l.pos(n), Class: l.class(n, decorators)}
}

// newClass registers the class before those in it.
func (l *lowerer) newClass(n syntax.Node, kind ir.ClassKind) *ir.Class {
	c := &ir.Class{Pos: l.pos(n), Kind: kind, Name: field(n, "name").Text()}
	l.file.Classes = append(l.file.Classes, c)
	return c
}

// class lowers a class. The interfaces that it implements follow its superclass
// among the bases.
func (l *lowerer) class(n syntax.Node, decorators []ir.Expr) *ir.Class {
	c := l.newClass(n, ir.PlainClass)
	c.Decorators = append(decorators, l.decorators(n)...)
	c.Bases = l.heritage(child(n, "class_heritage"))
	l.members(c, field(n, "body"))
	return c
}

func (l *lowerer) heritage(n syntax.Node) []ir.Expr {
	l.errorsIn(n)
	var bases []ir.Expr
	for c := range code(n) {
		switch c.Kind() {
		case "extends_clause":
			l.errorsIn(c)
			for v := range c.ChildrenByField("value") {
				if v.Named() {
					bases = append(bases, l.expr(v))
				}
			}
		case "implements_clause":
			for t := range code(c) {
				bases = append(bases, l.typeName(t))
			}
		default:
			bases = append(bases, l.expr(c))
		}
	}
	return bases
}

// members lowers the body of a class. In TypeScript's grammar decorators stand
// before the method that they are for.
func (l *lowerer) members(c *ir.Class, body syntax.Node) {
	var decorators []ir.Expr
	for n := range body.Children() {
		switch n.Kind() {
		case "decorator":
			l.errorsIn(n)
			decorators = append(decorators, l.expr(only(n)))
			continue
		case "method_definition":
			l.classMethod(c, n, decorators)
		case "field_definition", "public_field_definition":
			f := l.classField(c, n)
			f.Decorators = append(decorators, f.Decorators...)
		case "abstract_method_signature":
			c.Fields = append(c.Fields, l.signatureField(n))
		case "class_static_block":
			l.errorsIn(n)
			c.Body = append(c.Body, &ir.Block{Pos: l.pos(n), Body: l.body(field(n, "body"))})
		case "ERROR":
			c.Body = l.broken(c.Body, n)
		}
		if n.Named() && !n.Extra() {
			decorators = nil
		}
	}
}

func (l *lowerer) classMethod(c *ir.Class, n syntax.Node, decorators []ir.Expr) {
	m, key := l.method(n)
	m.Class = c
	l.computed(c, key)
	m.Decorators = append(decorators, m.Decorators...)
	if m.Name == "constructor" && !m.Static {
		m.Kind = ir.Constructor
		l.parameterProperties(c, m, field(n, "parameters"))
	}
	c.Methods = append(c.Methods, m)
}

// parameterProperties gives the class the fields that constructor(private x: T)
// declares, and the constructor their assignments.
func (l *lowerer) parameterProperties(c *ir.Class, m *ir.Func, parameters syntax.Node) {
	var assigns []ir.Stmt
	for n := range code(parameters) {
		name := field(n, "pattern")
		if name.Kind() != "identifier" || !modified(n) {
			continue
		}
		pos, namePos := l.pos(n), l.pos(name)
		c.Fields = append(c.Fields, &ir.Field{Pos: pos, Name: name.Text(), Type: l.annotation(field(n, "type"))})
		assigns = append(assigns, &ir.ExprStmt{Pos: pos, X: &ir.Assign{
			Pos: pos,
			Target: &ir.Member{
				Pos: namePos, X: &ir.Name{Pos: namePos, Name: "this"},
				Name: name.Text(), NamePos: namePos,
			},
			Value: &ir.Name{Pos: namePos, Name: name.Text()},
		}})
	}
	m.Body = append(assigns, m.Body...)
}

// modified reports whether a parameter declares a field too.
func modified(n syntax.Node) bool {
	return !child(n, "accessibility_modifier").IsZero() || !child(n, "override_modifier").IsZero() || token(n, "readonly")
}

func (l *lowerer) classField(c *ir.Class, n syntax.Node) *ir.Field {
	l.errorsIn(n)
	name := field(n, "property")
	if name.IsZero() {
		name = field(n, "name")
	}
	f := &ir.Field{Pos: l.pos(n), Static: token(n, "static"), Decorators: l.decorators(n)}
	var key ir.Expr
	f.Name, key = l.propertyName(name)
	l.computed(c, key)
	f.Type, f.Value = l.typedValue(n)
	if lit, ok := f.Value.(*ir.FuncLit); ok {
		lit.Func.Class = c
	}
	c.Fields = append(c.Fields, f)
	return f
}

// signatureField lowers a method without body to a field of a function type.
func (l *lowerer) signatureField(n syntax.Node) *ir.Field {
	return &ir.Field{Pos: l.pos(n), Name: fixedName(field(n, "name")), Type: l.funcType(n), Static: token(n, "static")}
}

// computed keeps the expression that names a member, in the body of the class.
func (l *lowerer) computed(c *ir.Class, key ir.Expr) {
	if key != nil {
		c.Body = append(c.Body, &ir.ExprStmt{Pos: key.At(), X: key})
	}
}

func (l *lowerer) iface(n syntax.Node) *ir.Class {
	c := l.newClass(n, ir.Interface)
	for t := range code(child(n, "extends_type_clause")) {
		c.Bases = append(c.Bases, l.typeName(t))
	}
	c.Fields = l.typeFields(field(n, "body"))
	return c
}

// typeAlias lowers the alias of an object type to an interface, and that of a
// name, or of an intersection, to one with what it names as bases. Other types
// have no fields to tell of.
func (l *lowerer) typeAlias(out []ir.Stmt, n syntax.Node) []ir.Stmt {
	bases, fields, ok := l.shape(field(n, "value"), 0)
	if !ok {
		return out
	}
	c := l.newClass(n, ir.Interface)
	c.Bases, c.Fields = bases, fields
	return append(out, &ir.ClassDecl{Pos: l.pos(n), Class: c})
}

// shape returns the names and fields that a type is put together from.
func (l *lowerer) shape(n syntax.Node, depth int) (bases []ir.Expr, fields []*ir.Field, ok bool) {
	if depth > maxDepth {
		return nil, nil, false
	}
	switch n.Kind() {
	case "object_type":
		return nil, l.typeFields(n), true
	case "type_identifier", "nested_type_identifier", "generic_type":
		return []ir.Expr{l.typeName(n)}, nil, true
	case "parenthesized_type", "readonly_type":
		return l.shape(only(n), depth+1)
	case "intersection_type":
		for c := range code(n) {
			b, f, _ := l.shape(c, depth+1)
			bases, fields = append(bases, b...), append(fields, f...)
		}
		return bases, fields, true
	}
	return nil, nil, false
}

func (l *lowerer) enum(n syntax.Node) *ir.Class {
	c := l.newClass(n, ir.Enum)
	body := field(n, "body")
	l.errorsIn(body)
	for m := range code(body) {
		f := &ir.Field{Pos: l.pos(m), Static: true}
		if m.Kind() == "enum_assignment" {
			l.errorsIn(m)
			f.Name = fixedName(field(m, "name"))
			f.Value = l.optional(field(m, "value"))
		} else {
			f.Name = fixedName(m)
		}
		c.Fields = append(c.Fields, f)
	}
	return c
}
