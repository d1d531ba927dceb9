package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// typeExpr reads an expression that stands for a type.
func (in *interp) typeExpr(x ir.Expr) *ir.Type {
	switch x := x.(type) {
	case *ir.TypeExpr:
		return x.Type
	case *ir.Name:
		return &ir.Type{Pos: x.Pos, Kind: ir.NamedType, Name: x.Name}
	case *ir.Member:
		if n, ok := x.X.(*ir.Name); ok {
			return &ir.Type{Pos: x.Pos, Kind: ir.NamedType, Name: n.Name + "." + x.Name}
		}
	case *ir.Unary:
		if x.Op == "*" {
			return in.typeExpr(x.X)
		}
	}
	return nil
}

// composite is a composite literal of Go: a value of a type with its fields.
// It returns nil where the type says nothing.
func (in *interp) composite(x *ir.Object) *value {
	t := x.Type
	for t.Kind == ir.PointerType && len(t.Elems) == 1 {
		t = t.Elems[0]
	}
	if t.Kind == ir.MapType || t.Kind == ir.SliceType {
		o := in.allocate(x.Pos)
		out := &value{objects: []*object{o}, typ: t, typFile: in.file()}
		in.props(x, o, out)
		return out
	}
	if t.Kind != ir.NamedType {
		return nil
	}
	v := in.prog.typeName(in, in.file(), t.Name)
	if v == nil {
		return nil
	}
	if v.class != nil {
		return in.structLiteral(x, v.class)
	}
	if v.sym == "" {
		return nil
	}
	o := in.allocate(x.Pos)
	o.closed = true
	out := &value{objects: []*object{o}, form: "object"}
	if k := in.index().Type(v.sym); k != nil {
		out.kind = k
	}
	in.props(x, o, out)
	if e := in.index().Call(v.sym); e != nil {
		// T{F: v} is a call of T with its fields as keywords.
		c := &callSpec{x: &ir.Call{Pos: x.Pos, Fn: &ir.Name{Pos: t.Pos, Name: t.Name}, New: true}, name: lastSegment(t.Name), callee: v, recv: nothing}
		for i := range x.Props {
			p := &x.Props[i]
			if p.Name != "" {
				c.args = append(c.args, arg{p.Name, o.fields[p.Name], p.Value, false})
			}
		}
		if in.applies(e, c) {
			made := in.applyEffect(e, c, nothing)
			out = join(out, made).with(func(w *value) {
				if made.endpoint != nil {
					w.endpoint = made.endpoint
				}
			})
		}
	}
	return out
}

// structLiteral makes an instance of a struct of the program. Its fields join
// what is known of all instances; the literal itself keeps them apart.
func (in *interp) structLiteral(x *ir.Object, ref *classRef) *value {
	o := in.allocate(x.Pos)
	o.class = ref
	out := in.instanceOf(ref).with(func(v *value) {
		v.objects = []*object{ref.instance, o}
		v.form = "object"
	})
	in.props(x, o, out)
	for _, name := range o.order {
		ref.instance.set(name, o.fields[name])
	}
	return out.with(func(v *value) {
		if in.isConnection(v) {
			return
		}
	})
}

// received is what a channel yields.
func (in *interp) received(x *ir.Unary, v *value) *value {
	return in.elements(v, x.Pos)
}

// pythonBinding is the variable that an assignment in Python means: one of the
// function, unless it says otherwise.
func (in *interp) pythonBinding(name string) *binding {
	s := in.act.scope
	if b := s.names[name]; b != nil {
		return b
	}
	if fn := in.act.fn; fn != nil && slices.Contains(fn.Globals, name) {
		if b := s.parent.lookup(name); b != nil {
			return b
		}
		if s.module != nil {
			return s.module.scope.declare(name, nil)
		}
	}
	// A comprehension or class body has a scope of its own; its function's
	// names are the same variables.
	for t := s; t != nil && t.fn == in.act; t = t.parent {
		if b := t.names[name]; b != nil {
			return b
		}
	}
	return s.declare(name, in.act)
}

// decorated is a class with its decorators applied.
func (in *interp) decorated(v *value, c *ir.Class) *value {
	for _, d := range c.Decorators {
		in.eval(d)
	}
	return v
}

