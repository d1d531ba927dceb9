// Package ws503 finds texts of exceptions that are sent to the peer.
package ws503

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS503.
var Rule = &rule.Rule{Weakness: catalogue.ErrorDetail, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		switch ev.Kind {
		case model.Send, model.Broadcast, model.Refuse:
			if rule.Served(ev) {
				tells(ev, r)
			}
		}
	}
}

func tells(ev *model.Event, r *rule.Reporter) {
	if flows := ev.Tainted(model.FromStack, model.FromError); len(flows) > 0 {
		f := flows[0]
		at := rule.DataEntry(ev, f)
		out := rule.Finding{
			At: at, Endpoint: ev.Endpoint, Flow: f, Confidence: report.MediumConfidence, Related: rule.Deeper(ev, at), Anchor: ev.Callee + " error",
			Message: fmt.Sprintf("%s sends the text of an exception to the client: it names tables, files and addresses, and confirms an injection.", ev.Callee),
			Fix:     "send a fixed text with an identifier, and log the exception under it",
		}
		if f.Label == model.FromStack {
			out.Severity, out.Confidence = catalogue.Medium, report.HighConfidence
			out.Message = fmt.Sprintf("%s sends a stack trace to the client: it shows paths, libraries and the way through the code.", ev.Callee)
		}
		r.Report(out)
	}
}
