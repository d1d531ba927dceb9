package flow

import (
	"path"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// A Program is the files that are analysed together, and what was learned of
// them.
type Program struct {
	files    []*ir.File // in the order of their paths
	byPath   map[string]*ir.File
	byName   map[string][]*ir.File // by the last element of the path without extension; for Go by the folder's
	packages map[string]*module    // Go: by folder
	modules  map[*ir.File]*module
	indexes  map[ir.Lang]*frameworks.Index
	set      *frameworks.Set

	closures      map[closureKey]*value
	around        map[*ir.File]map[*ir.Func]*ir.Func
	made          map[*ir.Func]*closure // the latest closure of each function that was evaluated
	objects       map[objectKey]*object
	classes       map[classKey]*classRef
	classList     []*classRef
	kindObjects   map[kindKey]*object
	endpoints     map[endpointKey]*endpoint
	endpointList  []*endpoint
	socketClass   map[*classRef]int8
	imported      map[*ir.File]map[string]bool
	covers        []covering
	sites         map[ir.Lang]*model.Place // what sameSite found
	methodClass   map[*ir.Func]*classRef
	methodClasses int
	calledNames   map[string]bool
	initial       map[initKey]initialValue
}

type kindKey struct {
	kind *frameworks.Kind
	ep   *endpoint
}

// newProgram gathers files. They must be in the order of their paths.
func newProgram(files []*ir.File, set *frameworks.Set) *Program {
	p := &Program{
		set: set, files: files, byPath: map[string]*ir.File{}, byName: map[string][]*ir.File{}, packages: map[string]*module{}, modules: map[*ir.File]*module{},
		indexes: map[ir.Lang]*frameworks.Index{}, closures: map[closureKey]*value{}, made: map[*ir.Func]*closure{}, around: map[*ir.File]map[*ir.Func]*ir.Func{}, objects: map[objectKey]*object{}, classes: map[classKey]*classRef{},
		kindObjects: map[kindKey]*object{}, endpoints: map[endpointKey]*endpoint{}, socketClass: map[*classRef]int8{}, imported: map[*ir.File]map[string]bool{}, initial: map[initKey]initialValue{},
	}
	for _, l := range []ir.Lang{ir.JavaScript, ir.Python, ir.Go} {
		p.indexes[l] = set.For(string(l))
	}
	for _, f := range files {
		f.Line(0) // builds its table while nobody else looks
		p.byPath[f.Path] = f
		name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
		if f.Lang == ir.Go {
			name = path.Base(path.Dir(f.Path))
		} else if name == "index" || name == "__init__" || name == "mod" {
			name = path.Base(path.Dir(f.Path))
		}
		p.byName[name] = append(p.byName[name], f)
		p.modules[f] = p.newModule(f)
	}
	return p
}

// newModule makes the module of a file: Go's files of a folder share one scope.
func (p *Program) newModule(f *ir.File) *module {
	m := &module{file: f, exports: newObject(f, ir.Pos{})}
	if f.Lang != ir.Go {
		m.scope = &scope{names: map[string]*binding{}, module: m}
		return m
	}
	dir := path.Dir(f.Path) + "\x00" + strings.TrimSuffix(f.Package, "_test")
	pkg := p.packages[dir]
	if pkg == nil {
		pkg = &module{file: f, exports: newObject(f, ir.Pos{})}
		pkg.scope = &scope{names: map[string]*binding{}, module: pkg}
		p.packages[dir] = pkg
	}
	// Imports are the file's own.
	m.pkg = pkg
	m.scope = &scope{parent: pkg.scope, names: map[string]*binding{}, module: m}
	return m
}

// place is a place of a file for reports.
func (p *Program) place(f *ir.File, pos ir.Pos, fn string) model.Place {
	line, col := f.Line(pos.Start)
	endLine, endCol := f.Line(max(pos.End, pos.Start))
	return model.Place{Span: report.Span{Path: f.Path, Line: line, Column: col, EndLine: endLine, EndColumn: endCol}, Func: fn}
}

// kindObject holds what a program stores on values of a kind that belong to an
// endpoint.
func (p *Program) kindObject(k *frameworks.Kind, ep *endpoint) *object {
	key := kindKey{k, ep}
	o := p.kindObjects[key]
	if o == nil {
		o = newObject(nil, ir.Pos{})
		p.kindObjects[key] = o
	}
	return o
}

// nameKind is the kind of an unresolved variable of a telling name, in a file
// that has to do with WebSockets.
func (p *Program) nameKind(f *ir.File, name string) *frameworks.Kind {
	return p.indexes[f.Lang].Name(name)
}

// holdsSocket reports whether instances of a class hold a connection: it is a
// field of theirs.
func (p *Program) holdsSocket(in *interp, ref *classRef) bool {
	if ref.selfKind != nil && ref.selfKind.Is == "socket" {
		return true
	}
	switch p.socketClass[ref] {
	case 1:
		return true
	case 2, 3:
		return false
	}
	p.socketClass[ref] = 3 // being looked at
	holds := false
	for _, f := range ref.class.Fields {
		if v := in.typeValue(f.Type, ref.file); v.kind != nil && (v.kind.Is == "socket") {
			holds = true
		}
	}
	for _, name := range ref.instance.order {
		if v := ref.instance.fields[name]; v.kind != nil && v.kind.Is == "socket" {
			holds = true
		}
	}
	if holds {
		p.socketClass[ref] = 1
		return true
	}
	delete(p.socketClass, ref)
	return false
}

// imports reports whether a file imports a module of a pack.
func (p *Program) imports(f *ir.File, pack *frameworks.Pack) bool {
	names := p.imported[f]
	if names == nil {
		names = map[string]bool{}
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			if i, ok := n.(*ir.Import); ok {
				if q := p.indexes[f.Lang].PackOf(p.indexes[f.Lang].Module(i.Module)); q != nil {
					names[q.Name] = true
				}
			}
			return true
		})
		p.imported[f] = names
	}
	return names[pack.Name]
}

