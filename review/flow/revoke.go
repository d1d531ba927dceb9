package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// revoked notes a call whose name says that it ends a session, a password's
// validity, an account or a role.
func (in *interp) revoked(c *callSpec) {
	what := revokes(c.name)
	if what == "" && c.method && len(words(c.name)) == 1 {
		// sessions.destroy(id), auth.logout(): the receiver completes the name.
		if recv := in.receiverName(c); len(words(recv)) < 3 {
			what = revokes(c.name + "_" + recv)
		}
	}
	if c.method && setOf("imap smtp mail mailbox ftp driver bot browser page api server conn connection m M client remote").any(words(in.receiverName(c))) {
		return // a session of its own somewhere else
	}
	if what == "" || in.file().Client || in.env.endpoint != nil && in.env.endpoint.Role == "client" {
		return
	}
	if !in.serves() {
		return
	}
	if list := words(c.name); setOf("on handle is has can get render show use create make send verify check test parse format load read list find count log print").any(list[:1]) {
		return
	}
	in.revoke(what, c, c.positional()...)
}

// serves reports whether the code that runs belongs to a server: a framework
// called it, or it takes a request. In JavaScript the same names are those of
// pages, too.
func (in *interp) serves() bool {
	if in.file().Lang != ir.JavaScript || in.env.handler != nil || in.env.endpoint != nil {
		return true
	}
	for a := in.act; a != nil; a = a.caller {
		if a.fn == nil {
			continue
		}
		for _, p := range a.fn.Params {
			if p.Name == "req" || p.Name == "request" || p.Name == "ctx" {
				return true
			}
		}
	}
	return false
}

func (in *interp) revoke(what string, c *callSpec, args ...*value) {
	if !in.out.record || in.file().Client {
		return
	}
	ev := &model.Event{Kind: model.Revoke, Op: what, Callee: in.text(c.x.Fn), Reaches: in.reachesSockets(c)}
	in.emit(ev, c.x, args...)
}

// readAnew notes that the record of who is connected is read while a message is
// handled: what is decided by it is decided by what is true now.
func (in *interp) readAnew(c *callSpec) {
	for _, a := range c.args {
		if in.deep(a.v).has(model.FromIdentity) {
			f := in.fact(model.FreshFact, c.x)
			f.Guessed = true
			in.push(f, true)
			return
		}
	}
}

// reachesSockets is the call that carries a revocation to open connections:
// beside it, in the functions around it, or in what it calls.
func (in *interp) reachesSockets(c *callSpec) string {
	depth := 0
	for a := in.act; a != nil && depth < 3; a = a.caller {
		if a.fn != nil {
			if name := tellsSockets(a.file, a.fn.Body, in.callsOf); name != "" {
				return name
			}
		}
		if a == in.env.handler {
			break // what is around it is the business of others
		}
		depth++
	}
	for _, f := range c.callee.funcs {
		if name := tellsSockets(f.file, f.fn.Body, in.callsOf); name != "" {
			return name
		}
	}
	return ""
}

// callsOf finds the functions of the program that a plain name calls.
func (in *interp) callsOf(name string) []*closure {
	b := in.act.scope.lookup(name)
	if b == nil || b.all == nil {
		return nil
	}
	return b.all.funcs
}

// tellsSockets is the first call in statements whose name says that it closes
// connections, or publishes; one level of named functions is followed.
func tellsSockets(f *ir.File, body []ir.Stmt, calls func(string) []*closure) string {
	found := ""
	ir.InspectStmts(body, func(n ir.Node) bool {
		c, ok := n.(*ir.Call)
		if !ok || found != "" {
			return found == ""
		}
		text := f.Text(c.Fn.At())
		if carriesRevocation(text, f.Text(c.Pos)) {
			found = lastName(text)
			return false
		}
		if name, ok := c.Fn.(*ir.Name); ok && calls != nil {
			for _, g := range calls(name.Name) {
				if s := tellsSockets(g.file, g.fn.Body, nil); s != "" {
					found = name.Name
				}
			}
		}
		return found == ""
	})
	return found
}

// carriesRevocation reports whether a call gets to open connections by what it
// is called: disconnectSockets, closeUserConnections, publish("revoked", …).
func carriesRevocation(callee, call string) bool {
	list := words(lastName(callee))
	if len(list) == 0 {
		return false
	}
	if list[0] == "on" { // the connection is told: on_user_logout
		return setOf("logout revoked revoke ban banned kick disconnect").any(list)
	}
	ends := setOf("disconnect kick terminate evict drop close kill end expel").any(list)
	sockets := setOf("socket sockets ws websocket websockets connection connections clients conns peer peers wss io hub")
	switch {
	case setOf("disconnect kick terminate evict").any(list), slices.Contains(list, "force") && setOf("logout reauth").any(list):
		return true
	case ends && (sockets.any(list) || sockets.any(words(strings.TrimSuffix(callee, lastName(callee))))):
		return true
	case setOf("publish emit broadcast notify dispatch fire").any(list) || list[0] == "send" && setOf("event").any(list):
		return setOf("revoke revoked revocation revocations logout logged disconnect session sessions invalidate invalidated banned ban kicked").any(words(call))
	}
	return false
}
