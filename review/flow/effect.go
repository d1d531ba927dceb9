package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

func lastSegment(sym string) string { return sym[strings.LastIndexByte(sym, '.')+1:] }

// applyEffect does what a framework says of a call.
func (in *interp) applyEffect(e *frameworks.Effect, c *callSpec, self *value) *value {
	at := ir.Node(c.x)
	ep := in.env.endpoint
	if self.endpoint != nil {
		ep = self.endpoint
	}
	if e.Endpoint != nil {
		ep = in.endpointOf(e, c, self)
		if ep != self.endpoint { // what the call yields and registers is of the new one
			self = self.with(func(v *value) { v.endpoint = ep })
		}
	}
	if ep != nil && ep != in.env.endpoint {
		// A function that accepts a connection, or reads from one, serves it from
		// there on.
		serves := in.env.endpoint == nil && (e.Accept || e.Receive)
		outer := in.within(ep)
		if !serves {
			defer outer()
		}
	}
	if e.Covers != nil {
		in.cover(e, c)
	}
	data := in.effectArgs(e, c, self)
	if e.Asserts {
		in.assume(in.conditionOf(c.x.Args[0].Value, c.at(0)), true)
	}
	if e.Property != "" && len(data) > 0 && data[0].has(model.FromMessage) {
		in.propertyEvent(e.Property, c.x.Pos, data[0], self)
	}
	if e.Accept {
		in.acceptedProtocol(c)
		in.accept(at)
	}
	if e.Sets != "" {
		in.sets(e, ep, c, self)
	}
	if e.Listens {
		in.listens(e, c)
	}
	if e.Control != "" {
		in.controls(e.Control, ep, c)
	}
	if e.Bounds == "idle" {
		in.bounds(c)
	}
	if e.Connects {
		in.dialled++
		in.client = ep
		in.emitEvent(model.Connect, "", c, in.address(c))
	}
	if e.Receive {
		in.receive(at, e.Streams)
	}
	if e.Close {
		in.refused(c.x.Pos, c.name, c.positional()...)
	}
	if e.Refuse {
		in.refused(c.x.Pos, c.name)
	}
	in.sendEffects(e, c, self, data)
	if e.Sink != "" {
		in.sinkCall(e, c, self, data)
	}
	if e.Act != "" {
		in.actCall(e, c, data)
	}
	if e.Revokes != "" {
		in.revoke(e.Revokes, c, data...)
	}
	if e.Chooses != "" {
		in.emitEvent(model.Choose, e.Chooses, c, data...)
	}
	if e.Compares != "" {
		in.emitEvent(model.Compare, e.Compares, c, data...)
	}
	out := in.effectResult(e, c, self, data)
	if e.Property == "read" && len(data) > 0 && data[0].has(model.FromMessage) {
		out = in.choose(out, data[0], byAttribute, self)
	}
	in.handlers(e, c, self)
	if e.Match != "" {
		out = join(out, in.membership(c))
	}
	out = in.encodes(e, c, self, out)
	out = in.mayMiss(e, c, out)
	in.throwing(e, c, data)
	out = in.built(c.name, e.Type, c, self, out)
	return in.effectFacts(e, c, self, data, out)
}

// within makes an endpoint the current one until the result is called.
func (in *interp) within(ep *endpoint) func() {
	old := in.env.endpoint
	in.env.endpoint = ep
	return func() { in.env.endpoint = old }
}

// effectArgs are the arguments that an effect is about.
func (in *interp) effectArgs(e *frameworks.Effect, c *callSpec, self *value) []*value {
	var out []*value
	switch {
	case e.Every:
		for _, a := range c.args {
			out = append(out, a.v)
		}
	case len(e.Args) == 0 && len(e.Names) == 0:
		if len(c.args) > 0 && c.args[0].name == "" {
			out = append(out, c.args[0].v)
		} else if len(c.args) > 0 && !e.Receiver {
			out = append(out, c.args[0].v)
		}
	default:
		for _, i := range e.Args {
			out = append(out, c.at(i))
		}
	}
	for _, name := range e.Names {
		if v := c.named(name); v != nil {
			out = append(out, v)
		}
	}
	if e.Receiver {
		out = append(out, self)
	}
	return out
}

