package celpolicy

import (
	"regexp"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/wswarden/wswarden/guard"
)

// What most rules say is a comparison or two, and the interpreter spends more on
// its own frames and values than on those. A condition without loops and
// conversions is therefore also compiled to a tree of tests. A test that meets
// anything but the plain case (a missing field, another type, a number that does
// not fit) is unsure, and then the interpreter decides: it alone knows the
// semantics of errors. A fuzz test holds the two to each other.

// verdict is what a test found.
type verdict uint8

const (
	unsure verdict = iota
	no
	yes
)

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

func (v verdict) not() verdict {
	switch v {
	case yes:
		return no
	case no:
		return yes
	}
	return unsure
}

// test is part of a condition.
type test interface {
	test(f *guard.Facts) verdict
}

// quick compiles what it can.
type quick struct {
	tree *ast.AST
	root *shape
}

// quickTest returns a test of the whole condition, nil if there is none.
func quickTest(checked *cel.Ast, root *shape) test {
	tree := checked.NativeRep()
	return quick{tree, root}.test(tree.Expr())
}

// quickOperand returns how the whole expression is read, nil if it takes the
// interpreter.
func quickOperand(checked *cel.Ast, root *shape) operand {
	tree := checked.NativeRep()
	return quick{tree, root}.operand(tree.Expr())
}

// test returns a test of e, nil if there is none.
func (q quick) test(e ast.Expr) test {
	if e.Kind() == ast.CallKind {
		return q.call(e.AsCall())
	}
	if e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly() {
		return q.presence(e.AsSelect())
	}
	if o := q.operand(e); o != nil {
		return truth{o}
	}
	return nil
}

func (q quick) call(c ast.CallExpr) test {
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	switch c.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		return q.logical(c.FunctionName() == operators.LogicalOr, args)
	case operators.LogicalNot:
		if t := q.test(args[0]); t != nil {
			return negation{t}
		}
	case operators.In:
		return q.membership(args[0], args[1])
	case "owns":
		return q.ownership(args)
	case "startsWith", "endsWith", "contains", "matches":
		return q.textual(c.FunctionName(), args)
	default:
		return q.comparison(c.FunctionName(), args)
	}
	return nil
}

func (q quick) logical(or bool, args []ast.Expr) test {
	l := logical{or: or}
	for _, a := range args {
		t := q.test(a)
		if t == nil {
			return nil
		}
		l.terms = append(l.terms, t)
	}
	return l
}

func (q quick) presence(s ast.SelectExpr) test {
	at, ok := q.path(s.Operand())
	if !ok || at.root != varMessage {
		return nil
	}
	of, ok := lookupOf(at.names)
	field, is := lookupOf(append(at.names, s.FieldName()))
	if !ok || !is {
		return nil
	}
	return presence{of, field}
}

func (q quick) membership(want, in ast.Expr) test {
	o, l := q.operand(want), q.list(in)
	if o == nil || l == nil {
		return nil
	}
	return membership{o, l}
}

func (q quick) ownership(args []ast.Expr) test {
	claim, ok := literal(args[1]).(types.String)
	o := q.operand(args[2])
	if !ok || o == nil {
		return nil
	}
	return ownership{string(claim), o}
}

func (q quick) textual(name string, args []ast.Expr) test {
	o := q.operand(args[0])
	with, ok := literal(args[1]).(types.String)
	if o == nil || !ok {
		return nil
	}
	t := textual{of: o, name: name, with: string(with)}
	if name == "matches" {
		var err error
		if t.pattern, err = regexp.Compile(t.with); err != nil {
			return nil
		}
	}
	return t
}

var comparisons = map[string]order{
	operators.Equals:        {equal: true},
	operators.NotEquals:     {less: true, greater: true},
	operators.Less:          {less: true},
	operators.LessEquals:    {less: true, equal: true},
	operators.Greater:       {greater: true},
	operators.GreaterEquals: {greater: true, equal: true},
}

func (q quick) comparison(name string, args []ast.Expr) test {
	o, ok := comparisons[name]
	if !ok {
		return nil
	}
	l, r := q.operand(args[0]), q.operand(args[1])
	if l == nil || r == nil {
		return nil
	}
	_, fixed := r.(constant)
	if !fixed {
		_, fixed = l.(constant)
	}
	return comparison{o, l, r, fixed, name == operators.Equals || name == operators.NotEquals}
}

// route is a chain of fields from a variable.
type route struct {
	root  string
	names []string
}

// path returns the variable and the fields that e selects.
func (q quick) path(e ast.Expr) (route, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return route{root: e.AsIdent()}, true
	case ast.SelectKind:
		s := e.AsSelect()
		at, ok := q.path(s.Operand())
		if !ok || s.IsTestOnly() {
			return route{}, false
		}
		return route{at.root, append(at.names, s.FieldName())}, true
	}
	return route{}, false
}

// operand returns how e is read, nil if it takes the interpreter.
func (q quick) operand(e ast.Expr) operand {
	switch e.Kind() {
	case ast.LiteralKind:
		if s, ok := scalarOf(literal(e)); ok {
			return constant{s}
		}
	case ast.CallKind:
		return q.derived(e.AsCall())
	case ast.IdentKind, ast.SelectKind:
		if at, ok := q.path(e); ok {
			return q.variable(at)
		}
	}
	return nil
}

// derived returns the operands that are calls: dyn(x), size(x) and x.size().
func (q quick) derived(c ast.CallExpr) operand {
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	if len(args) != 1 {
		return nil
	}
	switch c.FunctionName() {
	case "dyn":
		return q.operand(args[0])
	case "size":
		at, ok := q.path(args[0])
		if !ok || at.root != varMessage {
			return nil
		}
		if f, ok := q.field(at.names); ok {
			return size{f}
		}
	}
	return nil
}

func (q quick) variable(at route) operand {
	switch {
	case at.root == varMessage:
		if f, ok := q.field(at.names); ok {
			return f
		}
	case at.root == varSession && len(at.names) > 1 && at.names[0] == "claims":
		return claim(at.names[1:])
	case len(at.names) == 1 && texts[at.root+"."+at.names[0]] != nil:
		return text(texts[at.root+"."+at.names[0]])
	}
	return nil
}

func (q quick) field(names []string) (f field, ok bool) {
	s := q.root
	for _, name := range names {
		s = s.member(name)
	}
	at, ok := lookupOf(names)
	return field{at, s}, ok
}

// list returns how the values of a list are read, nil if it takes the interpreter.
func (q quick) list(e ast.Expr) container {
	if e.Kind() == ast.ListKind {
		return q.literals(e.AsList())
	}
	at, ok := q.path(e)
	switch {
	case !ok:
	case at.root == varMessage:
		if f, ok := q.field(at.names); ok {
			return f
		}
	case at.root == varSession && len(at.names) == 1 && at.names[0] == "roles":
		return roles{}
	case at.root == varSession && len(at.names) > 1 && at.names[0] == "claims":
		return claim(at.names[1:])
	}
	return nil
}

func (q quick) literals(l ast.ListExpr) container {
	var all scalars
	for _, e := range l.Elements() {
		s, ok := scalarOf(literal(e))
		if !ok {
			return nil
		}
		all = append(all, s)
	}
	return all
}
