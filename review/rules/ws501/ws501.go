// Package ws501 finds messages of one client that are relayed to others as they
// came.
package ws501

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS501.
var Rule = &rule.Rule{Weakness: catalogue.BroadcastRaw, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	seen := map[datum]bool{}
	for _, ev := range p.Events {
		if ev.Kind != model.Broadcast || !rule.Served(ev) || ev.Timed {
			continue
		}
		f := worst(ev)
		if f == nil {
			continue
		}
		// What is stored once and told at every turn is one defect.
		key := datum{ev.Endpoint, f.Source.Span, f.Field}
		if seen[key] {
			continue
		}
		seen[key] = true
		relay(ev, f, r)
	}
}

// A datum is one piece of one kind of message.
type datum struct {
	endpoint *model.Endpoint
	source   report.Span
	field    string
}

// worst is the gravest of the data that an event relays, or nil.
func worst(ev *model.Event) *model.Flow {
	var worst *model.Flow
	for _, f := range ev.Tainted(model.FromMessage) {
		if f.Closes(model.HTMLSink) || harmless(f.Type) {
			continue
		}
		if worst == nil || graver(f, worst) {
			worst = f
		}
	}
	return worst
}

func relay(ev *model.Event, worst *model.Flow, r *rule.Reporter) {
	at := rule.DataEntry(ev, worst)
	out := rule.Finding{
		At: at, Endpoint: ev.Endpoint, Flow: worst, Related: rule.Deeper(ev, at), Anchor: ev.Callee + " " + worst.Field,
		Message: fmt.Sprintf("%s is relayed to other clients as it came: markup in it runs in every page that renders it (stored XSS).", rule.Source(worst)),
		Fix:     "validate the message against a schema, relay only its known fields, and escape text that pages may render",
	}
	if worst.Whole {
		out.Message = "The whole message of a client is relayed to others as it came: it may pass for any message that only the server should send, and markup in it runs in every page that renders it (stored XSS)."
	}
	switch worst.Type {
	case "":
		switch { // what isn't in view may have made something else of it
		case worst.Loose > 1:
			out.Confidence = report.LowConfidence
		case worst.Loose > 0:
			out.Confidence = report.MediumConfidence
		}
	case "present", "presence", "object", "array":
		out.Confidence = report.MediumConfidence
	default: // a text whose form something has judged
		out.Severity, out.Confidence = catalogue.Low, report.MediumConfidence
	}
	r.Report(out)
}

// graver reports whether f is worse to relay than g: less was checked, or more
// of the message is in it.
func graver(f, g *model.Flow) bool {
	if (f.Type == "") != (g.Type == "") {
		return f.Type == ""
	}
	return f.Whole && !g.Whole
}

// harmless reports whether data of this type holds no markup.
func harmless(typ string) bool {
	switch typ {
	case "number", "integer", "boolean", "uuid", "slug", "enum", "member", "inherited":
		return true
	}
	return false
}