// resolve finds the file that a module name means, seen from a file; nil for
// one outside the program.
func (p *Program) resolve(from *ir.File, name string) *ir.File {
	switch from.Lang {
	case ir.JavaScript:
		return p.resolveJS(from, name)
	case ir.Python:
		return p.resolvePython(from, name)
	case ir.Go:
		return p.resolveGo(name)
	}
	return nil
}

var jsExtensions = []string{"", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", "/index.ts", "/index.tsx", "/index.js", "/index.mjs"}

func (p *Program) resolveJS(from *ir.File, name string) *ir.File {
	try := func(base string) *ir.File {
		base = path.Clean(base)
		for _, ext := range jsExtensions {
			if f := p.byPath[base+ext]; f != nil {
				return f
			}
		}
		// "./x.js" names the source x.ts.
		if ext := path.Ext(base); ext == ".js" || ext == ".mjs" || ext == ".cjs" || ext == ".jsx" {
			stem := strings.TrimSuffix(base, ext)
			for _, e := range []string{".ts", ".tsx", ".mts", ".cts"} {
				if f := p.byPath[stem+e]; f != nil {
					return f
				}
			}
		}
		return nil
	}
	if strings.HasPrefix(name, ".") {
		return try(path.Join(path.Dir(from.Path), name))
	}
	// Aliases of bundlers stand for a source folder above.
	for _, alias := range []string{"@/", "~/", "#/", "src/", "@src/", "$lib/"} {
		rest, ok := strings.CutPrefix(name, alias)
		if !ok {
			continue
		}
		for dir := path.Dir(from.Path); ; dir = path.Dir(dir) {
			for _, sub := range []string{"", "src", "lib", "src/lib", "app"} {
				if f := try(path.Join(dir, sub, rest)); f != nil && f != from {
					return f
				}
			}
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	return nil
}

func (p *Program) resolvePython(from *ir.File, name string) *ir.File {
	dots := len(name) - len(strings.TrimLeft(name, "."))
	rel := strings.ReplaceAll(name[dots:], ".", "/")
	try := func(base string) *ir.File {
		base = path.Clean(base)
		for _, ext := range []string{".py", "/__init__.py"} {
			if f := p.byPath[base+ext]; f != nil {
				return f
			}
		}
		return nil
	}
	dir := path.Dir(from.Path)
	if dots > 0 {
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return try(path.Join(dir, rel))
	}
	for {
		if f := try(path.Join(dir, rel)); f != nil && f != from {
			return f
		}
		if f := try(path.Join(dir, "src", rel)); f != nil && f != from {
			return f
		}
		if dir == "." || dir == "/" {
			return nil
		}
		dir = path.Dir(dir)
	}
}

// resolveGo finds a package by the end of its import path: the module's own
// name is in front of the folder.
func (p *Program) resolveGo(name string) *ir.File {
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") && !strings.Contains(name, "/") {
		return nil // the standard library
	}
	var best *ir.File
	bestLen := 0
	for _, f := range p.byName[path.Base(name)] {
		if f.Lang == ir.Go && f.ImportPath == name {
			return f
		}
		dir := path.Dir(f.Path)
		if f.Lang != ir.Go || dir == "." {
			continue
		}
		// The longest folder that ends the import path; or an import path that
		// ends the folder, where the tree holds several modules.
		n := 0
		if name == dir || strings.HasSuffix(name, "/"+dir) {
			n = len(dir)
		} else if tail := goTail(name); tail != "" && strings.HasSuffix("/"+dir, "/"+tail) {
			n = len(tail)
		}
		if n > bestLen {
			best, bestLen = f, n
		}
	}
	return best
}

// goTail is an import path without host, owner and repository.
func goTail(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) < 4 || !strings.Contains(parts[0], ".") {
		return ""
	}
	return strings.Join(parts[3:], "/")
}

// typeName resolves the name of a type as a file sees it.
func (p *Program) typeName(in *interp, f *ir.File, name string) *value {
	m := p.modules[f]
	head, rest, _ := strings.Cut(name, ".")
	if v := in.typeArgument(f, name); v != nil {
		return v
	}
	var v *value
	if local := in.localType(f, head); local != nil {
		v = local
	} else if b := m.scope.lookup(head); b != nil && b.all != nil {
		v = b.all
	} else {
		v = &value{sym: head}
	}
	if rest == "" {
		return v
	}
	for part := range strings.SplitSeq(rest, ".") {
		switch {
		case v.module != nil:
			v = in.export(v.module, part)
		case v.class != nil:
			v = in.static(v.class, part)
		case v.sym != "":
			v = &value{sym: v.sym + "." + part}
		default:
			return nil
		}
	}
	return v
}

// localType is a type that the running function declares for itself, or nil.
func (in *interp) localType(f *ir.File, name string) *value {
	if in.act == nil || in.act.file != f {
		return nil
	}
	if b := in.act.scope.lookup(name); b != nil && b.all != nil && b.all.class != nil {
		return b.all
	}
	return nil
}
