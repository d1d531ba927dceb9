package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// handlers registers the functions that a call hands to a framework.
func (in *interp) handlers(e *frameworks.Effect, c *callSpec, self *value) {
	if len(e.Events) > 0 {
		in.eventHandler(e, c, self)
	}
	for _, h := range e.Handlers {
		if h.All {
			in.chain(h, c, self)
			continue
		}
		v, ok := in.handlerArg(h, c)
		if !ok {
			continue
		}
		if h.Method != "" {
			if v = in.get(v, h.Method, &ir.Name{Pos: c.x.Pos, Name: h.Method}); len(v.funcs) == 0 {
				continue
			}
		}
		if e.Schedule != "" {
			in.scheduled(e.Schedule, c, v)
			continue
		}
		in.register(h, v, self, c, c.x, "")
	}
	if e.Schedule != "" && len(e.Handlers) == 0 {
		in.emitEvent(model.Schedule, e.Schedule, c, c.positional()...)
	}
}

// eventHandler is server.on("connection", f).
func (in *interp) eventHandler(e *frameworks.Effect, c *callSpec, self *value) {
	name, ok := c.at(e.EventArg).str()
	h := e.Events[name]
	if h == nil {
		h = e.Events["*"]
	}
	if h == nil || !ok && e.Events["*"] == nil {
		return
	}
	v, found := in.handlerArg(h, c)
	if !found {
		return // a decorator: the function comes below it
	}
	if h.As == "message" || h.As == "push" || h.As == "close" {
		ev := &model.Event{Kind: model.Listen, Op: h.As, Callee: in.text(c.x.Fn)}
		if in.env.awaited {
			ev.Doubt = "await"
		}
		in.emit(ev, c.x)
	}
	typed := ""
	if h.Typed {
		typed = name
	}
	in.register(h, v, self, c, c.x, typed)
}

// chain registers app.get(path, middleware, …, handler): what the middleware
// checks is in force in the handler.
func (in *interp) chain(h *frameworks.Handler, c *callSpec, self *value) {
	var list []*value
	n := 0
	for _, a := range c.args {
		if a.name != "" {
			continue
		}
		if n++; n <= h.Arg {
			continue
		}
		flat := false
		for _, o := range a.v.objects {
			if o.list && len(o.items) > 0 {
				list = append(list, o.items...)
				flat = true
			}
		}
		if !flat {
			list = append(list, a.v)
		}
	}
	guards := len(in.guards)
	defer func() { in.guards = in.guards[:guards] }()
	for i, v := range list {
		for _, f := range v.behind {
			in.push(f, true)
		}
		if i == len(list)-1 {
			in.register(h, v, self, c, c.x, "")
			continue
		}
		if len(v.funcs) == 0 {
			in.middlewareByName(v, c, i+h.Arg)
			continue
		}
		for _, f := range v.funcs {
			in.middleware(h, f, self, c)
		}
	}
}

// middlewareByName takes middleware that isn't in view at its name.
func (in *interp) middlewareByName(v *value, c *callSpec, i int) {
	if i >= len(c.x.Args) {
		return
	}
	name := lastName(in.file().Text(c.x.Args[i].Value.At()))
	for _, kind := range factsOfName(name) {
		f := in.fact(kind, c.x.Args[i].Value)
		f.Guessed = true
		in.push(f, true)
	}
}

// middleware runs a function that goes on by calling its callback: what it has
// checked then is in force behind it.
func (in *interp) middleware(h *frameworks.Handler, f *closure, self *value, c *callSpec) {
	if in.recursing(f.fn) || in.depth >= maxDepth {
		return
	}
	act := in.begin(f, f.this)
	args := in.handlerArgs(h, f, self, c)
	if n := len(f.fn.Params); n > 0 && len(args) == n && args[n-1].v == nothing {
		args[n-1].v = &value{special: "next"}
	}
	in.bindArguments(f, args)
	act.nexts = [][]*model.Fact{}
	in.run(f.fn)
	checks := commonFacts(act.nexts)
	m := in.finish(act)
	_ = m
	in.guards = in.appendFacts(in.guards, checks)
}

func (in *interp) handlerArg(h *frameworks.Handler, c *callSpec) (*value, bool) {
	if h.Name != "" {
		if v := c.named(h.Name); v != nil {
			return v, true
		}
	}
	switch {
	case h.Last:
		for i := len(c.args) - 1; i >= 0; i-- {
			if c.args[i].name == "" {
				return c.args[i].v, true
			}
		}
		return nil, false
	case h.Name != "" && h.Arg == 0:
		return nil, false
	}
	n := 0
	for _, a := range c.args {
		if a.name == "" {
			if n == h.Arg {
				return a.v, true
			}
			n++
		}
	}
	return nil, false
}

