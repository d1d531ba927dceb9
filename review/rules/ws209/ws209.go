// Package ws209 finds connections that may live for ever.
package ws209

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS209.
var Rule = &rule.Rule{Weakness: catalogue.LifetimeUnbounded, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if e.Partial || e.Library || e.Limits.Lifetime.State != report.Absent || rule.Authenticates(p, e) == nil || len(e.Of(model.Accept)) == 0 {
			continue
		}
		f := rule.Finding{
			At: rule.Accepting(e), Endpoint: e, Anchor: "lifetime",
			Message: "Nothing but the client ends the connection: it may be open for weeks, with the identity and the permissions of its first day.",
			Fix:     "close it after some hours by a timer that is set when it comes; the client reconnects with a fresh credential",
		}
		if rule.Rechecks(p, e) == nil {
			// That nobody looks again says the same, and weighs more.
			f.Confidence = report.LowConfidence
		} else {
			f.Confidence = report.MediumConfidence
		}
		r.Report(f)
	}
}
