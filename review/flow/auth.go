package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// authenticated is the result of a call that judges a credential: an identity,
// whose truth says that somebody is signed in.
func (in *interp) authenticated(e *frameworks.Effect, c *callSpec, data []*value, out *value) *value {
	act := e.Auth
	for key, want := range e.Weak {
		if v := c.named(key); v != nil && in.matches(v, want) {
			act = model.DecodeToken
		}
	}
	out = in.login(act, c, data, out, false)
	switch {
	case act == model.DecodeToken:
	case e.Throws: // whoever comes behind it was authenticated
		for _, a := range out.atoms {
			if a.when && a.fact.Span == in.place(c.x.Pos).Span {
				in.push(a.fact, true)
			}
		}
	case e.ReturnSpec.Special == frameworks.ErrorSpecial:
		out = out.with(func(v *value) { v.atoms = flip(v.atoms) })
	}
	return out
}

func (in *interp) login(act model.AuthAct, c *callSpec, data []*value, out *value, guessed bool) *value {
	callee := in.text(c.x.Fn)
	if lastName(callee) != c.name && c.name != "" {
		callee = c.name // what a framework calls in place of what is written: Depends(f)
	}
	in.emit(&model.Event{Kind: model.Login, Op: act, Callee: callee, Receiver: in.exportValue(c.recv, nil)}, c.x, data...)
	id := &flow{label: model.FromIdentity, source: in.place(c.x.Pos), whole: true}
	if act == model.DecodeToken {
		return out.with(func(v *value) { v.form = "call" })
	}
	var atoms []atom
	add := func(kind model.FactKind) {
		f := in.fact(kind, c.x)
		f.Guessed = guessed
		atoms = append(atoms, atom{f, !negative(c.name)})
	}
	switch act {
	case model.CheckSession:
		add(model.SessionFact)
	case model.RedeemTicket:
		add(model.TicketFact)
		add(model.IdentityFact)
	case model.VerifyToken:
		add(model.SignatureFact)
		add(model.IdentityFact)
	case model.LoadSession:
		add(model.IdentityFact)
	default:
		add(model.IdentityFact)
	}
	in.credential(act, c, data)
	if guessed && in.env.inTry > 0 && in.file().Lang != ir.Go {
		// The program expects it to throw.
		for _, a := range atoms {
			in.push(a.fact, a.when)
		}
	}
	return out.with(func(v *value) {
		v.atoms = unionFunc(v.atoms, atoms, maxAtoms, sameAtom)
		// The result is known by who made it, not by what it was made of.
		v.flows = []*flow{id}
		v.bound = true
		v.form = "call"
	})
}

// credential notes what kind of credential the connection demands.
func (in *interp) credential(act model.AuthAct, c *callSpec, data []*value) {
	if in.env.endpoint != nil && in.env.phase == model.Elsewhere {
		return
	}
	cookie := false
	other := false
	for _, v := range data {
		for _, f := range in.deep(v).flows {
			switch f.label {
			case model.FromCookie:
				cookie = true
			case model.FromQuery, model.FromHeader, model.FromMessage:
				other = true
			}
		}
	}
	for _, w := range words(c.name) {
		if w == "cookie" || w == "cookies" {
			cookie = true
		}
	}
	switch {
	case cookie:
		in.read(model.FromCookie, c.x)
	case other || act == model.RedeemTicket:
		in.out.token(in, c.x)
	}
}

// namedCall adds to the result of a call what its name tells: of a function
// that isn't in view all, of one that was followed only what following it can't
// tell (that what comes back is who is signed in).
func (in *interp) namedCall(c *callSpec, out *value, followed bool) *value {
	act := authCall(c.name)
	if act == "" && c.method {
		// auth.verify(token), sessions.get(id): the receiver completes the name.
		if fn, ok := c.x.Fn.(*ir.Member); ok {
			recv := lastName(in.file().Text(fn.X.At()))
			switch verb := words(c.name); {
			case len(verb) == 1 && len(words(recv)) < 3:
				act = authCall(c.name + "_" + recv)
			case len(verb) > 1 && setOf("verify authorize authenticate").any(verb[:1]) && setOf("auth authentication security identity").any(words(recv)):
				act = model.CustomAuth // security.verifyWS(request)
			}
		}
	}
	if act == "" {
		act = in.hookedAuth(c)
	}
	in.revoked(c)
	if act != "" && in.plausibleAuth(act, c, out, followed) {
		return in.login(act, c, c.positional(), out, !followed)
	}
	if followed {
		return out
	}
	return out
}

