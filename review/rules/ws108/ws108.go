// Package ws108 finds servers that select whatever sub-protocol the client
// offers.
package ws108

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS108.
var Rule = &rule.Rule{Weakness: catalogue.SubprotocolUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		for _, ev := range rule.Near(p, e, model.Choose) {
			if ev.Op == "echo" && !ev.Guarded(model.SubprotoFact, model.AllowFact) {
				r.Report(rule.Finding{
					At: ev.Place, Endpoint: e, Anchor: "subprotocol",
					Message: "The sub-protocol is taken from the client's offer as it came: the client names the protocol that the server claims to speak, and a token that travels in this header comes back in the answer.",
					Fix:     "select from a fixed list of the names that the server speaks, and select none otherwise",
				})
				break
			}
		}
	}
}
