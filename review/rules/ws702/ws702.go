// Package ws702 finds endpoints that take as many messages as a client can send.
package ws702

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS702.
var Rule = &rule.Rule{Weakness: catalogue.MessageRate, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		receives := e.Of(model.Receive)
		if len(receives) == 0 || e.Has(model.RateFact) {
			continue
		}
		f := rule.Finding{
			At: receives[0].Place, Endpoint: e, Anchor: "message rate",
			Message: "Nothing counts the messages of a connection: one client may send as many as its line carries.",
			Fix:     "take a token from a bucket of the connection, and one of the user, before the message is parsed; close who goes on",
		}
		costs := rule.Amplified(e)
		anonymous := rule.Anonymous(e) != nil
		switch {
		case costs == nil:
			f.Severity, f.Confidence = catalogue.Low, report.LowConfidence
		case costs.Kind == model.Login && guesses(costs):
			f.Confidence = report.MediumConfidence
		case anonymous:
			f.Confidence = report.MediumConfidence
		default: // who is signed in can be held to account
			f.Severity, f.Confidence = catalogue.Low, report.MediumConfidence
		}
		if costs != nil {
			f.Message = "Nothing counts the messages of a connection, and each one " + rule.Does(costs) + ": one client may send as many as its line carries."
			f.Related = []model.Step{{Place: costs.Place, Message: "what each message costs"}}
		}
		r.Report(f)
	}
}

// guesses reports whether an authentication is of a secret that can be guessed.
func guesses(ev *model.Event) bool { return ev.Op == model.Password }
