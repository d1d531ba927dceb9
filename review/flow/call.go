package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// A callSpec is a call with everything about it evaluated.
type callSpec struct {
	x      *ir.Call
	name   string // the last name of what is called
	callee *value
	recv   *value // what a method was called on; nothing for a function
	method bool
	args   []arg
}

type arg struct {
	name   string
	v      *value
	x      ir.Expr
	spread bool
}

// at returns a positional argument.
func (c *callSpec) at(i int) *value {
	for _, a := range c.args {
		if a.name != "" {
			continue
		}
		if i == 0 {
			return a.v
		}
		i--
	}
	return nothing
}

// keyword returns an argument by its name, or a field of an options object in
// the last place.
func (c *callSpec) keyword(name string) (*value, ir.Expr) {
	for _, a := range c.args {
		if a.name == name {
			return a.v, a.x
		}
	}
	return nil, nil
}

func (c *callSpec) positional() []*value {
	var out []*value
	for _, a := range c.args {
		if a.name == "" {
			out = append(out, a.v)
		}
	}
	return out
}

// call evaluates a call.
func (in *interp) call(x *ir.Call) *value {
	c := &callSpec{x: x, recv: nothing}
	floating := in.env.floating
	in.env.floating = false
	switch fn := x.Fn.(type) {
	case *ir.Name:
		c.name = fn.Name
		if v, ok := in.importCall(x, fn); ok {
			return v
		}
		c.callee = in.eval(fn)
	case *ir.Member:
		c.name, c.method = fn.Name, true
		c.recv = in.receiver(fn)
		if v := in.functionMethod(c, fn, x); v != nil {
			return v
		}
		in.used(c.recv, fn.X, fn.Optional || x.Optional)
		in.env.calling = true
		c.callee = in.get(c.recv, fn.Name, fn)
		in.env.calling = false
	case *ir.Index:
		// f[T](x) looks like a table of functions; where f is one, it is generic.
		if v := in.eval(fn.X); len(v.funcs) > 0 || v.sym != "" && in.file().Lang == ir.Go {
			c.callee = v
			if t := typeOf(fn.Key); t != nil && in.file().Lang == ir.Go {
				c.callee = in.instanced(v, []*ir.Type{t})
			}
		} else {
			c.callee = in.eval(fn)
		}
		c.name = lastName(in.file().Text(fn.X.At()))
	default:
		c.callee = in.eval(x.Fn)
		c.name = lastName(in.file().Text(x.Fn.At()))
	}
	if len(x.Types) > 0 {
		c.callee = in.instanced(c.callee, x.Types)
	}
	for i := range x.Args {
		a := &x.Args[i]
		in.env.floating = startsTask(c.name)
		v := in.eval(a.Value)
		in.env.floating = false
		if a.Spread {
			v = in.spreadArgument(v, a)
		}
		c.args = append(c.args, arg{a.Name, v, a.Value, a.Spread})
	}
	in.env.floating = floating
	out := in.perform(c)
	in.env.floating = false
	if out == nil {
		return nothing
	}
	out = in.randomized(c, leadsOn(c, out))
	in.credentialCall(c, out)
	return in.shaped(c, out)
}

// receiver evaluates what a method is called on. A failure of what stands
// before catch ends there.
func (in *interp) receiver(fn *ir.Member) *value {
	if fn.Name != "catch" || in.file().Lang != ir.JavaScript {
		return in.eval(fn.X)
	}
	in.env.inTry++
	v := in.eval(fn.X)
	in.env.inTry--
	return v
}

func (in *interp) spreadArgument(v *value, a *ir.Arg) *value {
	if a.Name == "**" {
		return v
	}
	return join(in.elements(v, a.Value.At()), v.data())
}

// functionMethod is f.call(this, …), f.apply and f.bind.
func (in *interp) functionMethod(c *callSpec, fn *ir.Member, x *ir.Call) *value {
	if len(c.recv.funcs) == 0 || in.file().Lang != ir.JavaScript {
		return nil
	}
	switch fn.Name {
	case "bind":
		var bound []*value
		this := nothing
		for i := range x.Args {
			v := in.eval(x.Args[i].Value)
			if i == 0 {
				this = v
			} else {
				bound = append(bound, v)
			}
		}
		out := &value{}
		for _, f := range c.recv.funcs {
			g := *f
			if g.this == nil {
				g.this = this
			}
			g.bound = append(slices.Clip(g.bound), bound...)
			out.funcs = append(out.funcs, &g)
		}
		return out
	case "call", "apply":
		var args []arg
		this := nothing
		for i := range x.Args {
			v := in.eval(x.Args[i].Value)
			switch {
			case i == 0:
				this = v
			case fn.Name == "apply":
				v = in.elements(v, x.Pos)
				args = append(args, arg{v: v, x: x.Args[i].Value})
			default:
				args = append(args, arg{v: v, x: x.Args[i].Value})
			}
		}
		out := nothing
		for _, f := range c.recv.funcs {
			out = join(out, in.apply(f, this, args, x))
		}
		return out
	}
	return nil
}

