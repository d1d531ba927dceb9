// Package ws502 finds data that goes to every open connection, those of which
// nobody knows whose they are included.
package ws502

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS502.
var Rule = &rule.Rule{Weakness: catalogue.BroadcastUnscoped, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if e.Library || rule.Anonymous(e) == nil {
			continue
		}
		knows := identifies(p, e)
		for _, ev := range e.Of(model.Broadcast) {
			if ev.Op == "all" && !ev.Timed && !ev.Guarded(rule.Identities...) {
				unscoped(ev, knows, r)
			}
		}
	}
}

// identifies returns where an endpoint finds out who some of its clients are,
// or nil where all of them are anybody.
func identifies(p *model.Program, e *model.Endpoint) *model.Place {
	for _, l := range rule.Logins(p, e) {
		if l.Op != model.DecodeToken && l.Op != model.CustomAuth {
			return &l.Place
		}
	}
	for _, ev := range e.Of(model.Extract) {
		return &ev.Place
	}
	return nil
}

// private are the labels of data that isn't everybody's.
var private = []model.Label{model.FromRecord, model.FromMessage, model.FromIdentity}

func unscoped(ev *model.Event, knows *model.Place, r *rule.Reporter) {
	flows := ev.Tainted(private...)
	if len(flows) == 0 {
		return
	}
	f := flows[0]
	at := rule.DataEntry(ev, f)
	out := rule.Finding{
		At: at, Endpoint: ev.Endpoint, Flow: f, Related: rule.Deeper(ev, at), Anchor: ev.Callee,
		Message: fmt.Sprintf("%s goes to every open connection, and nothing asks whose it is: who opens a socket and never signs in receives it too.", rule.Source(f)),
		Fix:     "keep the connections that have authenticated, or the members of the room, in a collection of their own, and send to those",
	}
	switch {
	case knows == nil: // it may be meant for everybody, as nobody signs in
		out.Confidence = report.LowConfidence
	default:
		out.Confidence = report.MediumConfidence
		out.Related = append(out.Related, model.Step{Place: *knows, Message: "who it is can be known here, and isn't demanded"})
	}
	r.Report(out)
}
