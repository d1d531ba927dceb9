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
	add := join
	if v.among != nil { // a field of whatever data chose out of a table
		add = joinEntries
	}
	for _, o := range v.objects {
		out = add(out, in.fieldOf(o, name, v, at))
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
		out = join(out, in.closedBy(v.kind, name, in.fieldRead(data.fieldFlowsAs(name, in.fieldName(v, name)), at)))
	}
	if v.kind == nil && len(out.flows) == 0 && out.isUnresolved() {
		if p := in.index().UnknownProp(name); p != nil && p.Value != "" {
			out = join(out, in.propValue(p, v, name, at))
		}
	}
	out = in.stored(v, name, out, at)
	if v.among != nil && len(out.funcs) > 0 && out.among == nil { // a field of an entry of a table
		out = out.with(func(c *value) { c.choice, c.among = chosenKey(v), v.among })
	}
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
		case o.common():
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
func (v *value) fieldFlows(name string) *value { return v.fieldFlowsAs(name, name) }

// fieldFlowsAs is fieldFlows for a property that a message has by another name.
func (v *value) fieldFlowsAs(name, wire string) *value {
	return v.data().mapFlows(func(f flow) *flow {
		if f.label == model.FromError && name == "stack" {
			f.label = model.FromStack
			return &f
		}
		return f.fieldAs(name, wire)
	})
}

// fieldRead notes where a field of outside data was taken out of it.
func (in *interp) fieldRead(v *value, at ir.Node) *value {
	if at == nil {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		in.reads(&f, at)
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
	add := k.joining()
	for _, o := range v.objects {
		out = add(out, o.values(add))
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