// phases are the parts of a connection's life in which handlers run.
var phases = map[string]model.Phase{
	"connection": model.Connection, "message": model.Messages, "close": model.Closing, "error": model.Closing, "verify": model.Handshake,
	"origin": model.Handshake, "upgrade": model.Handshake, "middleware": model.Handshake, "protocol": model.Handshake, "timer": model.Timer,
	"push": model.Messages, "open": model.Connection, "http": model.Elsewhere, "control": model.Control,
}

// register runs a handler with what its framework gives it, under the checks
// that are in force where it is registered.
func (in *interp) register(h *frameworks.Handler, fn, self *value, c *callSpec, at ir.Node, typed string) {
	ep := self.endpoint
	if ep == nil {
		ep = in.env.endpoint
	}
	funcs := fn.funcs
	for _, o := range fn.objects { // an object with a method of that name
		if o.class != nil && len(funcs) == 0 {
			for _, name := range []string{"handle", "__call__", "call", "ServeHTTP"} {
				if m := o.class.method(name); m != nil {
					funcs = append(funcs, m.boundTo(fn))
				}
			}
		}
	}
	if len(funcs) == 0 {
		in.unseenHandler(h, ep, fn, at)
		return
	}
	for _, f := range funcs {
		in.runHandler(h, f, self, c, ep, at, typed)
	}
}

// unseenHandler notes that a handler's code isn't in view.
func (in *interp) unseenHandler(h *frameworks.Handler, ep *endpoint, fn *value, at ir.Node) {
	if ep == nil || fn.lit != nil && fn.lit.kind == ir.Null {
		return
	}
	switch h.As {
	case "verify", "origin", "upgrade", "middleware":
		ep.hiddenHandshake = true
	case "connection", "message":
		ep.Hidden = true
	}
	if in.out.record && (h.As == "verify" || h.As == "middleware") {
		if name := conditionName(in.text(at)); authCall(name) != "" {
			ep.HiddenAuth = name
		}
	}
}

// runHandler runs one function as a handler.
func (in *interp) runHandler(h *frameworks.Handler, f *closure, self *value, c *callSpec, ep *endpoint, at ir.Node, typed string) {
	if in.recursing(f.fn) || in.depth >= maxDepth {
		return
	}
	env := in.env
	guards := len(in.guards)
	defer func() { in.env, in.guards = env, in.guards[:guards] }()
	in.env.endpoint = ep
	in.env.awaited = false
	in.env.always = false
	in.env.repeat, in.env.room = false, false
	in.enterTime(h, f, c)
	in.env.calls = nil
	if p := phases[h.As]; p != "" {
		in.env.phase = p
	}
	if h.As == "http" && h.Route > 0 && c != nil {
		if s, ok := c.at(h.Route - 1).str(); ok {
			in.env.route = pathOf(s)
		}
	}
	switch h.As {
	case "message", "push", "connection":
		// What an exception ends is told by the handler itself, not by a try
		// around its registration.
		in.env.inTry = 0
		if ep != nil && ep.Pack() != nil && ep.Pack().Defaults.ThrowEnds == "nothing" {
			in.env.inTry = 1
		}
	}
	if typed != "" {
		in.env.message = typed
		in.out.message(ep, typed, in.place(at.At()))
	}
	// A handler is a root of its own, with its own share of steps: a file may
	// register hundreds.
	steps := in.steps
	in.steps = 0
	defer func() { in.steps = steps }()
	act := in.begin(f, f.this)
	in.env.handler, act.as = act, h
	args := in.handlerArgs(h, f, self, c)
	in.bindArguments(f, args)
	in.entered(h, ep, at, args)
	in.run(f.fn)
	in.left(h, ep, act, f, at)
	in.finish(act)
}

// pathOf is the path in the pattern of a route, which may begin with a method and a
// host, as those of Go's ServeMux do; empty where it has none.
func pathOf(pattern string) string {
	if i := strings.LastIndexByte(pattern, ' '); i >= 0 {
		pattern = pattern[i+1:]
	}
	i := strings.IndexByte(pattern, '/')
	if i < 0 {
		return ""
	}
	return strings.TrimSuffix(pattern[i:], "{$}")
}