// hookedAuth is the authentication that a call leaves to those who registered for
// it: hooks('onAuthenticate', {token}).
func (in *interp) hookedAuth(c *callSpec) model.AuthAct {
	if !setOf("hook hooks emit trigger fire invoke run dispatch call").any(words(c.name)) || len(c.args) < 2 {
		return ""
	}
	name, ok := c.at(0).str()
	if !ok {
		return ""
	}
	act := authCall(name)
	if act != model.CustomAuth && act != model.VerifyToken {
		return ""
	}
	if slices.ContainsFunc(c.args[1:], func(a arg) bool {
		return in.deep(a.v).has(model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie)
	}) {
		if in.out.record && len(in.out.hooked) < 64 {
			in.out.hooked = append(in.out.hooked, in.place(c.x.Pos))
		}
		return act
	}
	return ""
}

// plausibleAuth reports whether a call with the name of authentication is one:
// it takes something of the handshake or connection, and gives something back.
func (in *interp) plausibleAuth(act model.AuthAct, c *callSpec, out *value, followed bool) bool {
	if followed && out == nothing && act != model.CustomAuth {
		return false
	}
	if in.index().Language == "javascript" && in.file().Client {
		return false
	}
	if in.env.endpoint != nil && in.env.endpoint.Role == "client" {
		return false
	}
	if act == model.VerifyToken && signatureOnly(c.name) && !slices.ContainsFunc(c.args, func(a arg) bool {
		return in.deep(a.v).has(model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie)
	}) {
		return false // of a document, which says nothing of who is connected
	}
	if len(c.args) == 0 {
		return act == model.LoadSession || act == model.CustomAuth || act == model.CheckSession
	}
	return true
}

// signatureOnly reports whether a function's name speaks of a signature and of
// nothing that a client signs in with.
func signatureOnly(name string) bool {
	list := words(name)
	return setOf("signature signatures hmac").any(list) && !setOf("token tokens jwt bearer apikey idtoken accesstoken credential credentials cookie request webhook user session").any(list)
}

// unknownCall is a call of which nothing but the name and the arguments are
// known.
func (in *interp) unknownCall(c *callSpec) *value {
	in.callbacks(c)
	out := &value{form: "call"}
	if c.callee.sym != "" && !in.isLocalName(c) {
		out.sym = c.callee.sym + "()"
	}
	place := in.place(c.x.Pos)
	var flows []*flow
	for _, a := range c.args {
		flows = joinFlows(flows, in.deep(a.v).flows)
	}
	flows = joinFlows(flows, c.recv.flows)
	out.flows = flows
	*out = *out.mapFlows(func(f flow) *flow {
		g := f.through(place, "goes through "+c.name)
		if !in.standard(c.callee.sym) {
			g.loose++
		}
		return g
	})
	in.handsOver(c)
	out = in.namedEffects(c, out)
	out = in.namedCall(c, out, false)
	in.doubtful(c)
	return out
}

// handsOver notes that a connection is given to code that isn't in view, which
// goes on with it: new WebSocketJSONStream(ws), setupWSConnection(conn, req).
func (in *interp) handsOver(c *callSpec) {
	if c.callee.sym == "" || in.env.endpoint == nil || in.env.endpoint.Role == "client" {
		return
	}
	for _, a := range c.args {
		if in.isConnection(a.v) && a.v.kind != nil && a.v.kind.Is == "socket" {
			in.env.endpoint.Hidden = true
		}
	}
}

// handsOn notes that messages are handled by code that isn't in view.
func (in *interp) handsOn(c *callSpec) {
	list := words(c.name)
	if in.env.endpoint == nil || in.env.phase != model.Messages || !c.method || !setOf("handle on process dispatch receive feed").any(list) ||
		!setOf("message data packet frame request event incoming").any(list) {
		return
	}
	for _, a := range c.args {
		if f := a.v.flow(model.FromMessage); f != nil && f.field == "" {
			in.env.endpoint.Hidden = true
		}
	}
}

func (in *interp) isLocalName(c *callSpec) bool {
	n, ok := c.x.Fn.(*ir.Name)
	return ok && in.act.scope.lookup(n.Name) != nil
}

