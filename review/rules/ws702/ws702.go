// Package ws702 finds endpoints that take as many messages as a client can send.
package ws702

import (
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS702.
var Rule = &rule.Rule{Weakness: catalogue.MessageRate, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		if ev := guess(e); ev != nil {
			guessed(e, ev, r)
		} else if receives := e.Of(model.Receive); len(receives) > 0 && !e.Has(model.RateFact) {
			uncounted(e, receives[0], r)
		}
	}
}

// guess returns an authentication by message that judges what can be guessed,
// and whose attempts nothing counts; nil without.
func guess(e *model.Endpoint) *model.Event {
	for _, ev := range e.Of(model.Login) {
		counted := rule.Counted(ev) || slices.ContainsFunc(e.Facts, func(f *model.Fact) bool {
			return f.Kind == model.RateFact && f.Path == ev.Path && f.Func == ev.Func
		})
		if ev.Phase == model.Messages && rule.Guesses(ev) && !counted && !known(ev) {
			return ev
		}
	}
	return nil
}

// uncounted reports an endpoint that counts no messages.
func uncounted(e *model.Endpoint, at *model.Event, r *rule.Reporter) {
	f := rule.Finding{
		At: at.Place, Endpoint: e, Anchor: "message rate", Confidence: report.MediumConfidence,
		Message: "Nothing counts the messages of a connection: one client may send as many as its line carries.",
		Fix:     "take a token from a bucket of the connection, and one of the user, before the message is parsed; close who goes on",
	}
	costs := rule.Amplified(e)
	switch {
	case costs == nil:
		f.Severity, f.Confidence = catalogue.Low, report.LowConfidence
	case rule.Anonymous(e) != nil:
	default: // who is signed in can be held to account
		f.Severity = catalogue.Low
	}
	if costs != nil {
		f.Message = "Nothing counts the messages of a connection, and each one " + rule.Does(costs) + ": one client may send as many as its line carries."
		f.Related = []model.Step{{Place: costs.Place, Message: "what each message costs"}}
	}
	r.Report(f)
}

// guessed reports an authentication by message that may be tried without end,
// though something else is counted.
func guessed(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	at := ev.Place
	if flows := ev.Tainted(model.FromMessage); len(flows) > 0 {
		at = rule.DataEntry(ev, flows[0])
	}
	r.Report(rule.Finding{
		At: at, Endpoint: e, Anchor: "login rate", Confidence: report.MediumConfidence, Related: rule.Deeper(ev, at),
		Message: ev.Callee + " judges a password of a message, and nothing counts the attempts: one socket tries them as fast as they are answered, past any limit on HTTP requests.",
		Fix:     "count the attempts by address and by account before the password is judged, with the same limiter as the HTTP login",
	})
}

// known reports whether who asks is signed in already.
func known(ev *model.Event) bool {
	g := ev.Guard(rule.Identities...)
	return g != nil && !g.Guessed
}
