package rule

import (
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// Identities are the checks behind which somebody is known.
var Identities = []model.FactKind{model.IdentityFact, model.SignatureFact, model.TicketFact, model.SessionFact, model.RoleFact, model.OwnerFact, model.MemberFact}

// Logins returns the authentications of an endpoint: on its connections, in its
// handshakes, and in functions that go on to accept one of them.
func Logins(p *model.Program, e *model.Endpoint) []*model.Event {
	return Near(p, e, model.Login)
}

// Near returns events of a kind that belong to an endpoint: its own, and those
// that come before anybody knows that there will be a connection, in the
// function that accepts it or below.
func Near(p *model.Program, e *model.Endpoint, kind model.EventKind) []*model.Event {
	type function struct{ path, name string }
	around := map[function]bool{}
	upgrades := map[string]bool{}
	for _, a := range e.Of(model.Accept) {
		if a.Func != "" {
			around[function{a.Path, a.Func}] = true
		}
		if a.Phase == model.Handshake {
			upgrades[a.Path] = true
		}
	}
	if e.Func != "" {
		around[function{e.Path, e.Func}] = true
	}
	var out []*model.Event
	for _, ev := range p.Events {
		if ev.Kind != kind {
			continue
		}
		near := ev.Endpoint == e
		if ev.Endpoint == nil && e.Role == report.Server {
			near = around[function{ev.Path, ev.Func}] || ev.Phase == model.Handshake && upgrades[ev.Path] || slices.ContainsFunc(ev.Related, func(at model.Place) bool { return around[function{at.Path, at.Func}] })
		}
		if near {
			out = append(out, ev)
		}
	}
	return out
}

// Authenticates says how an endpoint comes to know who its clients are: the
// authentication, or the check, that decides; nil where there is none.
func Authenticates(p *model.Program, e *model.Endpoint) *model.Place {
	for _, l := range Logins(p, e) {
		if l.Op != model.DecodeToken && !l.Timed {
			return &l.Place
		}
	}
	for _, f := range e.Facts {
		switch f.Kind {
		case model.IdentityFact, model.SignatureFact, model.TicketFact:
			return &f.Place
		}
	}
	for _, ev := range e.Of(model.Accept, model.Receive) {
		if g := ev.Guard(model.IdentityFact, model.SignatureFact, model.TicketFact); g != nil {
			return &g.Place
		}
	}
	return nil
}

// Accepting is where a connection's handler begins: what a missing defence of the
// connection is reported at.
func Accepting(e *model.Endpoint) model.Place {
	accepts := e.Of(model.Accept)
	for _, op := range []string{"handler", "call"} {
		for _, ev := range accepts {
			if ev.Op == op {
				return ev.Place
			}
		}
	}
	return e.Place
}

// known reports whether a connection is authenticated before its first message.
func known(p *model.Program, e *model.Endpoint) bool {
	return slices.ContainsFunc(Logins(p, e), func(l *model.Event) bool {
		return l.Op != model.DecodeToken && !l.Timed && l.Phase != model.Messages && l.Phase != model.Closing
	})
}

// aboutSession reports whether an end of a session is among the reasons.
func aboutSession(ev *model.Event) bool {
	return slices.ContainsFunc(ev.Guards, func(g *model.Fact) bool { return g.Kind == model.SessionFact })
}

// atExpiry reports whether a timer is set to when a credential expires.
func atExpiry(ev *model.Event) bool {
	return slices.ContainsFunc(ev.Tainted(model.FromIdentity), func(f *model.Flow) bool {
		name := strings.ToLower(f.Field[strings.LastIndexByte(f.Field, '.')+1:])
		return strings.HasPrefix(name, "exp") || strings.Contains(name, "expir")
	})
}

// Rechecks returns a check that looks at a connection's session again while it
// is open, by a clock or by each message; nil where there is none.
func Rechecks(p *model.Program, e *model.Endpoint) *model.Event {
	var byMessage *model.Event
	early := known(p, e)
	for _, ev := range p.Events {
		if ev.Endpoint != e && !(ev.Endpoint == nil && ev.Timed && path.Dir(ev.Path) == path.Dir(e.Path)) {
			continue
		}
		switch ev.Kind {
		case model.Login:
			switch {
			case ev.Timed && ev.Op != model.DecodeToken:
				return ev
			case ev.Phase != model.Messages:
			case ev.Op == model.CheckSession && ev.Guarded(model.IdentityFact, model.SignatureFact, model.TicketFact),
				early && ev.Message == "" && (ev.Op == model.CheckSession || ev.Op == model.VerifyToken || ev.Op == model.CustomAuth):
				byMessage = ev
			}
		case model.Refuse:
			// A deadline for the first message is no second look.
			if ev.Timed && ev.Endpoint == e && (aboutSession(ev) || ev.Op == "auth" && ev.Phase == model.Timer) {
				return ev
			}
		case model.Schedule:
			if ev.Endpoint == e && ev.Op == "once" && atExpiry(ev) {
				return ev
			}
		}
	}
	return byMessage
}

// Cut returns what closes the connections of a user when a session of theirs
// ends: a revocation that reaches them, or a close of all of a room that happens
// outside of connections; nil where there is none.
func Cut(p *model.Program, e *model.Endpoint) *model.Event {
	for _, ev := range p.Events {
		switch {
		case path.Ext(ev.Path) != path.Ext(e.Path):
		case ev.Kind == model.Revoke && ev.Reaches != "" && (ev.Endpoint == e || ev.Endpoint == nil):
			return ev
		case ev.Kind == model.Refuse && ev.Endpoint == e && ev.Phase == model.Elsewhere && !Ending(ev.Func) && Mentions(LastName(ev.Callee), "sockets", "connections", "clients"):
			return ev
		}
	}
	return nil
}

// Ending reports whether a function's name says that the server goes down.
func Ending(name string) bool {
	name = strings.ToLower(name)
	for _, w := range []string{"shutdown", "stop", "destroy", "dispose", "cleanup", "teardown", "close", "exit", "drain", "heartbeat", "prune", "reap"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
