// Package ws703 finds endpoints that accept any number of connections of one
// client.
package ws703

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS703.
var Rule = &rule.Rule{Weakness: catalogue.ConnectionCount, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		if e.Has(model.CountFact) || e.HiddenHandshake || counted(p, e) {
			continue
		}
		f := rule.Finding{
			At: rule.Constructor(e), Endpoint: e, Anchor: "connection count", Severity: catalogue.Low, Confidence: report.LowConfidence,
			Message: "Nothing counts the connections of a client: one machine may open sockets until the server has none left for others.",
			Fix:     "count by address (IPv6 by /64) and by user when the handshake comes, refuse with 429, and give the place back when the socket closes",
		}
		if ev := rule.Anonymous(e); ev != nil {
			f.Severity = catalogue.Medium
			f.Related = []model.Step{{Place: ev.Place, Message: "anybody is served here"}}
		}
		r.Report(f)
	}
}

// counted reports whether a counter goes up when a connection comes.
func counted(p *model.Program, e *model.Endpoint) bool {
	for _, ev := range rule.Near(p, e, model.Count) {
		if ev.Op == "up" && ev.Phase != model.Messages && ev.Phase != model.Control {
			return true
		}
	}
	return false
}
