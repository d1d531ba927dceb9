package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// apply runs a function of the program.
func (in *interp) apply(f *closure, this *value, args []arg, x *ir.Call) *value {
	if f.this != nil {
		this = f.this
	}
	if in.recursing(f.fn) {
		return in.passThrough(args)
	}
	if in.depth >= maxDepth || !in.spend() {
		in.unfinished()
		return in.passThrough(args)
	}
	key := in.callKey(f, this, args)
	m := in.memo[key]
	if m == nil && in.contexts[f.fn] >= in.exact() {
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
