package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

type classKey struct {
	class *ir.Class
	scope *scope
}

// classValue evaluates a class and returns it as a value.
func (in *interp) classValue(c *ir.Class) *value {
	ref := in.classRef(c)
	return &value{class: ref}
}

// classRef evaluates a class once in a scope.
func (in *interp) classRef(c *ir.Class) *classRef {
	key := classKey{c, in.act.scope.target()}
	ref := in.prog.classes[key]
	if ref == nil {
		ref = &classRef{class: c, file: in.file(), name: c.Name, methods: map[string]*closure{}, instance: newObject(in.file(), c.Pos), static: newObject(in.file(), c.Pos)}
		ref.instance.class = ref
		ref.scope = newScope(in.act.scope)
		ref.scope.class = ref
		in.prog.classes[key] = ref
		in.prog.classList = append(in.prog.classList, ref)
	}
	if ref.pass == in.pass {
		return ref
	}
	ref.pass = in.pass
	outer := in.act.scope
	in.act.scope = ref.scope
	ref.scope.this = in.instanceOf(ref)
	defer func() { in.act.scope = outer }()
	in.classBody(ref)
	return ref
}

func (in *interp) classBody(ref *classRef) {
	c := ref.class
	ref.bases = ref.bases[:0]
	for _, b := range c.Bases {
		ref.bases = append(ref.bases, in.eval(b))
	}
	for _, m := range c.Methods {
		f := &closure{fn: m, file: in.file(), scope: ref.scope, class: ref}
		name := m.Name
		if m.Kind == ir.Constructor {
			name = "constructor"
		}
		if old := ref.methods[name]; old != nil && old.fn.Kind == ir.Getter && m.Kind == ir.Setter {
			continue
		}
		ref.methods[name] = f
	}
	self := in.instanceOf(ref)
	for _, f := range c.Fields {
		if f.Value == nil {
			continue
		}
		v := in.eval(f.Value)
		ref.instance.set(f.Name, v)
		ref.static.set(f.Name, v)
	}
	in.stmts(c.Body)
	in.matchFrameworks(ref)
	for _, m := range c.Methods { // decorators of methods: @app.websocket on one, @property
		for _, d := range m.Decorators {
			in.decorateWith(d, &value{funcs: []*closure{ref.methods[methodName(m)].boundTo(self)}}, m)
		}
	}
}

func methodName(m *ir.Func) string {
	if m.Kind == ir.Constructor {
		return "constructor"
	}
	return m.Name
}

// instanceOf is any instance of a class.
func (in *interp) instanceOf(ref *classRef) *value {
	v := &value{objects: []*object{ref.instance}}
	if ref.selfKind != nil {
		v.kind = ref.selfKind
		v.endpoint = ref.endpoint
	}
	return v
}

// instantiate makes an instance and runs the constructor.
func (in *interp) instantiate(ref *classRef, c *callSpec) *value {
	self := in.instanceOf(ref)
	for cls, depth := ref, 0; cls != nil && depth < 8; depth++ {
		if m := cls.methods["constructor"]; m != nil {
			in.apply(m.boundTo(self), self, c.args, c.x)
			break
		}
		next := (*classRef)(nil)
		for _, b := range cls.bases {
			if b.class != nil && b.class != cls {
				next = b.class
			}
		}
		cls = next
	}
	// A dataclass or model: keyword arguments are its fields.
	for _, a := range c.args {
		if a.name != "" && a.name != "**" && ref.methods["constructor"] == nil {
			ref.instance.set(a.name, a.v)
		}
	}
	if sym := in.baseSymbol(self); sym != "" {
		if e := in.firstCase(in.index().Call(sym), c); e != nil && (e.Validates != "" || e.Act != "" || e.Sink != "") {
			// class Message(BaseModel): making one validates.
			return join(self, in.applyEffect(e, c, nothing))
		}
	}
	return self
}

// static reads a field of a class itself.
func (in *interp) static(ref *classRef, name string) *value {
	if v := ref.static.get(name); v != nil {
		return v
	}
	if m := ref.method(name); m != nil {
		return &value{funcs: []*closure{m}}
	}
	for _, b := range ref.bases {
		if b.class != nil && b.class != ref && in.nesting < maxNesting {
			in.nesting++
			v := in.static(b.class, name)
			in.nesting--
			if v != nothing {
				return v
			}
		} else if b.sym != "" {
			return &value{sym: b.sym + "." + name, ofClass: ref}
		}
	}
	if ref.class.Kind == ir.Enum {
		return &value{lit: &literal{ir.String, name}}
	}
	return nothing
}