// effectResult is the value of the call.
func (in *interp) effectResult(e *frameworks.Effect, c *callSpec, self *value, data []*value) *value {
	if e.Injects {
		return in.injected(c)
	}
	if e.State != nil {
		return in.state(e.State, c)
	}
	out := nothing
	spec := &e.ReturnSpec
	if !spec.IsZero() || spec.Kind != nil {
		out = in.specFor(spec, self, c, c.x)
	}
	if k := in.constructs(c); k != nil && out.kind == nil && c.callee.sym != "" {
		out = join(out, in.kindValue(k, in.env.endpoint))
	}
	if out.kind != nil && (out.kind.Options || out.kind.Identity || out.kind.Is == "server" || out.kind.Is == "app" || out.kind.Is == "schema") && spec.Special == frameworks.NoSpecial {
		out = out.with(func(v *value) {
			if len(v.objects) == 0 {
				v.objects = []*object{in.allocate(c.x.Pos)}
			}
		})
	}
	if e.Lookup != "" && e.LookupKind != nil {
		out = join(out, in.lookupKey(e.LookupKind, c, self))
	}
	if spec.Special == frameworks.ArgSpecial && len(e.Closes) > 0 {
		out = out.mapFlows(func(f flow) *flow { f.closed = union(f.closed, e.Closes, 16); return &f })
	}
	passed := nothing
	if e.Passes != "none" && (spec.IsZero() || spec.Label == "" && spec.Special != frameworks.ArgSpecial && (e.Parse != "" || e.Validates != "" || len(e.Closes) > 0 || e.Type != "" || e.Passes != "")) {
		if e.Passes != "receiver" {
			for _, a := range c.args {
				passed = join(passed, in.deep(a.v).data())
			}
		}
		if e.Passes != "args" {
			passed = join(passed, self.data())
		}
	}
	if out.kind != nil && e.Parse == "" && e.Validates == "" && e.Passes == "" && len(e.Closes) == 0 {
		passed = nothing // a value of a kind of its own: a server, a response
	}
	if out.kind != nil && out.kind.Options && out.sym == "" {
		out = out.with(func(v *value) { v.sym = c.callee.sym }) // how it was made may matter: an unverified context
	}
	place := in.place(c.x.Pos)
	passed = passed.mapFlows(func(f flow) *flow {
		g := f.through(place, "goes through "+c.name)
		if len(e.Closes) > 0 && (!e.Rooted || rooted(c)) {
			g.closed = union(g.closed, e.Closes, 16)
		}
		if e.Type != "" {
			g.typ = e.Type
			g.whole = false
		}
		return g
	})
	out = join(out, passed)
	if e.Parse != "" {
		out = in.parsed(e, c, data, out)
	}
	if e.Validates != "" {
		out = in.validated(e, c, self, data, out)
	}
	if e.Fill > 0 {
		in.fill(e, c, self, out)
	}
	if e.Type != "" && len(out.flows) == 0 && out.lit == nil && out.kind == nil {
		out = out.with(func(v *value) { v.form = "call" })
	}
	if e.Never {
		in.refuses("never", c.x.Pos)
		return &value{special: "never"}
	}
	return out
}

// lookupKey is headers.get("origin"): a property of a kind that an argument
// names.
func (in *interp) lookupKey(k *frameworks.Kind, c *callSpec, self *value) *value {
	name, ok := c.at(0).str()
	if alias, _ := c.keyword("alias"); alias != nil && !ok { // Header(alias="x-token")
		name, ok = alias.str()
	}
	if !ok && in.filling != "" {
		name, ok = strings.ReplaceAll(in.filling, "_", "-"), true
	}
	if ok {
		if p := in.kindProp(k, name); p != nil {
			return in.propValue(p, self, name, c.x)
		}
	}
	if !k.AnySpec.IsZero() {
		return in.spec(&k.AnySpec, self, name, c.x)
	}
	return nothing
}

