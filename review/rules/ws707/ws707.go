// Package ws707 finds control frames that the program answers itself, as often
// as they come.
package ws707

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS707.
var Rule = &rule.Rule{Weakness: catalogue.ControlFlood, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		var worst *model.Event
		for _, ev := range e.Events {
			if ev.Phase != model.Control || rule.Counted(ev) || weigh(ev) == 0 {
				continue
			}
			if worst == nil || weigh(ev) > weigh(worst) {
				worst = ev
			}
		}
		if worst != nil {
			found(e, worst, r)
		}
	}
}

// weigh is how grave it is that an event happens for each control frame; 0 for
// what costs nothing.
func weigh(ev *model.Event) catalogue.Severity {
	switch ev.Kind {
	case model.Operation:
		if _, own := rule.Act(ev); own {
			return 0
		}
		return catalogue.Medium
	case model.Broadcast:
		return catalogue.Medium
	case model.Send:
		return catalogue.Low
	}
	return 0
}

func found(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	at := ev.Place
	for _, l := range e.Of(model.Listen) {
		if l.Op == "control" && l.Path == ev.Path && l.Line <= ev.Line {
			at = l.Place
		}
	}
	f := rule.Finding{
		At: at, Endpoint: e, Severity: weigh(ev), Confidence: report.MediumConfidence, Anchor: "control " + ev.Callee, Related: rule.Deeper(ev, at),
		Message: fmt.Sprintf("Each ping or pong frame of a client makes the server call %s, and nothing counts them: limits on messages don't see control frames.", ev.Callee),
		Fix:     "count control frames with the messages, and end the connection above some in a minute",
	}
	if ev.Kind == model.Send {
		f.Message = fmt.Sprintf("%s answers each ping beside, or instead of, the library, which may bound its own answers: nothing counts them.", ev.Callee)
		f.Fix = "leave pings to the library, or count them and end the connection above some in a minute"
	}
	r.Report(f)
}
