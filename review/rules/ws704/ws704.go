// Package ws704 finds endpoints on which dead and silent peers stay.
package ws704

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS704.
var Rule = &rule.Rule{Weakness: catalogue.IdleUnbounded, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		if e.Limits.Idle.State != report.Absent || e.Limits.Lifetime.State == report.Present || clocked(e) {
			continue
		}
		f := rule.Finding{
			At: rule.Accepting(e), Endpoint: e, Anchor: "idle", Severity: catalogue.Low, Confidence: report.LowConfidence,
			Message: "No ping, idle timeout or read deadline ends a connection: peers that are gone, or silent on purpose, keep their place and all that hangs on it.",
			Fix:     "ping every 30 seconds, and end the connection when no pong came by the next",
		}
		if kept := e.Of(model.Broadcast); len(kept) > 0 && rule.Anonymous(e) != nil {
			f.Severity = catalogue.Medium
			f.Related = []model.Step{{Place: kept[0].Place, Message: "they are sent to here as long as they stay"}}
		}
		r.Report(f)
	}
}

// clocked reports whether a clock sends something or closes connections: a
// heartbeat of the program's own, by which a dead peer is found in the end.
func clocked(e *model.Endpoint) bool {
	for _, ev := range e.Of(model.Send, model.Broadcast, model.Refuse) {
		if ev.Timed {
			return true
		}
	}
	return false
}