// rooted reports whether the first argument begins with a literal slash.
func rooted(c *callSpec) bool {
	if len(c.x.Args) == 0 {
		return false
	}
	x := c.x.Args[0].Value
	for {
		switch y := x.(type) {
		case *ir.Binary:
			x = y.X
			continue
		case *ir.Template:
			if len(y.Parts) > 0 {
				x = y.Parts[0]
				continue
			}
		case *ir.Lit:
			return strings.HasPrefix(y.Value, "/")
		}
		return false
	}
}

// deep is a value with the data of all that is in it.
func (in *interp) deep(v *value) *value {
	if len(v.objects) == 0 {
		return v
	}
	out := v
	for _, o := range v.objects {
		if o.class == nil {
			for _, name := range o.order {
				out = join(out, o.fields[name].data())
			}
			if o.elem != nil {
				out = join(out, o.elem.data())
			}
		}
	}
	return out
}

// parsed is the value of a message that was parsed.
func (in *interp) parsed(e *frameworks.Effect, c *callSpec, data []*value, out *value) *value {
	tainted := slices.ContainsFunc(data, func(v *value) bool { return len(in.deep(v).flows) > 0 }) || out.has(model.FromMessage, model.FromPush)
	if tainted {
		in.emit(&model.Event{Kind: model.Parse, Op: e.Parse, Callee: in.text(c.x.Fn), Throws: e.Throws}, c.x, data...)
	}
	return out.mapFlows(func(f flow) *flow {
		f.typ = "" // what the text was pinned to says nothing of what is in it
		return &f
	}).with(func(v *value) { v.form = "parsed"; v.lit = nil })
}

// validated is the answer of a schema.
func (in *interp) validated(e *frameworks.Effect, c *callSpec, self *value, data []*value, out *value) *value {
	var flows []*flow
	for _, v := range data {
		flows = append(flows, in.deep(v).flows...)
	}
	if len(flows) == 0 {
		flows = out.flows
	}
	f := in.fact(model.SchemaFact, c.x)
	f.Type = "any"
	f.Types = in.schemaOf(self, c)
	for _, fl := range flows {
		f.Flows = append(f.Flows, fl.export())
	}
	if len(flows) > 0 {
		in.emit(&model.Event{Kind: model.Parse, Op: "schema", Callee: in.text(c.x.Fn)}, c.x, data...)
	}
	checked := out.mapFlows(func(fl flow) *flow {
		if fl.typ == "" {
			fl.typ = "any"
		}
		return &fl
	})
	checked = in.typedBySchema(self, c, checked)
	switch e.Validates {
	case "throw":
		in.push(f, true)
		return checked
	case "bool":
		return (&value{}).with(func(v *value) { v.atoms = []atom{{f, true}} })
	case "error":
		return (&value{}).with(func(v *value) { v.atoms = []atom{{f, false}} })
	}
	// result: success and data, or error
	o := newObject(in.file(), c.x.Pos)
	yes, no := &value{atoms: []atom{{f, true}}}, &value{atoms: []atom{{f, false}}}
	for _, name := range []string{"success", "ok", "valid", "isValid", "issuccess"} {
		o.set(name, yes)
	}
	for _, name := range []string{"error", "errors", "issues"} {
		o.set(name, no)
	}
	for _, name := range []string{"data", "value", "output", "0"} {
		o.set(name, checked)
	}
	o.set("1", no)
	return &value{objects: []*object{o}, atoms: []atom{{f, true}}, form: "result"}
}