// namedEffects is what a function that isn't in view does by its name.
func (in *interp) namedEffects(c *callSpec, out *value) *value {
	in.handsOn(c)
	args := c.positional()
	var outside bool
	for _, a := range c.args {
		if in.deep(a.v).has(model.FromMessage) {
			outside = true
		}
	}
	if outside && validates(c.name, in.receiverName(c)) {
		kind := "result"
		switch {
		case in.file().Lang == ir.Go:
			kind = "error"
		case in.file().Lang == ir.Python, c.name == "parse", c.name == "parseAsync", c.name == "validateSync", c.name == "validateAsync", c.name == "assert":
			kind = "throw"
		case !c.method || words(c.name)[0] == "is" || words(c.name)[0] == "check":
			kind = "bool"
		}
		return in.validated(&frameworks.Effect{Validates: kind}, c, c.recv, c.positional(), out)
	}
	out = cleaned(c.name, out)
	if sanitizes(c.name) {
		return out.mapFlows(func(f flow) *flow {
			f.closed = union(f.closed, []string{model.HTMLSink, "broadcast"}, 16)
			f.whole = false
			return &f
		})
	}
	if in.env.endpoint == nil || in.env.phase == model.Elsewhere || in.env.endpoint.Role == "client" {
		return out
	}
	if broadcasts(c.name) && (outside || len(args) > 0) {
		scope := "all"
		if setOf("room channel topic members subscribers").any(words(c.name)) {
			scope = "room"
		}
		in.emitEvent(model.Broadcast, scope, c, args...)
		if setOf("announcement announce admin system").any(words(in.file().Text(c.x.Pos))) || strings.Contains(in.env.message, "admin") {
			in.emitEvent(model.Operation, model.PrivilegedAct+":broadcast", c, args...)
		}
		return out
	}
	name := c.name
	if c.method && len(words(name)) == 1 {
		if fn, ok := c.x.Fn.(*ir.Member); ok {
			name += "_" + lastName(in.file().Text(fn.X.At()))
		}
	}
	if operation(name) == model.ReadAct && in.env.phase == model.Messages && !outside {
		in.readAnew(c)
	}
	if act := operation(name); act != "" && outside {
		in.emitEvent(model.Operation, act, c, args...)
		if act == model.ReadAct {
			f := &flow{label: model.FromRecord, source: in.place(c.x.Pos), whole: true}
			out = out.with(func(v *value) { v.flows = append(v.flows[:len(v.flows):len(v.flows)], f); v.form = "record" })
		}
	}
	return out
}

// doubtful notes an unresolved call that takes the connection, the user or the
// message, and whose name says that it checks something: what seems unchecked
// behind it may not be.
func (in *interp) doubtful(c *callSpec) {
	list := words(c.name)
	if len(list) == 0 || !checkVerbs[list[0]] && authCall(c.name) == "" {
		return
	}
	if in.env.doubt == "" {
		in.env.doubt = c.name
	}
	for _, kind := range factsOfName(c.name) {
		// requireAdmin(ws) that isn't in view is taken at its word, with less
		// confidence.
		switch list[0] {
		case "require", "ensure", "assert", "enforce", "demand":
			f := in.fact(kind, c.x)
			f.Guessed = true
			in.push(f, true)
		}
	}
}

// receiverName is the last name of what a method is called on.
func (in *interp) receiverName(c *callSpec) string {
	if fn, ok := c.x.Fn.(*ir.Member); ok {
		return lastName(in.file().Text(fn.X.At()))
	}
	return ""
}

// callbacks runs functions that are given to a call that isn't in view: it may
// call them, with anything.
func (in *interp) callbacks(c *callSpec) {
	env := in.env
	n := len(in.guards)
	for _, a := range c.args {
		for _, f := range a.v.funcs {
			var args []arg
			if d := in.elements(c.recv, c.x.Pos); len(d.flows) > 0 || d.kind != nil {
				args = append(args, arg{v: d, x: c.x})
			}
			in.apply(f, nothing, args, c.x)
		}
		for _, o := range a.v.objects {
			if o.closed {
				for _, name := range o.order {
					for _, f := range o.fields[name].funcs {
						if !in.visited[f.fn] {
							in.apply(f, a.v, nil, c.x)
						}
					}
				}
			}
		}
	}
	awaited := in.env.awaited
	in.env, in.guards = env, in.guards[:n]
	in.env.awaited = awaited
}
