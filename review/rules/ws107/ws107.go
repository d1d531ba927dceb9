// Package ws107 finds clients that accept any certificate.
package ws107

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS107.
var Rule = &rule.Rule{Weakness: catalogue.TLSUnverified, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Clients(p) {
		for _, ev := range e.Of(model.Option) {
			if ev.Op == "tls-unverified" {
				r.Report(rule.Finding{
					At: ev.Place, Endpoint: e, Anchor: ev.Callee,
					Message: fmt.Sprintf("%s turns off the check of the server's certificate: anyone on the way can answer in its name, read the token of the handshake and send messages of their own.", ev.Callee),
					Fix:     "trust the private authority's certificate (ca, cafile, RootCAs) instead of everybody",
				})
			}
		}
	}
}