// super is the receiver as its class's parent sees it.
func (in *interp) super() *value {
	ref := in.act.scope.class
	if ref == nil {
		return nothing
	}
	out := nothing
	for _, b := range ref.bases {
		if b.class != nil {
			out = join(out, &value{objects: []*object{{fields: ref.instance.fields, order: ref.instance.order, class: b.class, elem: ref.instance.elem}}, funcs: superConstructor(b.class, in)})
		} else if b.sym != "" {
			out = join(out, &value{sym: b.sym})
		}
	}
	if ref.selfKind != nil {
		out = out.with(func(v *value) { v.kind = ref.selfKind; v.endpoint = ref.endpoint })
	}
	return out
}

func superConstructor(ref *classRef, in *interp) []*closure {
	if m := ref.method("constructor"); m != nil {
		return []*closure{m.boundTo(in.act.scope.this)}
	}
	return nil
}

// inherited reads a field that a class outside the program gives.
func (in *interp) inherited(ref *classRef, name string, self *value) *value {
	for depth := 0; ref != nil && depth < 8; depth++ {
		next := (*classRef)(nil)
		for _, b := range ref.bases {
			switch {
			case b.class != nil && b.class != ref:
				next = b.class
				if v := b.class.instance.get(name); v != nil {
					return v
				}
			case b.kind != nil:
				if p := in.kindProp(b.kind, name); p != nil {
					return in.propValue(p, self, name, &ir.Unknown{})
				}
			case b.sym != "":
				if k := in.index().Type(b.sym); k != nil && in.kindProp(k, name) != nil {
					return in.propValue(in.kindProp(k, name), in.kindValue(k, self.endpoint), name, &ir.Unknown{})
				}
			}
		}
		ref = next
	}
	return nothing
}

// declaredField is the declared type of a field, in the class or below it.
func (in *interp) declaredField(ref *classRef, name string) (*ir.Type, *ir.File) {
	for depth := 0; ref != nil && depth < 8; depth++ {
		for _, f := range ref.class.Fields {
			if f.Name == name {
				return f.Type, ref.file
			}
		}
		next := (*classRef)(nil)
		for _, b := range ref.bases {
			if b.class != nil && b.class != ref {
				next = b.class
			}
		}
		ref = next
	}
	return nil, nil
}

