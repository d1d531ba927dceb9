// Package ws706 finds sends whose queue grows as long as the peer reads slowly.
package ws706

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS706.
var Rule = &rule.Rule{Weakness: catalogue.SendUnbounded, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		if e.Has(model.BufferFact) || e.Limits.SendQueue.State == report.Present {
			continue
		}
		ev := queues(e)
		if ev == nil {
			continue
		}
		f := rule.Finding{
			At: ev.Place, Endpoint: e, Anchor: "send queue", Severity: catalogue.Low, Confidence: report.LowConfidence,
			Message: fmt.Sprintf("%s queues what a slow reader doesn't take, without limit: a client that reads nothing makes the server's memory grow with every message that it is sent.", ev.Callee),
			Fix:     "look at what is waiting for the client (bufferedAmount, the length of its queue) before sending, and end the connection above a bound",
		}
		if q := ev.Queue; q != nil && q.Span != ev.Span {
			f.Related = []model.Step{{Place: *q, Message: "waits here"}}
		}
		if ev.Phase == model.Messages && rule.Anonymous(e) != nil {
			f.Severity = catalogue.Medium
		}
		r.Report(f)
	}
}

// queues returns a send to many that waits for nobody, or nil.
func queues(e *model.Endpoint) *model.Event {
	for _, ev := range e.Of(model.Broadcast) {
		switch {
		case ev.Queue != nil || ev.Detached:
			return ev
		case e.Language == "go": // a write waits, and a channel has a length
		case !rule.ByDefault(&e.Limits.SendQueue):
			return ev
		}
	}
	return nil
}
