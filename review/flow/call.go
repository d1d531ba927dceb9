package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
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
		} else {
			c.callee = in.eval(fn)
		}
		c.name = lastName(in.file().Text(fn.X.At()))
	default:
		c.callee = in.eval(x.Fn)
		c.name = lastName(in.file().Text(x.Fn.At()))
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
		for _, f := range c.callee.funcs {
			out = join(out, in.apply(f, c.recv, c.args, c.x).kept())
		}
		out = cleaned(c.name, out)
		out = in.namedCall(c, out, true)
		known = true
	}
	if c.callee.class != nil && (c.x.New || in.file().Lang == ir.Python) {
		out = join(out, in.instantiate(c.callee.class, c))
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

// apply runs a function of the program.
func (in *interp) apply(f *closure, this *value, args []arg, x *ir.Call) *value {
	if f.this != nil {
		this = f.this
	}
	if in.depth >= maxDepth || in.recursing(f.fn) || !in.spend() {
		return in.passThrough(args)
	}
	key := in.callKey(f, this, args)
	m := in.memo[key]
	if m == nil && in.contexts[f.fn] >= exactContexts {
		key = in.wideKey(f, this, args)
		m = in.memo[key]
	}
	if m != nil {
		in.guards = in.appendFacts(in.guards, m.exit)
		in.sent += m.sent
		in.out.repeatTests(in, m.tests)
		return in.result(m.result, m.tuple, f, x)
	}
	in.contexts[f.fn]++
	act := in.begin(f, this)
	calls := in.env.calls
	if x != nil {
		site := in.prog.place(act.caller.file, x.Pos, act.caller.name)
		act.site = &site
		in.env.calls = &callSite{site, in.env.calls}
	}
	defer in.waitedFor(f)()
	in.bindArguments(f, args)
	sent, tests := in.sent, len(in.out.tests)
	in.run(f.fn)
	in.env.calls = calls
	m = in.finish(act)
	m.sent = in.sent - sent
	m.tests = in.out.tests[tests:len(in.out.tests):len(in.out.tests)]
	if len(in.memo) >= maxMemo {
		clear(in.memo)
	}
	in.memo[key] = m
	return in.result(m.result, m.tuple, f, x)
}

// begin starts an activation. finish ends it.
func (in *interp) begin(f *closure, this *value) *activation {
	act := &activation{fn: f.fn, file: f.file, caller: in.act, layer: &layer{}, base: len(in.guards), result: nothing, name: f.name(), message: in.env.message}
	act.scope = newScope(f.scope)
	act.scope.fn = act
	act.called, act.entry = f, act.scope
	if this != nil && !f.fn.Arrow {
		act.scope.this = this
	}
	if f.class != nil {
		act.scope.class = f.class
	}
	in.act = act
	in.depth++
	in.visited[f.fn] = true
	return act
}

func (in *interp) finish(act *activation) *memoized {
	exit := commonFacts(act.exits)
	in.guards = in.guards[:act.base]
	in.act = act.caller
	in.depth--
	in.guards = in.appendFacts(in.guards, exit)
	return &memoized{result: act.result, tuple: act.tuple, exit: exit}
}

// run runs a function's body in the current activation, in the environment of
// the caller.
func (in *interp) run(fn *ir.Func) {
	env := in.env
	repeat := in.env.repeat
	in.env.repeat = repeat
	c := in.stmts(fn.Body)
	if c == falls || c == jumps {
		in.exit()
	}
	if c == throws {
		in.act.throws = true
	}
	awaited := in.env.awaited
	in.env = env
	// Of an asynchronous function it is the caller's await that lets time pass.
	in.env.awaited = env.awaited || awaited && !fn.Async
}

// result gives the result of a call; Go's several results are told apart.
func (in *interp) result(v *value, tuple []*value, f *closure, x *ir.Call) *value {
	if len(tuple) > 0 {
		o := newObject(f.file, f.fn.Pos)
		o.closed = true
		for i, t := range tuple {
			o.set(position(i), t)
		}
		return v.with(func(c *value) { c.objects = append([]*object{o}, c.objects...) })
	}
	if v.kind == nil && len(v.objects) == 0 && len(f.fn.Results) > 0 {
		if len(f.fn.Results) == 1 {
			return join(v, in.typeValue(f.fn.Results[0], f.file))
		}
		return join(v, &value{typ: &ir.Type{Kind: tupleType, Elems: f.fn.Results}, typFile: f.file})
	}
	return v
}

func (in *interp) appendFacts(list, more []*model.Fact) []*model.Fact {
	for _, g := range more {
		if !slices.ContainsFunc(list, func(h *model.Fact) bool {
			return h.Kind == g.Kind && h.Span == g.Span && h.Holds == g.Holds && sameData(h, g)
		}) {
			list = append(list, g)
			in.out.fact(in.env.endpoint, g)
		}
	}
	return list
}

// commonFacts are the checks that hold at every way out.
func commonFacts(exits [][]*model.Fact) []*model.Fact {
	if len(exits) == 0 {
		return nil
	}
	out := exits[0]
	for _, e := range exits[1:] {
		var both []*model.Fact
		for _, g := range out {
			if slices.ContainsFunc(e, func(h *model.Fact) bool {
				return h.Kind == g.Kind && h.Span == g.Span && h.Holds == g.Holds && sameData(h, g)
			}) {
				both = append(both, g)
			}
		}
		out = both
	}
	return out
}

func (in *interp) recursing(fn *ir.Func) bool {
	n := 0
	for a := in.act; a != nil; a = a.caller {
		if a.fn == fn {
			if n++; n > 1 {
				return true
			}
		}
	}
	return false
}

// passThrough is the result of a call that isn't followed: its arguments' data.
func (in *interp) passThrough(args []arg) *value {
	out := nothing
	for _, a := range args {
		out = join(out, a.v.data())
	}
	return out
}

// bindArguments gives the parameters their values.
func (in *interp) bindArguments(f *closure, args []arg) {
	if r := f.fn.Recv; r != nil && r.Name != "" {
		this := in.act.scope.this
		if this == nil {
			this = nothing
		}
		if r.Type != nil {
			this = join(this, in.typeValue(r.Type, f.file))
		}
		in.declare(r.Name, this)
	}
	next := 0
	used := make([]bool, len(args))
	take := func() *value {
		if next < len(f.bound) {
			next++
			return f.bound[next-1]
		}
		for i := range args {
			if args[i].name == "" && !used[i] {
				used[i] = !args[i].spread
				return args[i].v
			}
		}
		return nil
	}
	for _, p := range f.fn.Params {
		var v *value
		switch {
		case p.Rest:
			o := in.allocate(p.Pos)
			o.list = true
			rest := &value{objects: []*object{o}}
			for ; next < len(f.bound); next++ {
				o.add(f.bound[next])
				rest.flows = joinFlows(rest.flows, f.bound[next].flows)
			}
			for i := range args {
				if args[i].name == "" && !used[i] {
					used[i] = true
					o.add(args[i].v)
					rest.flows = joinFlows(rest.flows, args[i].v.flows)
				}
			}
			v = rest
		case p.KeywordMap:
			o := newObject(f.file, p.Pos)
			rest := &value{objects: []*object{o}}
			for i := range args {
				if args[i].name != "" && !used[i] {
					o.set(args[i].name, args[i].v)
					rest.flows = joinFlows(rest.flows, args[i].v.flows)
				}
			}
			v = rest
		default:
			for i := range args {
				if args[i].name == p.Name && p.Name != "" {
					v, used[i] = args[i].v, true
				}
			}
			if v == nil {
				v = take()
			}
		}
		in.bindParam(p, v, f)
	}
}

func (in *interp) bindParam(p *ir.Param, v *value, f *closure) {
	if v == nil {
		v = nothing
		if p.Default != nil {
			v = in.eval(p.Default)
		}
	}
	if p.Type != nil && v.kind == nil && len(v.objects) == 0 && !p.Rest {
		v = join(v, in.headersOf(p, in.typeValue(p.Type, f.file)))
	}
	v = v.kept() // the caller knows whether it is there
	if p.Pattern != nil {
		in.assign(p.Pattern, v, ir.Let)
		return
	}
	if p.Name == "" {
		return
	}
	if len(v.flows) > 0 {
		place := in.prog.place(f.file, p.Pos, f.name())
		v = v.mapFlows(func(fl flow) *flow { return fl.through(place, "passed as "+p.Name) })
	}
	in.declare(p.Name, v)
}

// name is a function's name for reports.
func (f *closure) name() string {
	n := f.fn.Name
	if f.class != nil && f.class.name != "" && n != "" {
		return f.class.name + "." + n
	}
	return n
}
