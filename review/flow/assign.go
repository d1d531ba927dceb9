package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

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
			known := v.lit // a constant of a named type is known as any other
			v = join(v, t).with(func(c *value) { c.lit = known })
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
	in.placed(x, name, v, at)
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