// fill stores data in what an argument points to.
func (in *interp) fill(e *frameworks.Effect, c *callSpec, self, out *value) {
	i := e.Fill - 1
	if i >= len(c.args) {
		return
	}
	target := c.args[i]
	var v *value
	if !e.FillSpec.IsZero() {
		v = in.specFor(&e.FillSpec, self, c, c.x)
	} else {
		v = self.data()
		for j, a := range c.args {
			if j != i {
				v = join(v, in.deep(a.v).data())
			}
		}
		if out.has(model.FromMessage, model.FromQuery, model.FromPush) {
			v = join(v, out.data())
		}
	}
	if len(v.flows) == 0 {
		return
	}
	place := in.place(c.x.Pos)
	types := in.decodedTypes(target.v)
	in.declares(v, target.v, c.x)
	v = v.mapFlows(func(f flow) *flow {
		if len(types) > 0 {
			f.shape, f.base = types, f.field
		}
		return f.through(place, "decoded by "+c.name)
	})
	in.fillTarget(target.x, target.v, v)
}

// fillTarget marks what a pointer points to: a variable, or a field of one.
func (in *interp) fillTarget(x ir.Expr, old, v *value) {
	if u, ok := x.(*ir.Unary); ok && u.Op == "&" {
		x = u.X
	}
	switch t := x.(type) {
	case *ir.Name, *ir.Member, *ir.Index:
		_, variable := t.(*ir.Name)
		filled := old.with(func(c *value) {
			c.flows = joinFlows(v.flows, nil)
			if variable {
				c.objects = decoded(c.objects)
			}
		})
		in.assign(t, filled, ir.NoDecl)
	}
}

// decoded puts what a decoder fills in the place of the instance that stands for all
// values of a struct type: what is in it is told by the flow of the data, and not by
// what the program stores in other values of the type, such as an envelope of its
// answers.
func decoded(list []*object) []*object {
	var out []*object
	for _, o := range list {
		if o.class != nil && o == o.class.instance {
			o = o.class.filled()
		}
		out = append(out, o)
	}
	return out
}

// effectFacts adds what a condition on the result checks, and what holds from
// here on.
func (in *interp) effectFacts(e *frameworks.Effect, c *callSpec, self *value, data []*value, out *value) *value {
	if e.Middleware != "" {
		f := in.fact(model.FactKind(e.Middleware), c.x)
		out = out.with(func(v *value) { v.behind = append(v.behind[:len(v.behind):len(v.behind)], f) })
	}
	if e.Match != "" {
		out = in.matched(e, c, self, data, out)
	}
	if e.Auth != "" {
		out = in.authenticated(e, c, data, out)
	}
	if e.Fact != "" {
		kind, when := e.Fact, true
		if k, ok := strings.CutPrefix(kind, "!"); ok {
			kind, when = k, false
		}
		f := in.fact(model.FactKind(kind), c.x)
		for _, v := range append(data, self) {
			for _, fl := range v.flows {
				f.Flows = append(f.Flows, fl.export())
			}
		}
		if kind == string(model.AllowFact) {
			f.Type = in.elementType(c.at(0), in.firstText(c))
		}
		out = out.with(func(v *value) { v.atoms = unionFunc(v.atoms, []atom{{f, when}}, maxAtoms, sameAtom) })
		in.out.fact(in.env.endpoint, f)
	}
	switch {
	case e.Demands == "named":
		for _, a := range c.args {
			for _, kind := range factsOfName(in.file().Text(a.x.At())) {
				in.demand(kind, c.x)
			}
		}
	case e.Demands != "":
		in.demand(model.FactKind(e.Demands), c.x)
	}
	return out
}

// demand puts a check in force from here on.
func (in *interp) demand(kind model.FactKind, at ir.Node) { in.push(in.fact(kind, at), true) }

