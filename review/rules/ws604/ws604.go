// Package ws604 finds clients that take messages of the server on trust.
package ws604

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS604.
var Rule = &rule.Rule{Weakness: catalogue.ClientUnvalidated, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	type handler struct{ path, name string }
	seen := map[handler]bool{}
	for _, ev := range p.Events {
		if ev.InTry || ev.Endpoint != nil && ev.Endpoint.Role != "client" || ev.Guarded(model.SchemaFact) {
			continue
		}
		f := raises(ev)
		if f == nil {
			continue
		}
		if h := (handler{ev.Path, ev.Func}); h.name != "" && seen[h] {
			continue
		} else {
			seen[h] = true
		}
		r.Report(rule.Finding{
			At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Confidence: sure(ev), Anchor: ev.Callee + " unguarded",
			Message: fmt.Sprintf("%s throws on a message that isn't as expected, and nothing catches it: one such message ends the handler, in every client that gets it.", ev.Callee),
			Fix:     "parse in one function that returns a validated message or nothing, and never throws",
		})
	}
}

// sure is lower where the message itself was parsed with care.
func sure(ev *model.Event) report.Confidence {
	if ev.Kind == model.Use {
		return report.LowConfidence
	}
	return report.HighConfidence
}

// raises returns the data of the server that an event may throw at, or nil.
func raises(ev *model.Event) *model.Flow {
	switch {
	case ev.Kind == model.Parse && ev.Op == "json" && ev.Throws:
	case ev.Kind == model.Use && ev.Op == "call":
	default:
		return nil
	}
	for _, f := range ev.Tainted(model.FromPush) {
		return f
	}
	return nil
}