// handlerArgs are the values that a framework passes.
func (in *interp) handlerArgs(h *frameworks.Handler, f *closure, self *value, c *callSpec) []arg {
	var args []arg
	params := f.fn.Params
	pos := 0
	for i, p := range params {
		if p.KeywordMap {
			continue
		}
		if i < len(f.bound) { // handle.bind(null, ws), @MessageBody() body
			args = append(args, arg{name: p.Name, v: f.bound[i], x: &ir.Unknown{Pos: p.Pos}})
			continue
		}
		spec, named := h.KeywordSpecs[p.Name]
		if !named {
			if pos < len(h.ParamSpecs) {
				spec = h.ParamSpecs[pos]
			} else if n := len(h.ParamSpecs); n > 0 && h.ParamSpecs[n-1].Rest {
				spec = h.ParamSpecs[n-1]
			} else if w, ok := h.KeywordSpecs["*"]; ok && p.Type != nil && basicType(p.Type) != "" {
				spec = w
			}
			pos++
		}
		v := in.specFor(&spec, self, c, &ir.Unknown{Pos: p.Pos})
		if spec.Kind != nil && p.Type != nil {
			// A declared type that is a kind of its own goes first: FastAPI
			// passes what the annotation asks for.
			if t := in.typeValue(p.Type, f.file); t.kind != nil && t.kind != spec.Kind {
				v = t
			} else if t.kind == nil && basicType(p.Type) != "" {
				v = nothing
			}
		}
		if v.kind != nil && v.endpoint == nil {
			v = v.with(func(w *value) { w.endpoint = in.env.endpoint })
		}
		if d := in.filled(f, p); d != nothing {
			v = d
		}
		if !named && p.Type != nil {
			v = in.queryParameter(p, v)
		}
		args = append(args, arg{name: p.Name, v: v, x: &ir.Unknown{Pos: p.Pos}})
		if p.Rest || p.Name == "" {
			args[len(args)-1].name = ""
		}
	}
	return args
}

// registration is where a handler is registered: in the file of the caller, not
// in that of the handler that is entered.
func (in *interp) registration(at ir.Node) model.Place {
	if c := in.act.caller; c != nil && c.file != nil {
		return in.prog.place(c.file, at.At(), c.name)
	}
	return in.place(at.At())
}

// entered notes that a handler starts.
func (in *interp) entered(h *frameworks.Handler, ep *endpoint, at ir.Node, args []arg) {
	if ep == nil {
		return
	}
	switch h.As {
	case "connection":
		ep.entered = true
		ep.Upgrades = ep.Upgrades || in.act.scope.this != nil && accepts(in.act.scope.this) || slices.ContainsFunc(args, func(a arg) bool { return accepts(a.v) })
		in.emit(&model.Event{Kind: model.Accept, Op: "handler", Place: in.registration(at)}, at)
	case "message", "push":
		in.receiveAt(at, in.registration(at))
	case "control":
		in.emit(&model.Event{Kind: model.Listen, Op: "control", Callee: in.text(at)}, at)
	case "verify", "origin", "upgrade", "middleware":
		ep.handshakeCode = true
	}
}

// goesOn notes what holds where middleware hands on.
func (in *interp) goesOn() {
	for a := in.act; a != nil; a = a.caller {
		if a.nexts != nil {
			a.nexts = append(a.nexts, append([]*model.Fact(nil), in.guards[min(a.base, len(in.guards)):]...))
			return
		}
	}
}

// left notes how a handler ends: what it returns decides, where it is asked.
func (in *interp) left(h *frameworks.Handler, ep *endpoint, act *activation, f *closure, at ir.Node) {
	if ep == nil {
		return
	}
	if h.Replies && act.result != nothing && act.result != nil {
		in.emit(&model.Event{Kind: model.Send, Callee: "return"}, at, act.result)
	}
	switch h.As {
	case "protocol":
		in.chosenProtocol(act.result, at, in.registration(at))
	case "origin", "verify":
		ep.addHook(in, h, f, act, at)
	case "connection", "middleware":
		if h.As == "middleware" {
			// What every way out of it has checked holds for all handlers.
			ep.addChecks(commonFacts(act.exits))
		}
		if h.As == "connection" {
			ep.checks = append(ep.checks, connectionChecks{fn: f, exits: act.exits})
		}
	}
}

// scheduled runs a function that runs later or again.
func (in *interp) scheduled(how string, c *callSpec, fn *value) {
	in.emitEvent(model.Schedule, how, c, c.positional()...)
	if _, ok := fn.str(); ok || len(fn.funcs) == 0 {
		return
	}
	env := in.env
	n := len(in.guards)
	defer func() { in.env, in.guards = env, in.guards[:n] }()
	in.env.inTry = 0
	in.env.timer = true
	in.env.once = how == "once" && (env.phase == model.Connection || env.phase == model.Handshake || env.once)
	if how == "repeat" {
		in.env.phase = model.Timer
	}
	for _, f := range fn.funcs {
		in.env.detached = f.fn.Async
		in.apply(f, nothing, nil, nil)
	}
}

