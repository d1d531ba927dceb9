// Package ws605 finds clients that reconnect in step with all others, or without
// a pause.
package ws605

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS605.
var Rule = &rule.Rule{Weakness: catalogue.ReconnectStorm, Check: check}

const fix = "wait Math.random() times a ceiling that doubles with each attempt up to a minute, and stop on codes that are final (1008, 4003)"

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Clients(p) {
		switch retry, again := waits(p, e), reconnects(e); {
		case retry != nil:
			waiting(e, retry, r)
		case again != nil:
			found(e, again.Place, 0, "The client reconnects as soon as the connection has closed, for ever: a server that restarts is asked by all of its clients at once, again and again.", r)
		}
	}
}

// waits returns the pause that a client makes before it connects again, or nil.
func waits(p *model.Program, e *model.Endpoint) *model.Event {
	var out *model.Event
	for _, ev := range e.Of(model.Schedule) {
		if ev.Op == "retry" || ev.Op == "once" && ev.Phase == model.Closing && returns(p) {
			out = ev
		}
	}
	return out
}

// returns reports whether the end of a connection brings another one about: a
// pause at the end of one may as well be there for something else.
func returns(p *model.Program) bool {
	return slices.ContainsFunc(p.Events, func(ev *model.Event) bool {
		return ev.Kind == model.Connect && ev.Phase == model.Closing
	})
}

// reconnects returns a connection that the end of another one brings about.
func reconnects(e *model.Endpoint) *model.Event {
	for _, ev := range e.Of(model.Connect) {
		if ev.Phase == model.Closing && !ev.Timed {
			return ev
		}
	}
	return nil
}

func waiting(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	delay := delayOf(ev)
	switch {
	case delay == nil:
		found(e, ev.Place, 0, "The client connects again and again without a pause: a server that is down is asked by all of its clients as fast as they can.", r)
	case len(delay.From(model.FromRandom)) > 0:
	case delay.IsConst:
		found(e, ev.Place, 0, fmt.Sprintf("The client reconnects after the same pause each time (%s): all clients of a server that restarts come back together, and go on doing so.", delay.Const), r)
	default:
		found(e, ev.Place, report.MediumConfidence, "The pause before the client reconnects has nothing random in it: clients that lost their server together come back together.", r)
	}
}

// delayOf is the time that a pause lasts; nil where there is none.
func delayOf(ev *model.Event) *model.Value {
	i := 0
	if ev.Op == "once" { // setTimeout(f, delay)
		i = 1
	}
	if i < len(ev.Args) {
		return &ev.Args[i]
	}
	return nil
}

func found(e *model.Endpoint, at model.Place, sure report.Confidence, message string, r *rule.Reporter) {
	r.Report(rule.Finding{At: at, Endpoint: e, Confidence: sure, Anchor: "reconnect", Message: message, Fix: fix})
}
