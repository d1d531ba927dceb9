package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// importStmt binds the names of an import.
func (in *interp) importStmt(s *ir.Import) {
	v := in.importModule(s.Module)
	if s.Local != "" {
		local := v
		if s.Whole { // Python's import a.b binds a
			local = in.pythonRoot(s.Module, s.Local)
		}
		in.declareImport(s.Local, local)
	}
	for _, n := range s.Names {
		in.declareImport(n.Local, in.importedName(v, s.Module, n.Name))
	}
	if s.Star {
		in.importAll(v)
	}
}

// declareImport binds an imported name: in Go it is the file's own.
func (in *interp) declareImport(name string, v *value) {
	in.bind(in.act.scope.declare(name, in.act), v)
}

// importModule is a module by its name: one of the program, or a symbol.
func (in *interp) importModule(name string) *value {
	if f := in.prog.resolve(in.file(), name); f != nil {
		m := in.prog.modules[f]
		if m.pkg != nil {
			in.runPackage(m.pkg)
			return &value{module: m.pkg}
		}
		in.runModule(m)
		if m.whole != nil { // module.exports = function, which may have properties too
			return m.whole.with(func(v *value) { v.module = m })
		}
		return &value{module: m}
	}
	return &value{sym: in.index().Module(name)}
}

// pythonRoot is the first segment of a dotted module.
func (in *interp) pythonRoot(name, local string) *value {
	if f := in.prog.resolve(in.file(), name); f != nil {
		// import a.b: what is asked of "a" is mostly "b".
		in.runModule(in.prog.modules[f])
		v := &value{module: in.prog.modules[f]}
		parts := strings.Split(name, ".")
		for i := len(parts) - 1; i > 0; i-- {
			o := newObject(in.file(), ir.Pos{})
			o.set(parts[i], v)
			v = &value{objects: []*object{o}}
		}
		return v
	}
	return &value{sym: local}
}

// importedName is one name of a module.
func (in *interp) importedName(v *value, module, name string) *value {
	if v.module != nil {
		if w := in.export(v.module, name); w != nothing {
			return w
		}
		// from . import handlers: a module of the package.
		if in.file().Lang == ir.Python {
			sep := "."
			if strings.HasSuffix(module, ".") {
				sep = ""
			}
			if f := in.prog.resolve(in.file(), module+sep+name); f != nil {
				m := in.prog.modules[f]
				in.runModule(m)
				return &value{module: m}
			}
		}
		return nothing
	}
	if in.file().Lang == ir.Python {
		sep := "."
		if strings.HasSuffix(module, ".") {
			sep = ""
		}
		if f := in.prog.resolve(in.file(), module+sep+name); f != nil {
			m := in.prog.modules[f]
			in.runModule(m)
			return &value{module: m}
		}
	}
	if v.sym == "" || strings.HasPrefix(v.sym, ".") {
		return nothing
	}
	if name == "default" {
		return v
	}
	out := &value{sym: v.sym + "." + name}
	if p := in.index().Prop(out.sym); p != nil { // from flask import request
		out = join(out, in.propValue(p, v, name, &ir.Name{Name: name}))
	}
	return out
}

func (in *interp) importAll(v *value) {
	m := v.module
	if m == nil {
		if v.sym != "" {
			in.act.scope.stars = append(in.act.scope.stars, v.sym)
		}
		return
	}
	for name, b := range m.scope.names {
		if b.all != nil && in.act.scope.names[name] == nil {
			nb := in.act.scope.declare(name, nil)
			nb.all, nb.typ, nb.file = b.all, b.typ, b.file
		}
	}
}

// export is what a module gives under a name.
func (in *interp) export(m *module, name string) *value {
	if m.exporting > 8 {
		return nothing
	}
	m.exporting++
	defer func() { m.exporting-- }()
	if m.file.Lang != ir.JavaScript {
		if b := m.scope.names[name]; b != nil {
			return in.moduleVariable(b)
		}
		return nothing
	}
	out := nothing
	for i := range m.file.Exports {
		e := &m.file.Exports[i]
		switch {
		case e.Name == name && e.From == "":
			out = join(out, in.exportedValue(m, e))
		case e.Name == name:
			out = join(out, in.reexported(m, e, e.Orig))
		case e.Name == "*" && e.From != "" && name != "default":
			out = join(out, in.reexported(m, e, name))
		}
	}
	if v := m.exports.get(name); v != nil {
		out = join(out, v)
	}
	if m.whole != nil {
		if name == "default" {
			out = join(out, m.whole)
		} else {
			out = join(out, in.get(m.whole, name, &ir.Unknown{}))
		}
	}
	if name == "default" && out == nothing && len(m.file.Exports) == 0 {
		return &value{module: m} // import x from a CommonJS module
	}
	return out
}

func (in *interp) exportedValue(m *module, e *ir.Export) *value {
	if n, ok := e.Value.(*ir.Name); ok {
		if b := m.scope.lookup(n.Name); b != nil {
			return in.moduleVariable(b)
		}
		return nothing
	}
	if v := m.exports.get("\x00" + e.Name); v != nil {
		return v
	}
	return nothing
}

func (in *interp) moduleVariable(b *binding) *value {
	if b.all == nil {
		if b.typ != nil {
			return in.typeValue(b.typ, b.file)
		}
		return nothing
	}
	return b.all
}