// sendEffects notes what is sent, and to whom.
func (in *interp) sendEffects(e *frameworks.Effect, c *callSpec, self *value, data []*value) {
	if in.env.endpoint == nil && (e.Send || e.Broadcast != "") {
		return
	}
	all := data
	if (e.Send || e.Broadcast != "") && len(e.Args) == 0 && !e.Every {
		all = c.positional()
		for _, a := range c.args {
			if a.name != "" {
				all = append(all, a.v)
			}
		}
	}
	scope, send := in.receivers(e, c)
	scope = in.audience(c, scope)
	if scope != "" || send {
		in.sent++
	}
	switch {
	case scope != "":
		ev := &model.Event{Kind: model.Broadcast, Op: scope, Callee: in.text(c.x.Fn), Receiver: in.exportValue(c.recv, nil)}
		if e.Queues {
			place := in.place(c.x.Pos)
			ev.Queue = &place
		}
		in.emit(ev, c.x, all...)
	case send && in.env.repeat && in.oneOfMany(self, c):
		in.emitEvent(model.Broadcast, in.audience(c, "all"), c, all...)
	case send:
		in.emitEvent(model.Send, "", c, all...)
	}
	if e.Join {
		in.emitEvent(model.Join, "", c, data...)
	}
	if e.Leave {
		in.emitEvent(model.Leave, "", c, data...)
	}
}

// oneOfMany reports whether what is sent goes to one of a collection of
// connections: the receiver of the method, or an argument of a function.
func (in *interp) oneOfMany(self *value, c *callSpec) bool {
	if self.element || in.isConnection(self) {
		return true
	}
	return self.kind == nil && slices.ContainsFunc(c.args, func(a arg) bool {
		return a.v.kind != nil && a.v.kind.Is == "socket"
	})
}

// receivers says who gets what is sent: everybody, a room, or one connection.
func (in *interp) receivers(e *frameworks.Effect, c *callSpec) (broadcast string, send bool) {
	for _, name := range e.To {
		v, _ := c.keyword(name) // not a field of what is sent
		if v == nil || v.lit != nil && v.lit.kind == ir.Null {
			continue
		}
		if v.kind != nil && v.kind.Is == "socket" || ownRoom.MatchString(in.argumentText(c, name)) { // to=sid
			return "", true
		}
		return "room", false
	}
	if e.Wide != "" {
		if v := c.named(e.Wide); v != nil {
			if truth, known := v.truth(); truth || !known {
				return "all", false
			}
		}
	}
	if e.Broadcast == "room" && (toOwnRoom.MatchString(in.file().Text(c.x.Fn.At())) || in.toOwnUser(c)) {
		return "", true
	}
	return e.Broadcast, e.Send
}

// emitEvent keeps an event of a call.
func (in *interp) emitEvent(kind model.EventKind, op string, c *callSpec, args ...*value) {
	in.emit(&model.Event{Kind: kind, Op: op, Callee: in.text(c.x.Fn), Receiver: in.exportValue(c.recv, nil)}, c.x, args...)
}

// listens notes where a server listens.
func (in *interp) listens(e *frameworks.Effect, c *callSpec) {
	var addr *value
	for _, i := range e.Args {
		if v := c.at(i); v.lit != nil || !v.isNothing() {
			addr = v
		}
	}
	for _, name := range e.Names {
		if v := c.named(name); v != nil {
			addr = v
		}
	}
	in.out.listens(in, addr, e.Address, c.x)
}

// sets gives an option of the endpoint, or of the library that its connections
// come from, the value of the first argument. A connection that is kept in a
// structure may be of the one endpoint that there is.
func (in *interp) sets(e *frameworks.Effect, ep *endpoint, c *callSpec, self *value) {
	if ep == nil && self.kind != nil && self.kind.Is == "socket" {
		ep = in.implicitEndpoint(self.kind)
	}
	if ep == nil {
		return
	}
	own := ep.pack
	if own != nil && own.Options[e.Sets] == nil && e.Pack != nil {
		ep.pack = e.Pack
	}
	in.option(ep, e.Sets, c.at(0), c.x)
	ep.pack = own
}