// decorate applies the decorators of a function, the lowest first.
func (in *interp) decorate(v *value, fn *ir.Func) *value {
	n := len(in.guards)
	defer func() { in.guards = in.guards[:n] }()
	// What a decorator demands holds in the function, wherever in the list it
	// stands.
	for _, d := range fn.Decorators {
		in.demandOf(d)
	}
	for i := len(fn.Decorators) - 1; i >= 0; i-- {
		v = in.decorateWith(fn.Decorators[i], v, fn)
	}
	return v
}

// demandOf puts in force what a decorator checks before the function runs.
func (in *interp) demandOf(d ir.Expr) {
	call, args := d, []ir.Arg(nil)
	if c, ok := d.(*ir.Call); ok {
		call, args = c.Fn, c.Args
	}
	name := lastName(in.file().Text(call.At()))
	sym := in.eval(call).sym
	if e := in.index().Call(sym); e != nil && e.Demands != "" {
		c := &callSpec{x: &ir.Call{Pos: d.At(), Fn: call}, name: name, callee: nothing, recv: nothing}
		for i := range args {
			c.args = append(c.args, arg{args[i].Name, nothing, args[i].Value, false})
		}
		in.effectFacts(e, c, nothing, nil, nothing)
		return
	}
	list := words(name)
	if setOf("required require requires authenticated authorized permission permissions only check verify protected guard").any(list) {
		for _, kind := range factsOfName(name) {
			f := in.fact(kind, d)
			f.Guessed = true
			in.push(f, true)
		}
	}
}

// decorateWith applies one decorator: a framework may take the function as a
// handler.
func (in *interp) decorateWith(d ir.Expr, v *value, fn *ir.Func) *value {
	c := &callSpec{recv: nothing, callee: nothing}
	x := d
	if call, ok := d.(*ir.Call); ok {
		x = call.Fn
		c.x = call
	} else {
		c.x = &ir.Call{Pos: d.At(), Fn: d}
	}
	if m, ok := x.(*ir.Member); ok {
		c.name, c.method = m.Name, true
		c.recv = in.eval(m.X)
		c.callee = in.get(c.recv, m.Name, m)
	} else {
		c.callee = in.eval(x)
		c.name = lastName(in.file().Text(x.At()))
	}
	for i := range c.x.Args {
		a := &c.x.Args[i]
		c.args = append(c.args, arg{a.Name, in.eval(a.Value), a.Value, a.Spread})
	}
	e, self := in.effect(c)
	if e == nil {
		e, self = in.unknownEffect(c), c.recv
	}
	if e == nil {
		if len(c.callee.funcs) > 0 {
			return in.decoratedBy(c, v, d)
		}
		return v
	}
	in.decoratorEffect(e, c, self, v, fn, d)
	return v
}

// decoratedBy applies a decorator of the program: what it returns, or what the
// function that it returns calls. What it checks before that holds in there.
func (in *interp) decoratedBy(c *callSpec, v *value, d ir.Expr) *value {
	var out *value
	if _, called := d.(*ir.Call); called {
		made := nothing
		for _, f := range c.callee.funcs {
			made = join(made, in.apply(f, c.recv, c.args, nil))
		}
		out = in.callWith(made, v)
	} else {
		out = in.callWith(c.callee, v)
	}
	if len(out.funcs) == 0 {
		return v
	}
	return out
}

func (in *interp) decoratorEffect(e *frameworks.Effect, c *callSpec, self, v *value, fn *ir.Func, d ir.Expr) {
	ep := self.endpoint
	if e.Endpoint != nil {
		ep = in.endpointOf(e, c, self)
		ep.Func = fn.Name
	}
	if ep != nil {
		defer in.within(ep)()
	}
	if e.Covers != nil {
		in.cover(e, c)
	}
	target := self
	if ep != nil && ep != self.endpoint {
		target = self.with(func(w *value) { w.endpoint = ep })
	}
	if h := e.Decorates; h != nil {
		in.decoratorRoute(h, c, ep)
		in.injections(c)
		in.register(h, v, target, c, &ir.Unknown{Pos: headOf(fn)}, "")
	}
	if len(e.Events) == 0 {
		return
	}
	name, ok := c.at(e.EventArg).str()
	if e.EventName && !ok {
		name, ok = fn.Name, true
	}
	if !ok {
		return
	}
	h := e.Events[name]
	if h == nil {
		h = e.Events["*"]
	}
	if h != nil {
		typed := ""
		if h.Typed {
			typed = name
		}
		in.register(h, v, target, c, &ir.Unknown{Pos: headOf(fn)}, typed)
	}
}

