package rule

import (
	"path"
	"slices"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// Anonymous returns the first thing that an endpoint does for a client of whom
// it isn't asked who it is: a message that is read before any check, or nil
// where a check comes first or may hide in code that isn't in view.
func Anonymous(e *model.Endpoint) *model.Event {
	if e.Hidden || e.HiddenAuth != "" || e.HiddenHandshake {
		return nil
	}
	for _, f := range e.Facts {
		if f.Phase == model.Handshake && slices.Contains(Identities, f.Kind) {
			return nil
		}
	}
	for _, ev := range e.Of(model.Receive) {
		if !ev.Guarded(Identities...) && !ev.Guarded(model.AddressFact) {
			return ev
		}
	}
	return nil
}

// Resources are the endpoints whose use of memory, time and places may be
// judged: those that accept connections in view, and are no library's.
func Resources(p *model.Program) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range Servers(p) {
		if !e.Partial && !e.Library && (len(e.Of(model.Accept)) > 0 || len(e.Of(model.Receive)) > 0) {
			out = append(out, e)
		}
	}
	return out
}

// Constructor is where a missing bound on the connections of an endpoint
// belongs: the server's constructor, or the call that accepts one connection.
func Constructor(e *model.Endpoint) model.Place {
	if e.Line > 0 {
		return e.Place
	}
	return Accepting(e)
}

// Amplified returns what a client's message makes the server do besides reading
// it: send to many, act on stored things, reach an interpreter. It is what a
// flood of messages is worth; nil without.
func Amplified(e *model.Endpoint) *model.Event {
	for _, ev := range e.Events {
		if ev.Phase != model.Messages {
			continue
		}
		switch ev.Kind {
		case model.Broadcast:
			return ev
		case model.Operation:
			if _, own := Act(ev); !own && len(ev.Tainted(model.FromMessage)) > 0 {
				return ev
			}
		case model.Sink:
			if ev.Op != model.LogSink && len(ev.Tainted(model.FromMessage)) > 0 {
				return ev
			}
		}
	}
	return nil
}

// Guesses reports whether an authentication judges a secret that can be guessed
// by trying: a password, a PIN, a code.
func Guesses(ev *model.Event) bool {
	for _, f := range ev.Tainted(model.FromMessage) {
		if Mentions(f.Field, "old", "current", "previous") {
			return false // of who is signed in already
		}
		if Mentions(f.Field, "password", "passwd", "pin", "passcode", "otp", "code") {
			return true
		}
	}
	return ev.Op == model.Password && len(ev.Tainted(model.FromMessage)) > 0
}

// Does says in words what Amplified returned.
func Does(ev *model.Event) string {
	switch ev.Kind {
	case model.Broadcast:
		return "is sent to others by " + ev.Callee
	case model.Operation:
		return "makes " + ev.Callee + " act on stored data"
	}
	return "reaches " + ev.Callee
}

// ByDefault reports whether a limit is one that the framework sets by itself.
func ByDefault(l *model.Limit) bool { return l.State == report.Default && l.Text != "" }

// Elsewhere reports whether a limit is set on connections of the same framework
// in a function of the same folder whose callers aren't in view: it may well be
// set on those of the endpoint.
func Elsewhere(p *model.Program, e *model.Endpoint, limit func(*model.Limits) *model.Limit) bool {
	for _, other := range p.Endpoints {
		if other.Partial && other.Framework == e.Framework && path.Dir(other.Path) == path.Dir(e.Path) && limit(&other.Limits).State == report.Present {
			return true
		}
	}
	return false
}

// Counted reports whether a rate was asked for on the way to an event, whichever
// way the question was put.
func Counted(ev *model.Event) bool {
	return slices.ContainsFunc(ev.Guards, func(f *model.Fact) bool { return f.Kind == model.RateFact })
}
