package flow

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/predicate"
)

// An originScope gives executed code the names around it. A variable that is
// given one value in view is what that evaluates to.
type originScope struct {
	in    *interp
	scope *scope
	file  *ir.File
}

// File implements predicate.Scope.
func (s *originScope) File() *ir.File { return s.file }

// Lookup implements predicate.Scope.
func (s *originScope) Lookup(m *predicate.Machine, name string) (predicate.Value, bool) {
	for at := s.scope; at != nil; at = at.parent {
		b := at.names[name]
		if b == nil {
			continue
		}
		return s.variable(m, at, b), true
	}
	if k := s.in.prog.nameKind(s.file, name); k != nil && k.Is != "socket" && k.Is != "server" {
		return predicate.ThingValue(&originThing{s.in, &value{kind: k}, name, s.file}), true
	}
	return predicate.Null(), false
}

// variable is what a variable around the executed code holds.
func (s *originScope) variable(m *predicate.Machine, at *scope, b *binding) predicate.Value {
	v := b.all
	if v == nil {
		v = nothing
	}
	if at.fn != nil && parameterOf(at.fn.fn, b.name) {
		return s.in.originParameter(v, b.name, s.file)
	}
	if len(v.funcs) == 1 || v.module != nil || v.class != nil {
		return s.in.concrete(v, b.name, s.file)
	}
	for _, d := range s.declarations(at) {
		x, ok := s.in.prog.initializer(d, b)
		if !ok {
			continue
		}
		scope := &originScope{in: s.in, scope: at, file: d.file}
		key := fmt.Sprintf("%s:%d", d.file.Path, x.At().Start)
		w, ok := m.Once(key, func() predicate.Value { return m.Eval(scope, x) })
		if ok && w.Empty() {
			return predicate.Unknown(b.name, false) // it is filled elsewhere
		}
		if ok {
			return w
		}
	}
	return s.in.concrete(v, b.name, s.file)
}

// A body is the statements in which a scope's names are declared.
type body struct {
	file *ir.File
	body []ir.Stmt
}

// declarations are where the names of a scope are declared: a function's body,
// a file, or the files of a Go package.
func (s *originScope) declarations(at *scope) []body {
	if at.fn != nil && at.fn.fn != nil {
		return []body{{at.fn.file, at.fn.fn.Body}}
	}
	m := at.module
	switch {
	case m == nil:
		return nil
	case m.file.Lang != ir.Go:
		return []body{{m.file, m.file.Body}}
	}
	pkg := m
	if m.pkg != nil {
		pkg = m.pkg
	}
	var out []body
	for _, f := range s.in.prog.packageFiles(pkg) {
		out = append(out, body{f.file, f.file.Body})
	}
	return out
}

// An initKey is a variable and the statements that may give it a value.
type initKey struct {
	file *ir.File
	b    *binding
}

// An initialValue is what initializer found.
type initialValue struct {
	x  ir.Expr
	ok bool
}

// initializer is the one value that a variable is given. The same ones are
// asked for with every origin, so that what was found is kept.
func (p *Program) initializer(d body, b *binding) (ir.Expr, bool) {
	key := initKey{d.file, b}
	v, known := p.initial[key]
	if !known {
		v.x, v.ok = initializer(d.body, b.name, d.file.Lang)
		p.initial[key] = v
	}
	return v.x, v.ok
}

// initializer is the one value that statements give a variable; false where
// there is none, or several.
func initializer(list []ir.Stmt, name string, lang ir.Lang) (ir.Expr, bool) {
	f := finder{name: name, lang: lang}
	f.stmts(list, false)
	return f.value, f.found == 1 && f.value != nil
}

// A finder looks for what is assigned to a variable.
type finder struct {
	name  string
	lang  ir.Lang
	value ir.Expr
	found int
}

// stmts looks through statements. nested says that they are those of a function
// within, which can assign to the variable, but declares its own.
func (f *finder) stmts(list []ir.Stmt, nested bool) {
	ir.InspectStmts(list, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			if !f.shadows(n) {
				f.stmts(n.Body, true)
			}
			return false
		case *ir.Assign:
			f.assign(n, nested)
		}
		return true
	})
}

func (f *finder) assign(a *ir.Assign, nested bool) {
	if n, ok := a.Target.(*ir.Name); ok {
		if n.Name != f.name || nested && a.Decl != ir.NoDecl || a.Value == nil {
			return
		}
		f.found++
		f.value = a.Value
		if a.Op != "" {
			f.found++
		}
		return
	}
	if patternBinds(a.Target, f.name) && !(nested && a.Decl != ir.NoDecl) {
		f.found += 2
	}
}

// shadows reports whether a function has a variable of the name of its own.
func (f *finder) shadows(fn *ir.Func) bool {
	if parameterOf(fn, f.name) {
		return true
	}
	if f.lang == ir.Python {
		return !slices.Contains(fn.Globals, f.name)
	}
	own := false
	ir.InspectStmts(fn.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			return false
		case *ir.Assign:
			own = own || n.Decl != ir.NoDecl && patternBinds(n.Target, f.name)
		}
		return !own
	})
	return own
}