// matchFrameworks finds the frameworks that call the methods of a class, and
// runs these as handlers.
func (in *interp) matchFrameworks(ref *classRef) {
	for _, fc := range in.frameworkClasses(ref) {
		ep := in.classEndpoint(ref, fc)
		ref.selfKind, ref.endpoint = fc.SelfKind, ep
		self := in.instanceOf(ref)
		ref.scope.this = self
		defer in.within(ep)()
		for _, name := range ref.static.order {
			if opt := fc.Attributes[name]; opt != nil {
				in.attribute(ep, fc, name, opt, ref)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(fc.Methods)) {
			in.classHandler(ref, self, ep, name, fc.Methods[name])
		}
		for _, m := range ref.class.Methods {
			in.decoratedHandler(ref, self, ep, fc, m)
		}
	}
}

// classHandler runs a method that the framework calls by its name.
func (in *interp) classHandler(ref *classRef, self *value, ep *endpoint, name string, h *frameworks.Handler) {
	prefix, all := strings.CutSuffix(name, "*")
	found := false
	for _, f := range ref.list() {
		m, typed := f.fn, ""
		if all {
			if !strings.HasPrefix(m.Name, prefix) {
				continue
			}
			typed = strings.TrimPrefix(m.Name, prefix)
		} else if m.Name != name {
			continue
		}
		found = true
		in.runHandler(h, f.boundTo(self), self, nil, ep, &ir.Unknown{Pos: headOf(m)}, typed)
	}
	if !all && !found {
		for _, b := range ref.bases { // a handler that a base class of the program has
			if b.class == nil || b.class == ref {
				continue
			}
			if m := b.class.method(name); m != nil && m.file != nil {
				in.runHandler(h, m.boundTo(self), self, nil, ep, &ir.Unknown{Pos: ref.class.Pos}, "")
				return
			}
		}
	}
}

// headOf is the place of a function's name.
func headOf(f *ir.Func) ir.Pos {
	if f.NamePos.End > 0 {
		return f.NamePos
	}
	return f.Pos
}

// decoratedHandler runs a method that a decorator names: @SubscribeMessage.
func (in *interp) decoratedHandler(ref *classRef, self *value, ep *endpoint, fc *frameworks.Class, m *ir.Func) {
	for _, d := range m.Decorators {
		call, args := d, []ir.Arg(nil)
		if c, ok := d.(*ir.Call); ok {
			call, args = c.Fn, c.Args
		}
		name := in.eval(call).sym
		h := fc.MethodDecorators[name]
		if h == nil {
			h = fc.MethodDecorators[lastSegment(name)]
		}
		if h == nil {
			continue
		}
		typed := ""
		if h.Typed && h.Message < len(args) {
			typed, _ = in.eval(args[h.Message].Value).str()
		}
		in.runDecorated(ref, self, ep, fc, m, h, typed)
	}
}

func (in *interp) runDecorated(ref *classRef, self *value, ep *endpoint, fc *frameworks.Class, m *ir.Func, h *frameworks.Handler, typed string) {
	n := len(in.guards)
	for _, d := range slices.Concat(ref.class.Decorators, m.Decorators) { // guards of the class and method
		in.eval(d)
	}
	f := ref.methods[methodName(m)]
	for i, p := range m.Params {
		for _, d := range p.Decorators {
			c, ok := d.(*ir.Call)
			if !ok {
				continue
			}
			sym := in.eval(c.Fn).sym
			spec, ok := fc.ParamDecoratorSpecs[sym]
			if !ok {
				spec, ok = fc.ParamDecoratorSpecs[lastSegment(sym)]
			}
			if ok {
				for len(f.bound) <= i {
					f.bound = append(f.bound, nothing)
				}
				v := in.specFor(&spec, self, nil, p)
				if len(c.Args) > 0 {
					if field, ok := in.eval(c.Args[0].Value).str(); ok {
						v = v.fieldFlows(field)
					}
				}
				f.bound[i] = v
			}
		}
	}
	in.runHandler(h, f.boundTo(self), self, nil, ep, &ir.Unknown{Pos: headOf(m)}, typed)
	f.bound = nil
	in.guards = in.guards[:n]
}

// frameworkClasses are the frameworks that a class belongs to: by a base, by a
// decorator, or by its methods.
func (in *interp) frameworkClasses(ref *classRef) []*frameworks.Class {
	idx := in.prog.indexes[ref.file.Lang]
	var out []*frameworks.Class
	seen := map[*classRef]bool{}
	var bases func(r *classRef)
	bases = func(r *classRef) {
		if seen[r] {
			return
		}
		seen[r] = true
		for _, b := range r.bases {
			if b.class != nil {
				bases(b.class)
			}
			if b.sym != "" {
				out = append(out, idx.Base(b.sym)...)
			}
		}
	}
	bases(ref)
	for _, d := range ref.class.Decorators {
		if c, ok := d.(*ir.Call); ok {
			d = c.Fn
		}
		if sym := in.eval(d).sym; sym != "" {
			out = append(out, idx.Decorator(sym)...)
		}
	}
	if len(out) == 0 && ref.class.Kind != ir.Interface {
		for _, fc := range idx.Implements() {
			if len(fc.Implements) > 0 && !slices.ContainsFunc(fc.Implements, func(name string) bool { return ref.methods[name] == nil }) && in.prog.imports(ref.file, fc.Pack) {
				out = append(out, fc)
			}
		}
	}
	slices.SortFunc(out, func(a, b *frameworks.Class) int { return strings.Compare(a.Pack.Name, b.Pack.Name) })
	return slices.Compact(out)
}

// classEndpoint is the endpoint that a handler class makes.
func (in *interp) classEndpoint(ref *classRef, fc *frameworks.Class) *endpoint {
	if fc.Endpoint == nil {
		return in.partOfEndpoint(ref, fc)
	}
	role := report.Server
	if fc.Endpoint.Role == "client" {
		role = report.Client
	}
	ep := in.newEndpoint(fc.Pack, classHead(ref.class), role)
	ep.Func = ref.name
	for _, d := range ref.class.Decorators {
		c, ok := d.(*ir.Call)
		if !ok {
			continue
		}
		if sym := in.eval(c.Fn).sym; len(in.index().Decorator(sym)) == 0 {
			continue
		}
		for i := range c.Args {
			v := in.eval(c.Args[i].Value)
			if s, ok := v.str(); ok && fc.Endpoint.Route > 0 {
				ep.Route = s
			}
			in.options(ep, v, c)
		}
	}
	return ep
}

// partOfEndpoint is the endpoint of a class that is handed to a server made
// elsewhere: create_protocol=…, register_namespace(…).
func (in *interp) partOfEndpoint(ref *classRef, fc *frameworks.Class) *endpoint {
	if fc.SelfKind != nil {
		if ep := in.onlyEndpoint(fc.SelfKind); ep != nil {
			return ep
		}
	}
	ep := in.newEndpoint(fc.Pack, classHead(ref.class), report.Server)
	ep.Func, ep.partial = ref.name, true
	return ep
}

// classHead is the first line of a class.
func classHead(c *ir.Class) ir.Pos { return ir.Pos{Start: c.Start, End: c.Start} }

// attribute is a class attribute that is an option.
func (in *interp) attribute(ep *endpoint, fc *frameworks.Class, name string, opt *frameworks.Option, ref *classRef) {
	v := ref.static.get(name)
	place := in.place(ref.class.Pos)
	if opt.Limit != "" {
		in.limitOption(ep, opt, name, v, place)
	}
	if opt.Origin != "" {
		in.originOption(ep, opt, name, v, place)
	}
	if opt.Auth {
		ep.addFact(&model.Fact{Place: place, Kind: model.IdentityFact, Holds: true, Text: name})
	}
}
