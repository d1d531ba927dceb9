package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

func foldName(name string) string { return strings.ToLower(name) }

// emit keeps an event at a place, with what holds there.
func (in *interp) emit(ev *model.Event, at ir.Node, args ...*value) {
	in.emitFor(in.env.endpoint, ev, at, args...)
}

func (in *interp) emitFor(ep *endpoint, ev *model.Event, at ir.Node, args ...*value) {
	if !in.out.record {
		return
	}
	if ev.Path == "" {
		ev.Place = in.placeOf(at, ep)
	}
	ev.Phase = in.env.phase
	ev.Message, ev.Among, ev.Except = in.env.message, in.env.among, in.env.except
	ev.InTry = in.env.inTry > 0
	ev.Repeat = in.env.repeat
	ev.Timed = in.env.timer || ev.Phase == model.Timer
	ev.Detached = in.env.detached
	ev.Always = in.env.always
	if ev.Doubt == "" {
		ev.Doubt = in.env.doubt
	}
	ev.Guards = append([]*model.Fact(nil), in.guards...)
	for _, a := range args {
		ev.Args = append(ev.Args, in.exportValue(a, ev.Guards))
	}
	for c := in.env.calls; c != nil && len(ev.Related) < 8; c = c.above {
		ev.Related = append(ev.Related, c.place)
	}
	in.out.add(ep, ev)
}

// placeOf is a place in the current file. A node of another file (an option
// that was written elsewhere) is placed there.
func (in *interp) placeOf(at ir.Node, ep *endpoint) model.Place {
	if p, ok := at.(*ir.Prop); ok {
		return in.place(p.Pos)
	}
	return in.place(at.At())
}

// entry is the call through which data goes from the function that read it to
// where we are; nil where that is the same function, or none on the way here. Of
// a function that only hands messages to handlers by their type it is the call
// in the handler.
func (in *interp) entry(f *flow) *model.Place {
	if f.fn == nil {
		return nil
	}
	var below *model.Place
	for a := in.act; a != nil && a.fn != f.fn; a = a.caller {
		if a.caller != nil && a.caller.fn == f.fn {
			if below != nil && a.site != nil && a.message != a.caller.message {
				return below
			}
			return a.site
		}
		if a.site != nil {
			below = a.site
		}
	}
	return nil
}

// refine applies the checks in force to a flow: what was compared with a list
// is one of its elements.
func refine(f *model.Flow, guards []*model.Fact) *model.Flow {
	for _, g := range guards {
		if !g.Holds || g.Type == "" {
			continue
		}
		for _, j := range g.Flows {
			if j.Label != f.Label || j.Source.Span != f.Source.Span {
				continue
			}
			if t := g.Types[strings.TrimPrefix(strings.TrimPrefix(f.Field, j.Field), ".")]; t != "" && strings.HasPrefix(f.Field, j.Field) && stronger(t, f.Type) {
				c := *f
				c.Type = t
				f = &c
			}
			covers := j.Field == f.Field || g.Kind == model.SchemaFact && (j.Field == "" || strings.HasPrefix(f.Field, j.Field+"."))
			if covers && stronger(g.Type, f.Type) {
				c := *f
				c.Type = g.Type
				f = &c
			}
		}
	}
	return f
}

// strength orders the types that a check pins data to.
var strength = map[string]int{"": 0, "present": 1, "presence": 1, "any": 2, "object": 2, "string": 3, "pattern": 4, "slug": 6, "array": 3, "number": 5, "integer": 6, "boolean": 6, "uuid": 6, "member": 6, "inherited": 6, "enum": 7}

func stronger(a, b string) bool { return strength[a] > strength[b] }

// accept notes that a handshake is completed.
func (in *interp) accept(at ir.Node) {
	if in.env.endpoint == nil {
		return
	}
	in.env.endpoint.entered = true
	in.out.upgrades(in)
	in.emit(&model.Event{Kind: model.Accept, Op: "call"}, at)
	if in.env.phase == model.Handshake || in.env.phase == model.Elsewhere {
		in.env.phase = model.Connection
	}
}

// receive notes that a message arrives, as a whole or as a reader.
func (in *interp) receive(at ir.Node, streams bool) {
	op := ""
	if streams && in.unread == at {
		op = model.Unread
	}
	in.arrives(&model.Event{Kind: model.Receive, Op: op}, at)
}

func (in *interp) receiveAt(at ir.Node, place model.Place) {
	in.arrives(&model.Event{Kind: model.Receive, Place: place}, at)
}

func (in *interp) arrives(ev *model.Event, at ir.Node) {
	if in.env.endpoint == nil {
		return
	}
	in.emit(ev, at)
	if in.env.phase != model.Timer {
		in.env.phase = model.Messages
	}
}

// read notes that something of the handshake is read: a cookie authenticates
// the browser without its page's doing.
func (in *interp) read(label model.Label, at ir.Node) {
	ep := in.env.endpoint
	if ep == nil {
		in.readBefore(label, at)
		return
	}
	if in.env.phase == model.Elsewhere && at == nil {
		return
	}
	if label == model.FromCookie && ep.Ambient.Cookie == nil {
		p := model.Place{}
		if at != nil {
			p = in.place(at.At())
		} else {
			p = ep.Place
		}
		ep.Ambient.Cookie = &p
	}
}

// refused notes that a connection is closed or its handshake refused. The
// checks in force, that don't hold, are why.
func (in *interp) refused(p ir.Pos, how string, args ...*value) {
	if in.env.endpoint == nil {
		return
	}
	in.emit(&model.Event{Kind: model.Refuse, Op: reason(in.guards), Callee: how}, &ir.Unknown{Pos: p}, args...)
	in.ends(p)
}

// refuses notes an exception in a place where it refuses a handshake.
func (in *interp) refuses(how string, p ir.Pos) {
	if in.env.phase == model.Handshake || in.env.endpoint != nil && in.env.phase == model.Connection {
		in.refused(p, how)
	}
}

// reason says why a connection is refused where the checks stand as they do.
func reason(guards []*model.Fact) string {
	for i := len(guards) - 1; i >= 0; i-- {
		g := guards[i]
		if g.Holds && g.Kind != model.SessionFact && g.Kind != model.RateFact && g.Kind != model.CountFact && g.Kind != model.UnresolvedFact {
			continue
		}
		switch g.Kind {
		case model.OriginFact:
			return "origin"
		case model.HostFact:
			return "host"
		case model.IdentityFact, model.SignatureFact, model.TicketFact:
			return "auth"
		case model.RoleFact, model.OwnerFact, model.MemberFact:
			return "permission"
		case model.SessionFact:
			return "session"
		case model.RateFact, model.CountFact:
			return "rate"
		case model.SchemaFact, model.TypeFact, model.AllowFact, model.SizeFact:
			return "schema"
		}
	}
	return "other"
}
