package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// member evaluates x.name.
func (in *interp) member(x *ir.Member) *value {
	v := in.eval(x.X)
	in.used(v, x.X, x.Optional)
	return in.get(v, x.Name, x)
}

// get reads a property of a value. at is the expression that reads it.
func (in *interp) get(v *value, name string, at ir.Expr) *value {
	out := nothing
	if v.module != nil {
		return in.export(v.module, name)
	}
	if v.class != nil {
		out = join(out, in.static(v.class, name))
	}
	if k := v.kind; k != nil {
		if p := in.kindProp(k, name); p != nil {
			out = join(out, in.propValue(p, v, name, at))
		} else if e := k.Methods[name]; e != nil {
			out = join(out, &value{method: &frameworkMethod{e, v}})
		} else if spec := &k.AnySpec; !spec.IsZero() {
			out = join(out, in.spec(spec, v, name, at))
		}
	}
	for _, o := range v.objects {
		out = join(out, in.fieldOf(o, name, v, at))
	}
	if v.typ != nil {
		out = join(out, in.typedField(v.typ, v.typFile, name))
	}
	if v.sym != "" {
		sym := v.sym + "." + name
		idx := in.index()
		if p := idx.Prop(sym); p != nil {
			out = join(out, in.propValue(p, v, name, at))
		}
		out = join(out, &value{sym: sym})
	}
	if data := v; len(v.flows) > 0 {
		if v.writtenField(name) {
			data = v.mapFlows(asRecord) // what it is found by belongs to all of it
		}
		out = join(out, in.closedBy(v.kind, name, in.fieldRead(data.fieldFlows(name), at)))
	}
	if v.kind == nil && len(out.flows) == 0 && out.isUnresolved() {
		if p := in.index().UnknownProp(name); p != nil && p.Value != "" {
			out = join(out, in.propValue(p, v, name, at))
		}
	}
	out = in.stored(v, name, out, at)
	if in.file().Lang != ir.Go { // a field of a struct is no parameter
		in.extracted(name, v, out, at)
	}
	if v.kind != nil && v.kind.Fold && in.file().Lang == ir.JavaScript && out.has(model.FromHeader, model.FromCookie) {
		out = out.with(func(c *value) { c.missing = missingHeader })
	}
	if v.element && out.kind != nil {
		out = out.with(func(c *value) { c.element = true })
	}
	return out
}

// asRecord keeps what says that a value is a stored record.
func asRecord(f flow) *flow {
	if f.label == model.FromRecord {
		return &f
	}
	return nil
}

// writtenField reports whether a field of an object that is written in place is
// all that a name can mean: the data of its other fields isn't in it.
func (v *value) writtenField(name string) bool {
	literal := false
	for _, o := range v.objects {
		switch {
		case o.class != nil && o == o.class.instance:
			// Stands for all values of a struct, beside the one that is written.
		case !o.closed && o.class == nil || o.get(name) == nil:
			return false
		default:
			literal = true
		}
	}
	return literal
}

// isUnresolved reports whether nothing but a symbol is known of v.
func (v *value) isUnresolved() bool {
	return v.kind == nil && len(v.objects) == 0 && len(v.funcs) == 0 && v.class == nil && v.module == nil && v.typ == nil && v.lit == nil
}

// fieldFlows is a property of data: the same data, one name further.
func (v *value) fieldFlows(name string) *value {
	return v.data().mapFlows(func(f flow) *flow {
		if f.label == model.FromError && name == "stack" {
			f.label = model.FromStack
			return &f
		}
		return f.fieldOf(name)
	})
}

// fieldRead notes where a field of outside data was taken out of it.
func (in *interp) fieldRead(v *value, at ir.Node) *value {
	if at == nil {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		if f.read == nil && outsideLabels[f.label] {
			place := in.place(at.At())
			f.read, f.fn = &place, in.act.fn
		}
		return &f
	})
}

var outsideLabels = map[model.Label]bool{model.FromMessage: true, model.FromQuery: true, model.FromHeader: true, model.FromCookie: true, model.FromPush: true}

// fieldOf reads a field of an object: what was stored, what is declared, the
// method of its class.
func (in *interp) fieldOf(o *object, name string, self *value, at ir.Expr) *value {
	out := nothing
	if v := o.get(name); v != nil {
		out = join(out, in.gotten(v, self))
	} else if o.elem != nil && !o.list {
		out = join(out, o.elem)
	} else if name != o.whole {
		out = join(out, o.throughWhole(func(inner *value) *value { return in.get(inner, name, at) }))
	}
	if o.class == nil {
		return out
	}
	if m := o.class.method(name); m != nil {
		if m.fn.Kind == ir.Getter {
			return join(out, in.apply(m, self, nil, nil))
		}
		out = join(out, &value{funcs: []*closure{m.boundTo(self)}})
	}
	out = join(out, in.inherited(o.class, name, self))
	if t, file := in.declaredField(o.class, name); t != nil && out.kind == nil && len(out.objects) == 0 {
		out = join(out, in.typeValue(t, file))
	}
	return out
}

