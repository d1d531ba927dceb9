package python

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// definition lowers a function or class, with its decorators if it has any.
func (l *lowerer) definition(body []ir.Stmt, n syntax.Node) []ir.Stmt {
	d := definition{node: n, pos: l.pos(n)}
	if n.Kind() == "decorated_definition" {
		d.node = n.ChildByField("definition")
		for c := range n.NamedChildren() {
			if c.Kind() == "decorator" {
				d.decorators = append(d.decorators, operand(c, 0))
			}
		}
	}
	if d.node.Kind() == "class_definition" {
		return append(body, l.classDecl(d))
	}
	return declare(body, l.function(d))
}

// A definition is a function_definition or class_definition.
type definition struct {
	node       syntax.Node
	pos        ir.Pos // with the decorators
	decorators []syntax.Node
}

// declare appends the declaration of a function to body, or if it is a method,
// adds it to its class.
func declare(body []ir.Stmt, f *ir.Func) []ir.Stmt {
	if f.Class != nil {
		f.Class.Methods = append(f.Class.Methods, f)
		return body
	}
	return append(body, &ir.FuncDecl{Pos: f.Pos, Func: f})
}

// function lowers a function. It is a method if the code at hand is the body of
// a class.
func (l *lowerer) function(d definition) *ir.Func {
	name := d.node.ChildByField("name")
	f := &ir.Func{
		Pos:     d.pos,
		Name:    name.Text(),
		NamePos: l.pos(name),
		Class:   l.class,
		Async:   hasToken(d.node, "async"),
	}
	l.file.Funcs = append(l.file.Funcs, f)
	f.Decorators = l.exprs(d.decorators)
	f.Params = l.params(d.node.ChildByField("parameters"))
	if t := d.node.ChildByField("return_type"); !t.IsZero() {
		f.Results = []*ir.Type{l.typ(t)}
	}
	if f.Class != nil {
		classify(f)
	}
	l.within(f, func() { f.Body = l.block(d.node.ChildByField("body")) })
	return f
}

// within lowers the body of f.
func (l *lowerer) within(f *ir.Func, lower func()) {
	fn, class := l.fn, l.class
	l.fn, l.class = f, nil
	lower()
	l.fn, l.class = fn, class
}

// classify says what kind of method f is, and takes self or cls from its
// parameters.
func classify(f *ir.Func) {
	f.Kind = methodKind(f)
	f.Static = isImplicitlyStatic(f.Name)
	for _, x := range f.Decorators {
		switch lastName(x) {
		case "staticmethod":
			f.Static = true
			return
		case "classmethod":
			f.Static = true
		}
	}
	if len(f.Params) == 0 {
		return
	}
	if first := f.Params[0]; first.Name != "" && !first.Rest && !first.KeywordMap {
		f.Recv, f.Params = first, f.Params[1:]
	}
}

// isImplicitlyStatic tells the methods that get a class although no decorator
// says so.
func isImplicitlyStatic(name string) bool {
	switch name {
	case "__new__", "__init_subclass__", "__class_getitem__":
		return true
	}
	return false
}

func methodKind(f *ir.Func) ir.FuncKind {
	for _, x := range f.Decorators {
		name := lastName(x)
		switch {
		case isProperty(name) || name == "getter":
			return ir.Getter
		case name == "setter":
			return ir.Setter
		}
	}
	if f.Name == "__init__" {
		return ir.Constructor
	}
	return ir.PlainFunc
}

// isProperty tells property and what libraries named after it: cached_property,
// abstractproperty, hybrid_property.
func isProperty(decorator string) bool {
	return decorator == "property" || decorator == "abstractproperty" || strings.HasSuffix(decorator, "_property")
}

// lastName returns c of a.b.c, or "" if x is no such thing.
func lastName(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.Name:
		return x.Name
	case *ir.Member:
		return x.Name
	}
	return ""
}

func (l *lowerer) classDecl(d definition) ir.Stmt {
	c := &ir.Class{Pos: d.pos, Name: d.node.ChildByField("name").Text()}
	c.Decorators = l.exprs(d.decorators)
	for _, base := range operands(d.node.ChildByField("superclasses")) {
		if base.Kind() == "keyword_argument" {
			base = base.ChildByField("value")
		}
		// What else a keyword says, such as table=True, is no base.
		if x := l.expr(base); !isLit(x) {
			c.Bases = append(c.Bases, x)
		}
	}
	return l.classBody(c, func() []ir.Stmt { return l.block(d.node.ChildByField("body")) })
}

// classBody lowers the body of c, which gives it its fields and methods.
func (l *lowerer) classBody(c *ir.Class, lower func() []ir.Stmt) ir.Stmt {
	l.file.Classes = append(l.file.Classes, c)
	outer := l.class
	l.class = c
	c.Body = lower()
	l.class = outer
	return &ir.ClassDecl{Pos: c.Pos, Class: c}
}

func isLit(x ir.Expr) bool {
	_, ok := x.(*ir.Lit)
	return ok
}

// field makes a field of an assignment in the body of a class, be it in a
// branch, and reports whether it is one: name = value, name: type = value.
func (l *lowerer) field(n syntax.Node) bool {
	left, right := n.ChildByField("left"), n.ChildByField("right")
	if left.Kind() != "identifier" || right.Kind() == "assignment" {
		return false
	}
	f := &ir.Field{Pos: l.pos(n), Name: left.Text(), Value: l.optional(right)}
	if t := n.ChildByField("type"); !t.IsZero() {
		f.Type = l.typ(t)
		f.Decorators = l.metadata(t)
	}
	l.class.Fields = append(l.class.Fields, f)
	return true
}
