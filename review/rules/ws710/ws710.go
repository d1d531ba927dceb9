// Package ws710 finds connections that may join any number of rooms, channels
// or topics. It looks at what a message joins; operations and subscriptions at a
// broker that are kept by an id are not in the model.
package ws710

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS710.
var Rule = &rule.Rule{Weakness: catalogue.SubscriptionsUnbounded, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		said := map[branch]bool{}
		for _, ev := range e.Of(model.Join) {
			key := branch{ev.Path, ev.Func, ev.Message}
			if ev.Phase != model.Messages || said[key] || bounded(ev) || replaces(e, ev) {
				continue
			}
			if f := chosen(ev); f != nil && !first(e, ev, f) {
				said[key] = true
				judge(e, ev, f, r)
			}
		}
	}
}

// A branch is where the joins of one type of message are: what they add to is
// one subscription, and one finding.
type branch struct{ path, fn, message string }

// chosen returns the data of a message by which the client chooses what is
// joined, among more names than the program has a list of; or nil.
func chosen(ev *model.Event) *model.Flow {
	for i := range ev.Args {
		if ev.Args[i].Bound {
			return nil // a room of the connection's own identity
		}
	}
	for _, f := range ev.Tainted(model.FromMessage) {
		if f.Type != "enum" && f.Type != "member" && f.Type != "boolean" && !listed(ev, f) {
			return f
		}
	}
	return nil
}

// listed reports whether data is an element of a list where it joins: then
// there are no more to join than the list has.
func listed(ev *model.Event, f *model.Flow) bool {
	return slices.ContainsFunc(ev.Guards, func(g *model.Fact) bool {
		return g.Holds && (g.Kind == model.AllowFact || g.Kind == model.TypeFact && g.Type == "member") &&
			slices.ContainsFunc(g.Flows, func(by *model.Flow) bool { return by.Label == f.Label && by.Field == f.Field })
	})
}

// bounded reports whether the number is asked for before a join, whichever way
// the question is put; whether what may be joined is a matter of rights, which
// are as many as were granted; or whether a connection joins once.
func bounded(ev *model.Event) bool {
	if ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact) {
		return true
	}
	return slices.ContainsFunc(ev.Guards, func(g *model.Fact) bool {
		return g.Kind == model.CapacityFact || !g.Holds && g.Kind == model.TypeFact && g.Type == "present" && inRoom(g)
	})
}

// inRoom reports whether a condition asks what a connection has joined already.
func inRoom(g *model.Fact) bool {
	return rule.Mentions(rule.LastName(g.Text), "room", "channel", "topic", "group", "game", "lobby", "session", "document", "doc", "joined", "subscribed", "subscription")
}

// replaces reports whether the code that joins also leaves: a room takes the
// place of the one before.
func replaces(e *model.Endpoint, join *model.Event) bool {
	return slices.ContainsFunc(e.Of(model.Leave, model.Count), func(ev *model.Event) bool {
		return (ev.Kind == model.Leave || ev.Op == "drop") && ev.Phase == model.Messages &&
			ev.Path == join.Path && ev.Func == join.Func && ev.Message == join.Message
	})
}

// first reports whether only the first message of a connection joins: those
// behind it are read elsewhere.
func first(e *model.Endpoint, join *model.Event, f *model.Flow) bool {
	at := f.Source
	return slices.ContainsFunc(e.Of(model.Receive), func(ev *model.Event) bool {
		return ev.Path == at.Path && ev.Func == join.Func && at.Line < join.Line && ev.Line > join.Line
	})
}

func judge(e *model.Endpoint, ev *model.Event, f *model.Flow, r *rule.Reporter) {
	at := rule.DataEntry(ev, f)
	out := rule.Finding{
		At: at, Related: rule.Deeper(ev, at), Endpoint: e, Flow: f, Anchor: "subscriptions " + ev.Callee,
		Severity: catalogue.Low, Confidence: min(rule.Absence(ev), report.MediumConfidence),
		Message: fmt.Sprintf("Each name in %s is one more that the connection joins (%s), and nothing counts them: one client may hold as many as it can think of, each with memory of the server.", rule.Source(f), ev.Callee),
		Fix:     "keep what the connection has joined with it, refuse more than an honest client needs, and leave all of it when it closes",
	}
	if open := rule.Anonymous(e); open != nil && ev.Doubt == "" && !ev.Guarded(rule.Identities...) {
		out.Severity = catalogue.Medium
		out.Related = append(out.Related, model.Step{Place: open.Place, Message: "anybody is served here"})
	}
	if ev.Op == "own" && !makes(e, f) {
		out.Severity, out.Confidence = catalogue.Low, report.LowConfidence
	}
	r.Report(out)
}

// makes reports whether clients can make what they join: otherwise there may be
// no more of it than the program, or who runs it, has made.
func makes(e *model.Endpoint, f *model.Flow) bool {
	return slices.ContainsFunc(e.Of(model.Make), func(ev *model.Event) bool {
		return slices.ContainsFunc(ev.Tainted(model.FromMessage), func(by *model.Flow) bool { return by.Field == f.Field })
	})
}