// gotten is what reading a field gives: of a getter in an object its result.
func (in *interp) gotten(v, self *value) *value {
	if !slices.ContainsFunc(v.funcs, isGetter) {
		return v
	}
	out := v.with(func(c *value) { c.funcs = slices.DeleteFunc(slices.Clone(v.funcs), isGetter) })
	for _, f := range v.funcs {
		if isGetter(f) {
			out = join(out, in.apply(f, self, nil, nil))
		}
	}
	return out
}

func isGetter(c *closure) bool { return c.fn.Kind == ir.Getter }

// boundTo returns the method with a receiver.
func (c *closure) boundTo(self *value) *closure {
	if c.this != nil {
		return c
	}
	d := *c
	d.this = self
	return &d
}

// closedBy closes what a property of a kind closes in the data that is read.
func (in *interp) closedBy(k *frameworks.Kind, name string, v *value) *value {
	if k == nil {
		return v
	}
	p := in.kindProp(k, name)
	if p == nil || len(p.Closes) == 0 {
		return v
	}
	return v.mapFlows(func(f flow) *flow { f.closed = union(f.closed, p.Closes, 16); return &f })
}

// propValue is what reading a property of a kind or symbol yields.
func (in *interp) propValue(p *frameworks.Prop, v *value, name string, at ir.Expr) *value {
	out := nothing
	if spec := &p.ValueSpec; !spec.IsZero() {
		out = in.spec(spec, v, name, at)
		if spec.Label == "" && len(v.flows) > 0 && out.kind != nil {
			out = out.with(func(c *value) { c.flows = joinFlows(c.flows, v.flows) })
		}
	}
	if p.Fact != "" {
		kind, opposite := strings.CutPrefix(p.Fact, "!")
		out = out.with(func(c *value) {
			c.atoms = append(c.atoms, atom{in.fact(model.FactKind(kind), at), !opposite})
		})
	}
	return out
}

// stored marks what was kept on a connection, and what a program keeps by
// client: identities and counters.
func (in *interp) stored(v *value, name string, out *value, at ir.Expr) *value {
	if v.kind == nil || !v.kind.Identity {
		return out
	}
	if out.has(model.FromIdentity) {
		return out.with(func(c *value) { c.bound = true })
	}
	if len(out.flows) > 0 || in.kindProp(v.kind, name) != nil || v.kind.Methods[name] != nil {
		return out
	}
	if identityName(name) {
		// Set where it isn't in view; nobody but the program can have set it.
		f := &flow{label: model.FromIdentity, field: name, source: in.place(at.At())}
		return out.with(func(c *value) { c.flows = append(c.flows, f); c.bound = true })
	}
	return out
}

// indexed evaluates x[key].
func (in *interp) indexed(x *ir.Index) *value {
	v := in.eval(x.X)
	if x.Key == nil { // a slice of it
		return v.with(func(c *value) { c.lit = nil })
	}
	k := in.eval(x.Key)
	if name, ok := k.str(); ok && len(k.flows) == 0 && k.lit.kind == ir.String {
		out := in.get(v, name, x)
		if v.kind != nil && in.kindProp(v.kind, name) == nil {
			if spec := &v.kind.IndexSpec; !spec.IsZero() {
				out = join(out, in.spec(spec, v, name, x))
			}
		}
		return out
	}
	return in.lookup(v, k, x)
}

