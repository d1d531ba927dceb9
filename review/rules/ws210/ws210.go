// Package ws210 finds secrets that are compared in variable time.
package ws210

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS210.
var Rule = &rule.Rule{Weakness: catalogue.CredentialTiming, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		for _, ev := range rule.Near(p, e, model.Compare) {
			if ev.Op != "plain" {
				continue
			}
			f := rule.Finding{
				At: ev.Place, Endpoint: e, Anchor: ev.Callee,
				Message: fmt.Sprintf("%s compares a secret with what the client sent and stops at the first byte that differs: how long the refusal takes tells how much of a guess was right.", ev.Callee),
				Fix:     "hash both sides and compare the digests in constant time (timingSafeEqual, hmac.compare_digest, subtle.ConstantTimeCompare)",
			}
			if len(ev.Args) < 2 || len(ev.Args[1].From(model.FromSecret)) == 0 {
				f.Confidence = report.MediumConfidence
			}
			r.Report(f)
		}
	}
}