// spec is the value that a Param stands for.
func (in *interp) spec(p *frameworks.ParamSpec, self *value, name string, at ir.Node) *value {
	if p.Special == "by-name" {
		if identityName(name) {
			return &value{flows: []*flow{{label: model.FromIdentity, field: name, source: in.place(at.At())}}, bound: true}
		}
		return nothing
	}
	if p.Special == frameworks.ReceiverSpecial && p.Kind == nil && name != "" && len(self.flows) > 0 {
		return self.fieldFlows(name)
	}
	v := in.specFor(p, self, nil, at)
	if p.Label != "" && p.Field == "" && name != "" && p.Kind == nil {
		switch model.Label(p.Label) {
		case model.FromHeader, model.FromQuery, model.FromMessage, model.FromPush, model.FromIdentity:
			return in.fieldRead(v.mapFlows(func(f flow) *flow { return f.fieldOf(strings.ToLower(name)) }), at)
		}
	}
	return v
}

func (in *interp) specFor(p *frameworks.ParamSpec, self *value, c *callSpec, at ir.Node) *value {
	out := nothing
	special := p.Special
	if p.Kind != nil {
		special = frameworks.NoSpecial // a kind that carries the data of it
	}
	switch special {
	case frameworks.SelfSpecial, frameworks.ReceiverSpecial:
		return self
	case frameworks.ElemSpecial:
		v := in.elements(self, at.At())
		if self.sockets || self.kind != nil && self.kind.Is == "sockets" || in.isConnection(v) {
			in.env.repeat = true
			v = v.with(func(w *value) { w.element = true })
		}
		return v
	case frameworks.AcceptSpecial, frameworks.ErrorAcceptSpecial, frameworks.NextSpecial:
		return &value{special: string(p.Special), endpoint: in.env.endpoint}
	case frameworks.ErrorSpecial:
		return &value{flows: []*flow{{label: model.FromError, source: in.place(at.At()), whole: true}}}
	case frameworks.ArgSpecial:
		if c != nil {
			return c.at(p.Arg)
		}
		return nothing
	case frameworks.TupleSpecial:
		o := newObject(in.file(), at.At())
		for i := range p.Tuple {
			o.set(position(i), in.specFor(&p.Tuple[i], self, c, at))
		}
		return &value{objects: []*object{o}}
	case "by-name":
		if c != nil {
			if s, ok := c.at(0).str(); ok && identityName(s) {
				return &value{flows: []*flow{{label: model.FromIdentity, field: s, source: in.place(at.At())}}, bound: true}
			}
		}
		return nothing
	}
	if p.Kind != nil {
		carried := nothing
		switch {
		case p.Special == frameworks.ArgSpecial && c != nil:
			carried = c.at(p.Arg).data()
		case p.Special == frameworks.ReceiverSpecial:
			carried = self.data()
		}
		ep := self.endpoint
		if ep == nil {
			ep = in.env.endpoint
		}
		out = join(in.kindValue(p.Kind, ep), carried)
		switch {
		case p.Special == frameworks.ArgSpecial && c != nil:
			out = in.addressOf(out, c.at(p.Arg), false, at)
		case p.Special == frameworks.ReceiverSpecial:
			out = in.addressOf(out, self, true, at)
		}
		if p.Special != frameworks.NoSpecial {
			return out
		}
	}
	if p.Label != "" {
		f := &flow{label: model.Label(p.Label), field: p.Field, source: in.place(at.At()), whole: p.Field == "", fn: in.act.fn}
		out = out.with(func(v *value) { v.flows = []*flow{f}; v.bound = f.label == model.FromIdentity })
		in.read(f.label, at)
	}
	return out
}

// kindValue is a value of a kind. What a program stores on connections of one
// endpoint is kept in one place.
func (in *interp) kindValue(k *frameworks.Kind, ep *endpoint) *value {
	v := &value{kind: k, endpoint: ep, sockets: k.Is == "sockets"}
	if k.Identity || k.Is == "socket" || k.Is == "session" || k.Is == "request" {
		v.objects = []*object{in.prog.kindObject(k, ep)}
	}
	if k.Is == "session" {
		in.read(model.FromCookie, nil)
	}
	return v
}

// specialCall is a call of a callback that a framework handed out: it accepts
// or refuses.
func (in *interp) specialCall(c *callSpec) *value {
	refuse := false
	switch c.callee.special {
	case "accept":
		t, known := c.at(0).truth()
		refuse = known && !t
		if !known && len(c.at(0).atoms) > 0 {
			in.out.judgedBy(in, c.at(0))
		}
	case "error-accept":
		v := c.at(0)
		refuse = v.lit == nil && len(c.args) > 0 && !v.isNothing() || v.form == "error"
		if t, known := c.at(1).truth(); known && !t && len(c.args) > 1 {
			refuse = true
		}
	case "next":
		v := c.at(0)
		if len(c.args) == 0 || v.lit != nil && v.lit.kind == ir.Null {
			in.goesOn()
		}
		refuse = len(c.args) > 0 && (v.lit == nil || v.lit.kind == ir.String)
	case setterSpecial:
		return in.setState(c)
	default:
		return nil
	}
	if refuse {
		in.refused(c.x.Pos, "callback")
	}
	return nothing
}