// lookup reads a value under a key that isn't known: anything in it.
func (in *interp) lookup(v, k *value, x ir.Expr) *value {
	out := nothing
	if v.kind != nil {
		if spec := &v.kind.IndexSpec; !spec.IsZero() {
			name, _ := k.str()
			out = join(out, in.spec(spec, v, name, x))
		}
		if v.kind.ElemKind != nil {
			out = join(out, in.kindValue(v.kind.ElemKind, v.endpoint))
		}
	}
	for _, o := range v.objects {
		out = join(out, o.values())
		if o.makes {
			in.makesEntry(k, x)
		}
	}
	if v.typ != nil {
		out = join(out, in.typedElem(v.typ, v.typFile))
	}
	numericKey := k.lit != nil && k.lit.kind == ir.Number || len(k.flows) > 0 && k.flows[0].typ == "number"
	if f := k.flow(model.FromMessage, model.FromQuery); f != nil && !numericKey {
		how := byKey
		switch {
		case in.keyed(v):
			how = byProperty
			in.propertyEvent("read", x.At(), k, v)
			out = join(out, in.methodsOf(v))
		case namespace(in.file().Text(containerOf(x).At())):
			how = byAttribute
		}
		out = in.choose(out, k, how, v).with(func(c *value) { c.stored = in.text(x) })
		out = in.record(out, v, k, x)
	}
	if len(v.flows) > 0 {
		name := "[]"
		if s, ok := k.str(); ok {
			name = s
		}
		out = join(out, in.fieldRead(v.fieldFlows(name), x))
	}
	out = out.with(func(c *value) { c.room = k.lit == nil })
	if out.kind == nil && out.stored == "" {
		if s := in.file().Text(x.At()); s != "" {
			out = out.with(func(c *value) { c.stored = shorten(s) })
		}
	}
	return out
}

// elements is what an element of a collection may be.
func (in *interp) elements(v *value, p ir.Pos) *value {
	out := nothing
	if v.kind != nil {
		if spec := &v.kind.IterSpec; !spec.IsZero() {
			if spec.Label == string(model.FromMessage) || spec.Kind != nil && spec.Kind.Is == "event" {
				defer in.receive(&ir.Unknown{Pos: p}, false)
			}
			out = join(out, in.spec(spec, v, "", &ir.Unknown{Pos: p}))
		} else if k := v.kind.ElemKind; k != nil {
			out = join(out, in.kindValue(k, v.endpoint))
		}
	}
	for _, o := range v.objects {
		if o.whole != "" {
			out = join(out, o.throughWhole(func(inner *value) *value { return in.elements(inner, p) }))
			continue
		}
		out = join(out, o.all())
	}
	if v.typ != nil {
		out = join(out, in.typedElem(v.typ, v.typFile))
	}
	if len(v.flows) > 0 {
		out = join(out, v.data().mapFlows(func(f flow) *flow { return f.fieldOf("[]") }))
	}
	return out
}

// iterate is what the target of a loop takes.
func (in *interp) iterate(iter *value, s *ir.Loop) *value {
	if s.Keys {
		if in.file().Lang == ir.Go && iter.typ != nil && iter.typ.Kind == ir.MapType && len(iter.typ.Elems) > 0 {
			return in.typeValue(iter.typ.Elems[0], iter.typFile)
		}
		if in.file().Lang == ir.Go && iter.kind == nil && (iter.typ == nil || iter.typ.Kind != ir.ChanType) {
			return in.keys(iter)
		}
		if in.file().Lang != ir.Go {
			return in.keys(iter)
		}
	}
	elem := in.elements(iter, s.Iter.At())
	if l, ok := s.Target.(*ir.List); ok && in.file().Lang == ir.Go && len(l.Elems) == 2 {
		key := in.keys(iter)
		if iter.typ != nil && iter.typ.Kind == ir.MapType && len(iter.typ.Elems) > 0 {
			key = in.typeValue(iter.typ.Elems[0], iter.typFile)
		}
		return in.pair(s.Pos, key, elem)
	}
	return elem
}

// keys is a key of a collection: data's keys are data.
func (in *interp) keys(v *value) *value {
	out := v.data().mapFlows(func(f flow) *flow { return f.fieldOf("{}") })
	for _, o := range v.objects {
		if o.fields["\x00keys"] != nil {
			out = join(out, o.fields["\x00keys"])
		}
	}
	return out
}

// pair is a list of two values that are told apart.
func (in *interp) pair(p ir.Pos, a, b *value) *value {
	o := in.allocate(ir.Pos{Start: p.Start, End: p.Start})
	o.fields = map[string]*value{"0": a, "1": b}
	o.order = []string{"0", "1"}
	return &value{objects: []*object{o}}
}

// assignment evaluates target = value.
func (in *interp) assignment(x *ir.Assign) *value {
	if x.Value == nil {
		if n, ok := x.Target.(*ir.Name); ok {
			b := in.act.scope.target().declare(n.Name, in.act)
			b.typ, b.file = x.Type, in.file()
			if x.Type != nil && b.all == nil {
				b.all = in.typeValue(x.Type, in.file())
			}
		}
		return nothing
	}
	if blank(x.Target) {
		in.unread = x.Value
	}
	v := in.eval(x.Value)
	in.minted(in.file().Text(x.Target.At()), x.Value)
	if x.Op != "" {
		v = in.updated(x, v)
	}
	if x.Type != nil {
		if t := in.typeValue(x.Type, in.file()); t != nothing {
			v = join(v, t)
		}
	}
	if n, ok := x.Target.(*ir.Name); ok && len(v.flows) > 0 {
		place := in.place(x.Pos)
		v = v.mapFlows(func(f flow) *flow { return f.through(place, "stored in "+n.Name) })
	}
	if in.commaOK(x, v) {
		return v
	}
	in.assign(x.Target, v, x.Decl)
	return v
}

