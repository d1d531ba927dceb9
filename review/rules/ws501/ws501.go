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
	for _, ev := range p.Events {
		if ev.Kind != model.Broadcast {
			continue
		}
		for _, f := range ev.Tainted(model.FromMessage) {
			if f.Closes("broadcast") || harmless(f.Type) {
				continue
			}
			out := rule.Finding{
				At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field,
				Message: fmt.Sprintf("%s is relayed to the other clients as it came: markup in it runs in every page that renders it (stored XSS).", rule.Source(f)),
				Fix:     "validate the message against a schema, relay only its known fields, and escape text that pages may render",
			}
			if f.Type != "" {
				out.Severity, out.Confidence = catalogue.Medium, report.MediumConfidence
			}
			r.Report(out)
			break
		}
	}
}

// harmless reports whether data of this type holds no markup.
func harmless(typ string) bool {
	switch typ {
	case "number", "integer", "boolean", "uuid", "enum":
		return true
	}
	return false
}