func (in *interp) reexported(m *module, e *ir.Export, name string) *value {
	f := in.prog.resolve(m.file, e.From)
	if f == nil {
		sym := in.prog.indexes[m.file.Lang].Module(e.From)
		if name == "default" || name == "*" {
			return &value{sym: sym}
		}
		return &value{sym: sym + "." + name}
	}
	target := in.prog.modules[f]
	in.runModule(target)
	if name == "*" {
		return &value{module: target}
	}
	return in.export(target, name)
}

// runModule runs the top level of a file once in a pass.
func (in *interp) runModule(m *module) {
	if m.ran == in.pass || m.file == nil {
		return
	}
	m.ran = in.pass
	in.runFile(m)
}

// runPackage runs all files of a Go package once in a pass: declarations of all
// of them first, since they see each other.
func (in *interp) runPackage(pkg *module) {
	if pkg.ran == in.pass {
		return
	}
	pkg.ran = in.pass
	files := in.prog.packageFiles(pkg)
	for _, m := range files {
		in.outside(m, func() { in.declarePackage(m) })
	}
	for _, m := range files {
		in.attachMethods(m)
	}
	for _, m := range files {
		m.ran = in.pass
		in.runFile(m)
	}
}

func (p *Program) packageFiles(pkg *module) []*module {
	var out []*module
	for _, f := range p.files {
		if m := p.modules[f]; m.pkg == pkg {
			out = append(out, m)
		}
	}
	return out
}

// outside runs f as the top level of a module, whatever imported it.
func (in *interp) outside(m *module, f func()) {
	in.contained(m.file, func() {
		in.act = &activation{file: m.file, scope: m.scope, layer: &layer{}, result: nothing}
		in.env = environment{phase: model.Elsewhere}
		in.guards, in.depth, in.nesting = nil, 0, 0
		f()
	})
}

// contained runs f and reports whether it came to its end; what it changed around
// the code that runs is undone. A panic in it is a defect of ours, which must cost
// the findings of one root or endpoint and no more.
func (in *interp) contained(file *ir.File, f func()) (done bool) {
	act, env, guards, depth, nesting := in.act, in.env, in.guards, in.depth, in.nesting
	defer func() {
		in.act, in.env, in.guards, in.depth, in.nesting = act, env, guards, depth, nesting
		if p := recover(); p != nil {
			in.out.defect(file.Path, p)
		}
	}()
	f()
	return true
}

func (in *interp) runFile(m *module) {
	steps := in.steps
	in.steps = 0
	in.outside(m, func() {
		if m.file.Lang == ir.JavaScript {
			in.commonJS(m)
		}
		in.stmts(m.file.Body)
		for i := range m.file.Exports {
			e := &m.file.Exports[i]
			if _, isName := e.Value.(*ir.Name); !isName && e.Value != nil {
				m.exports.set("\x00"+e.Name, in.eval(e.Value))
			}
		}
		in.frameworkExports(m)
	})
	in.over(m.file)
	in.steps = steps
}

// commonJS binds module and exports.
func (in *interp) commonJS(m *module) {
	if m.scope.names["module"] == nil {
		in.declare("exports", &value{objects: []*object{m.exports}})
		in.declare("module", &value{special: "module", objects: []*object{{fields: map[string]*value{"exports": {objects: []*object{m.exports}}}, order: []string{"exports"}, module: m}}})
	}
}

// declarePackage declares the functions, types and methods of a Go file.
func (in *interp) declarePackage(m *module) {
	for _, s := range m.file.Body {
		switch s := s.(type) {
		case *ir.ClassDecl:
			key := classKey{s.Class, m.pkg.scope}
			ref := in.prog.classes[key]
			if ref == nil {
				ref = &classRef{class: s.Class, file: m.file, name: s.Class.Name, methods: map[string]*closure{}, instance: newObject(m.file, s.Class.Pos), static: newObject(m.file, s.Class.Pos), scope: m.scope}
				ref.instance.class = ref
				in.prog.classes[key] = ref
				in.prog.classList = append(in.prog.classList, ref)
				b := m.pkg.scope.declare(s.Class.Name, nil)
				b.all = &value{class: ref}
			}
		case *ir.FuncDecl:
			if s.Func.Recv == nil && s.Func.Name != "" && s.Func.Name != "init" {
				b := m.pkg.scope.declare(s.Func.Name, nil)
				b.all = in.closure(s.Func)
			}
		}
	}
}

// attachMethods gives the methods of a Go file to the types of their receivers.
func (in *interp) attachMethods(m *module) {
	for _, s := range m.file.Body {
		d, ok := s.(*ir.FuncDecl)
		if !ok || d.Func.Recv == nil || d.Func.Recv.Type == nil {
			continue
		}
		t := d.Func.Recv.Type
		for t.Kind == ir.PointerType && len(t.Elems) == 1 {
			t = t.Elems[0]
		}
		b := m.pkg.scope.names[t.Name]
		if b == nil || b.all == nil || b.all.class == nil {
			continue
		}
		if ref := b.all.class; ref.methods[d.Func.Name] == nil {
			ref.methods[d.Func.Name] = &closure{fn: d.Func, file: m.file, scope: m.scope, class: ref}
		}
	}
}