// blank reports whether an assignment takes nothing of several results but the
// last, which is the error.
func blank(target ir.Expr) bool {
	list, ok := target.(*ir.List)
	if !ok || len(list.Elems) < 2 {
		return false
	}
	for _, e := range list.Elems[:len(list.Elems)-1] {
		if n, ok := e.(*ir.Name); e != nil && (!ok || n.Name != "_") {
			return false
		}
	}
	return true
}

// updated is the value of target op= value.
func (in *interp) updated(x *ir.Assign, v *value) *value {
	old := in.eval(x.Target)
	in.counted(x, old, v)
	switch x.Op {
	case "+":
		if old.lit != nil && old.lit.kind == ir.Number || v.lit != nil && v.lit.kind == ir.Number && len(old.flows) == 0 {
			return &value{stored: old.stored}
		}
		out := join(old.data(), v.data())
		shape := cut(in.piece(old, x.Target) + in.piece(v, x.Value))
		lead := old.leading()
		if !leads(in.piece(old, x.Target)) {
			lead = joinFlows(lead, v.leading())
		}
		return out.with(func(c *value) {
			c.lead, c.led = lead, true
			c.form, c.shape, c.composed = "concat", shape, firstPlace(old.composed, v.composed)
			in.composes(c, x.Pos)
		})
	case "-", "*", "/", "%", "**", "<<", ">>", ">>>", "&", "|", "^":
		return &value{stored: old.stored}
	}
	return join(old, v)
}

// assign stores a value in a target.
func (in *interp) assign(target ir.Expr, v *value, decl ir.DeclKind) {
	switch t := target.(type) {
	case *ir.Name:
		if in.file().Lang == ir.Go && v.form == "call" && errorName(t.Name) && len(v.atoms) > 0 && v.atoms[0].fact.Guessed {
			v = v.with(func(c *value) { c.atoms = flip(v.atoms) })
		}
		in.assignName(t, v, decl)
	case *ir.Member:
		x := in.eval(t.X)
		in.changedChosen(x, t)
		in.recordChanged(x, t)
		in.set(x, t.Name, v, t)
	case *ir.Index:
		in.assignIndex(t, v)
	case *ir.Default:
		in.assign(t.Target, join(v, in.eval(t.Value)), decl)
	case *ir.Object:
		for i := range t.Props {
			p := &t.Props[i]
			switch {
			case p.Spread:
				in.assign(p.Value, v.without(namesOf(t)...), decl)
			case p.Key != nil:
				in.assign(p.Value, in.lookup(v, in.eval(p.Key), p.Key), decl)
			default:
				in.assign(p.Value, in.get(v, p.Name, &ir.Member{Pos: p.Pos, X: target, Name: p.Name}), decl)
			}
		}
	case *ir.List:
		in.assignList(t, v, decl)
	case *ir.Spread:
		in.assign(t.X, v, decl)
	case *ir.Cast:
		in.assign(t.X, v, decl)
	}
}

func (in *interp) assignName(t *ir.Name, v *value, decl ir.DeclKind) {
	if t.Name == "_" && in.file().Lang != ir.JavaScript {
		return
	}
	if decl != ir.NoDecl {
		in.declare(t.Name, v)
		return
	}
	if in.file().Lang == ir.Python {
		in.bind(in.pythonBinding(t.Name), v)
		return
	}
	b := in.act.scope.lookup(t.Name)
	if b == nil {
		b = in.act.scope.declare(t.Name, in.act)
	}
	in.bind(b, v)
}

// declareTarget binds new names.
func (in *interp) declareTarget(target ir.Expr, v *value) { in.assign(target, v, ir.Let) }

// assignList takes a list apart: by position where positions are known.
func (in *interp) assignList(t *ir.List, v *value, decl ir.DeclKind) {
	for i, e := range t.Elems {
		if e == nil {
			continue
		}
		part, ok := in.position(v, i)
		if !ok {
			part = in.elements(v, t.Pos)
			if part == nothing {
				part = v.data()
			}
		}
		in.assign(e, in.outcome(e, part, v), decl)
	}
}