func (in *interp) decoratorRoute(h *frameworks.Handler, c *callSpec, ep *endpoint) {
	if ep == nil {
		return
	}
	i := max(h.Route-1, 0)
	if s, ok := c.at(i).str(); ok && ep.Route == "" {
		ep.Route = s
	}
}

// injections runs the dependencies of a route: dependencies=[Depends(f)].
func (in *interp) injections(c *callSpec) {
	if v, _ := c.keyword("dependencies"); v != nil {
		in.elements(v, c.x.Pos)
	}
}

// filled is what a framework puts into a parameter whose default or annotation
// says where it comes from: x = Depends(f), x: Annotated[str, Cookie()] = None.
func (in *interp) filled(f *closure, p *ir.Param) *value {
	list := []ir.Expr{}
	if p.Default != nil {
		list = append(list, p.Default)
	}
	if f.file.Lang == ir.Python {
		list = append(list, p.Decorators...)
	}
	filling := in.filling
	in.filling = p.Name
	defer func() { in.filling = filling }()
	out := nothing
	for _, x := range list {
		if v := in.evalIn(f, x); v.kind != nil || len(v.flows) > 0 || len(v.atoms) > 0 {
			out = join(out, v)
		}
	}
	return out
}

// injected is a call that stands for the result of its argument: Depends(f).
func (in *interp) injected(c *callSpec) *value {
	out := nothing
	env := in.env
	for _, f := range c.at(0).funcs {
		var args []arg
		for _, p := range f.fn.Params {
			v := nothing
			if p.Type != nil {
				v = in.typeValue(p.Type, f.file)
				if v.kind != nil {
					v = v.with(func(w *value) { w.endpoint = in.env.endpoint })
				}
			}
			v = join(v, in.filled(f, p))
			args = append(args, arg{name: p.Name, v: v, x: c.x})
		}
		filling := in.filling
		in.filling = ""
		out = join(out, in.apply(f, nothing, args, nil))
		in.filling = filling
	}
	in.env = env
	name := lastName(in.text(c.x))
	if len(c.x.Args) > 0 {
		name = lastName(in.file().Text(c.x.Args[0].Value.At()))
	}
	if act := injectedAuth(name); act != "" {
		d := *c
		d.name = name
		out = in.login(act, &d, nil, out, len(c.at(0).funcs) == 0)
		if len(c.at(0).funcs) == 0 { // what isn't in view refuses by raising
			for _, a := range out.atoms {
				in.push(a.fact, a.when)
			}
		}
	}
	return out
}

// injectedAuth is authCall for dependencies, whose names are nouns:
// Depends(current_user).
func injectedAuth(name string) model.AuthAct {
	if act := authCall(name); act != "" {
		return act
	}
	if setOf("user principal identity auth authenticated token session jwt credentials").any(words(name)) && !setOf("store service manager db database").any(words(name)) {
		return model.CustomAuth
	}
	return ""
}

// evalIn evaluates an expression where a function was declared.
func (in *interp) evalIn(f *closure, x ir.Expr) *value {
	act := in.act
	in.act = &activation{file: f.file, scope: f.scope, layer: &layer{}, caller: act, result: nothing, name: act.name}
	v := in.eval(x)
	in.act = act
	return v
}

// element is an element of JSX or markup.
func (in *interp) element(x *ir.Element) *value {
	out := nothing
	for i := range x.Attrs {
		a := &x.Attrs[i]
		v := in.eval(a.Value)
		name := a.Name
		if p := in.index().Attribute(x.Tag, name); p != nil {
			data := v
			for _, o := range v.objects { // dangerouslySetInnerHTML={{__html: x}}
				data = join(data, o.all())
			}
			if p.Sink != "" {
				in.sink(p.Sink, []*value{data}, a, name, nil)
			}
			if p.Handler != nil {
				in.register(p.Handler, v, nothing, nil, a, "")
			}
		} else if len(v.funcs) > 0 {
			in.callWith(v)
		}
	}
	for _, child := range x.Children {
		v := in.eval(child)
		if p := in.index().Attribute(x.Tag, "*"); p != nil && p.Sink != "" {
			in.sink(p.Sink, []*value{v}, child, x.Tag, nil)
		}
		out = join(out, v.data())
	}
	return out
}

// kindProp is a property of a kind, by its name or, for headers, without case.
func (in *interp) kindProp(k *frameworks.Kind, name string) *frameworks.Prop {
	if p := k.Props[name]; p != nil {
		return p
	}
	if k.Fold {
		return k.Props[foldName(name)]
	}
	return nil
}
