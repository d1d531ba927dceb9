package js

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// function lowers every form of a function but the way it is declared.
func (l *lowerer) function(n syntax.Node) *ir.Func {
	f := l.newFunc(n)
	if name := field(n, "name"); !name.IsZero() {
		f.Name, f.NamePos = name.Text(), l.pos(name)
	}
	f.Arrow = n.Kind() == "arrow_function"
	l.signature(f, n)
	f.Body = append(f.Body, l.funcBody(field(n, "body"))...)
	return f
}

// newFunc registers the function before those in it.
func (l *lowerer) newFunc(n syntax.Node) *ir.Func {
	f := &ir.Func{Pos: l.pos(n), Async: token(n, "async"), Generator: token(n, "*")}
	l.file.Funcs = append(l.file.Funcs, f)
	return f
}

// signature adds parameters and results.
func (l *lowerer) signature(f *ir.Func, n syntax.Node) {
	if one := field(n, "parameter"); !one.IsZero() {
		f.Params = l.param(f.Params, one)
	}
	parameters := field(n, "parameters")
	l.errorsIn(parameters)
	for c := range code(parameters) {
		f.Params = l.param(f.Params, c)
	}
	if result := l.annotation(field(n, "return_type")); result != nil {
		f.Results = []*ir.Type{result}
	}
}

func (l *lowerer) funcBody(n syntax.Node) []ir.Stmt {
	switch {
	case n.IsZero():
		return nil
	case n.Kind() == "statement_block":
		return l.body(n)
	}
	out, x := l.value(nil, n)
	return append(out, &ir.Return{Pos: l.pos(n), X: x})
}

// param appends a parameter. TypeScript's this is none.
func (l *lowerer) param(list []*ir.Param, n syntax.Node) []*ir.Param {
	p := &ir.Param{Pos: l.pos(n)}
	pattern := n
	switch n.Kind() {
	case "required_parameter", "optional_parameter":
		l.errorsIn(n)
		pattern = field(n, "pattern")
		if pattern.IsZero() {
			pattern = field(n, "name")
		}
		p.Decorators = l.decorators(n)
		p.Type = l.annotation(field(n, "type"))
		p.Default = l.optional(field(n, "value"))
	case "assignment_pattern":
		l.errorsIn(n)
		pattern = field(n, "left")
		p.Default = l.optional(field(n, "right"))
	}
	if pattern.Kind() == "rest_pattern" {
		p.Rest = true
		pattern = only(pattern)
	}
	switch pattern.Kind() {
	case "this":
		return list
	case "identifier", "undefined":
		p.Name = pattern.Text()
	default:
		p.Pattern = l.target(pattern)
	}
	return append(list, p)
}

// method lowers a method of a class or object. key is not nil if its name is computed.
func (l *lowerer) method(n syntax.Node) (f *ir.Func, key ir.Expr) {
	l.errorsIn(n)
	f = l.newFunc(n)
	f.Decorators = l.decorators(n)
	f.Static = token(n, "static") || token(n, "static get")
	switch {
	case token(n, "get") || token(n, "static get"):
		f.Kind = ir.Getter
	case token(n, "set"):
		f.Kind = ir.Setter
	}
	name := field(n, "name")
	f.NamePos = l.pos(name)
	f.Name, key = l.propertyName(name)
	l.signature(f, n)
	f.Body = append(f.Body, l.funcBody(field(n, "body"))...)
	return f, key
}

// decorators lowers the decorators that are children of n.
func (l *lowerer) decorators(n syntax.Node) []ir.Expr {
	var list []ir.Expr
	for c := range n.Children() {
		if c.Kind() == "decorator" {
			l.errorsIn(c)
			list = append(list, l.expr(only(c)))
		}
	}
	return list
}