// outcome adds to one of several results of Go what the call as a whole has
// checked: an error says that it failed.
func (in *interp) outcome(target ir.Expr, part, all *value) *value {
	n, ok := target.(*ir.Name)
	if !ok || in.file().Lang != ir.Go || len(all.atoms) == 0 || len(part.atoms) > 0 {
		return part
	}
	if errorName(n.Name) {
		return part.with(func(v *value) { v.atoms = flip(all.atoms) })
	}
	return part.with(func(v *value) {
		v.atoms = all.atoms
		v.bound = v.bound || all.bound
		v.flows = joinFlows(v.flows, select1(all, model.FromIdentity))
	})
}

func errorName(name string) bool {
	return name == "err" || name == "e" || strings.HasSuffix(name, "Err") || strings.HasPrefix(name, "err")
}

// position is an element of a value whose elements are told apart: the results
// of a call, a pair.
func (in *interp) position(v *value, i int) (*value, bool) {
	if v.typ != nil && v.typ.Kind == tupleType {
		if i < len(v.typ.Elems) {
			return in.typeValue(v.typ.Elems[i], v.typFile), true
		}
	}
	for _, o := range v.objects {
		if f := o.fields[position(i)]; f != nil {
			return f, true
		}
	}
	return nil, false
}

func position(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return "…"
}

// assignIndex is x[key] = v.
func (in *interp) assignIndex(t *ir.Index, v *value) {
	x := in.eval(t.X)
	if t.Key == nil {
		return
	}
	in.recordChanged(x, t)
	k := in.eval(t.Key)
	if name, ok := k.str(); ok && k.lit.kind == ir.String && len(k.flows) == 0 {
		in.changedChosen(x, t)
		in.set(x, name, v, t)
		return
	}
	in.changedChosen(x, t)
	if k.has(model.FromMessage) && in.keyed(x) {
		in.propertyEvent("write", t.Pos, k, x, v)
	}
	in.put(x, k, v, t)
}

// put stores a value under a key that isn't known.
func (in *interp) put(x, k, v *value, at ir.Expr) {
	in.counting(x, k, v, at)
	in.makesEntry(k, at)
	for _, o := range x.objects {
		o.add(v)
		if len(k.flows) > 0 || in.isConnection(k) {
			o.set("\x00keys", k)
		}
	}
	in.joined(x, k, v, at)
}

// set stores a value in a property.
func (in *interp) set(x *value, name string, v *value, at ir.Expr) {
	in.claimed(x, name, v, at)
	if x.kind != nil {
		if p := in.kindProp(x.kind, name); p != nil {
			in.setProp(p, x, name, v, at)
		}
		if x.kind.Options && x.endpoint != nil {
			in.option(x.endpoint, name, v, at)
		}
	}
	if x.module != nil {
		x.module.exports.set(name, v)
	}
	if x.class != nil {
		x.class.static.set(name, v)
	}
	if x.sym != "" {
		if p := in.index().Prop(x.sym + "." + name); p != nil {
			in.setProp(p, x, name, v, at)
		}
	}
	if x.kind == nil && x.module == nil {
		if p := in.index().UnknownProp(name); p != nil && !in.ownClassField(x, name) {
			in.setProp(p, x, name, v, at)
		}
	}
	for _, o := range x.objects {
		o.set(name, v)
		if x.kind != nil && x.kind.Options {
			o.written(name, at)
		}
		if o.module != nil && name == "exports" { // module.exports = v
			o.module.whole = v
		}
	}
	in.counting(x, &value{lit: &literal{ir.String, name}}, v, at)
}

// ownClassField reports whether x is an object of the program, whose property
// of a telling name is its own business: this.onmessage = f of a class that
// wraps a socket.
func (in *interp) ownClassField(x *value, name string) bool {
	for _, o := range x.objects {
		if o.class != nil || o.closed && o.get(name) != nil {
			return true
		}
	}
	return false
}

// setProp is an assignment to a property that a framework knows: a handler, an
// option, a sink.
func (in *interp) setProp(p *frameworks.Prop, x *value, name string, v *value, at ir.Expr) {
	if p.Handler != nil {
		in.register(p.Handler, v, x, nil, at, "")
	}
	switch {
	case p.Option == "":
	case x.endpoint != nil:
		in.option(x.endpoint, p.Option, v, at)
	case x.kind != nil && !x.kind.Options: // one with options is read where it is used
		in.coverOption(p, v, at)
	}
	if p.Sink != "" {
		in.sink(p.Sink, []*value{v}, at, strings.TrimSpace(in.text(at)), nil)
	}
}