// perform does what a call does: by a framework, by a function of the program,
// by the language's own types, by its name.
func (in *interp) perform(c *callSpec) *value {
	in.dispatched(c)
	defer in.delivered(c, in.sent)
	if c.callee.special != "" || c.recv.special != "" {
		if v := in.specialCall(c); v != nil {
			return v
		}
	}
	eff, self := in.effect(c)
	out := nothing
	known := false
	if eff != nil {
		out = in.applyEffect(eff, c, self)
		known = true
		if e := eff; !e.Send && e.Broadcast == "" && !e.Close && !e.Join && e.Sink == "" && e.Endpoint == nil && len(e.Handlers) == 0 {
			in.handsOver(c)
		}
	} else if k := in.constructs(c); k != nil {
		out = in.kindValue(k, c.recv.endpoint).with(func(v *value) { v.objects = []*object{in.allocate(c.x.Pos)} })
		known = true
	}
	if len(c.callee.funcs) > 0 {
		if c.callee.cut || c.recv.cut {
			in.unfinished()
		}
		for _, f := range c.callee.funcs {
			out = join(out, in.dispatch(c, f))
		}
		out = cleaned(c.name, out)
		out = in.namedCall(c, out, true)
		known = true
	}
	if c.callee.class != nil && (c.x.New || in.file().Lang == ir.Python) {
		out = join(out, in.instantiate(c.callee.class, c))
		for _, ref := range c.callee.classes {
			out = joinEntries(out, in.instantiate(ref, c))
		}
		if c.callee.among != nil {
			out = out.with(func(v *value) { v.choice, v.among = chosenKey(c.callee), c.callee.among })
		}
		known = true
	}
	if known {
		return out
	}
	if v := in.query(c); v != nil {
		return v
	}
	if v := in.builtin(c); v != nil {
		return v
	}
	if eff := in.unknownEffect(c); eff != nil {
		return in.applyEffect(eff, c, c.recv)
	}
	return in.unknownCall(c)
}

// effect finds what a framework says of a call.
func (in *interp) effect(c *callSpec) (*frameworks.Effect, *value) {
	fits := func(e *frameworks.Effect) bool {
		return e != nil && (!e.New || c.x.New) && (!e.Call || !c.x.New) && in.applies(e, c)
	}
	pick := func(e *frameworks.Effect) *frameworks.Effect {
		if e != nil && len(e.Cases) > 0 {
			for _, one := range e.Cases {
				if fits(one) {
					return one
				}
			}
			return nil
		}
		if fits(e) {
			return e
		}
		return nil
	}
	if k := c.recv.kind; k != nil && c.method {
		if e := pick(k.Methods[c.name]); e != nil {
			return e, c.recv
		}
	}
	if m := c.callee.method; m != nil {
		if e := pick(m.effect); e != nil {
			return e, m.self
		}
	}
	if k := c.callee.kind; k != nil {
		if e := pick(k.Call); e != nil {
			return e, c.callee
		}
	}
	if c.callee.sym != "" {
		if e := pick(in.index().Call(c.callee.sym)); e != nil {
			return e, c.recv
		}
	}
	if c.callee.class == nil && len(c.recv.objects) > 0 && c.method { // Model.objects, Model.parse(…) of a class below a known one
		if sym := in.baseSymbol(c.recv); sym != "" && len(c.callee.funcs) == 0 {
			if e := pick(in.index().Call(sym + "." + c.name)); e != nil {
				return e, c.recv
			}
		}
	}
	return nil, nil
}

// baseSymbol is the class outside the program that an object's class is made
// from.
func (in *interp) baseSymbol(v *value) string {
	for _, o := range v.objects {
		for ref, depth := o.class, 0; ref != nil && depth < 8; depth++ {
			next := (*classRef)(nil)
			for _, b := range ref.bases {
				if b.sym != "" {
					return b.sym
				}
				if b.class != nil && b.class != ref {
					next = b.class
				}
			}
			ref = next
		}
	}
	return ""
}

// constructs returns the kind of which the call makes a value, because it names
// its type.
func (in *interp) constructs(c *callSpec) *frameworks.Kind {
	if c.callee.sym == "" {
		return nil
	}
	k := in.index().Type(c.callee.sym)
	if k != nil && ofHandshake(k) {
		return nil // what the program makes is not what a client sent
	}
	return k
}

// unknownEffect finds what a call does by its name alone.
func (in *interp) unknownEffect(c *callSpec) *frameworks.Effect {
	if c.method {
		if c.recv.kind != nil {
			return nil
		}
		return in.firstCase(in.index().UnknownMethod(c.name), c)
	}
	return in.firstCase(in.index().UnknownFunction(c.name), c)
}

// firstCase is an effect that applies, or the first of its cases that does.
func (in *interp) firstCase(e *frameworks.Effect, c *callSpec) *frameworks.Effect {
	if e == nil {
		return nil
	}
	list := e.Cases
	if len(list) == 0 {
		list = []*frameworks.Effect{e}
	}
	for _, one := range list {
		if (!one.New || c.x.New) && (!one.Call || !c.x.New) && in.applies(one, c) {
			return one
		}
	}
	return nil
}

// importCall is require("x") and import("x").
func (in *interp) importCall(x *ir.Call, fn *ir.Name) (*value, bool) {
	if in.file().Lang != ir.JavaScript || fn.Name != "require" && fn.Name != "import" || len(x.Args) == 0 {
		return nil, false
	}
	if in.act.scope.lookup(fn.Name) != nil {
		return nil, false
	}
	if name, ok := in.eval(x.Args[0].Value).str(); ok {
		return in.importModule(name), true
	}
	return nothing, true
}
