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
		if e.Limits.Idle.State != report.Absent || e.Limits.Lifetime.State == report.Present || clocked(e) || rule.Elsewhere(p, e, func(l *model.Limits) *model.Limit { return &l.Idle }) {
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

// clocked reports whether a clock closes connections, or sends a message that by
// its name is a heartbeat: one of the program's own, by which a dead peer is
// found in the end.
func clocked(e *model.Endpoint) bool {
	for _, ev := range e.Of(model.Send, model.Broadcast, model.Refuse) {
		if ev.Timed && (ev.Kind == model.Refuse || beats(ev)) {
			return true
		}
	}
	return false
}

// beats reports whether a message that is sent is there to be answered.
func beats(ev *model.Event) bool {
	if rule.Mentions(ev.Func, beat...) {
		return true
	}
	for i := range ev.Args {
		if rule.Mentions(ev.Args[i].Shape, beat...) || rule.Mentions(ev.Args[i].Const, beat...) {
			return true
		}
	}
	return false
}

var beat = []string{"ping", "heartbeat", "keepalive", "alive", "hb", "heart"}
