// Package ws404 finds channels, rooms and topics that any connection can join.
package ws404

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS404.
var Rule = &rule.Rule{Weakness: catalogue.SubscribeUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Join || !rule.Served(ev) || ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact) {
			continue
		}
		for _, f := range ev.Tainted(model.FromMessage, model.FromQuery) {
			if f.Type == "enum" {
				continue // one of a fixed list
			}
			bound := false
			for i := range ev.Args {
				bound = bound || ev.Args[i].Bound
			}
			if bound {
				continue // a room of the connection's own identity
			}
			at := rule.DataEntry(ev, f)
			r.Report(rule.Finding{
				At: at, Related: rule.Deeper(ev, at), Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Confidence: rule.Absence(ev),
				Message: fmt.Sprintf("The connection joins what %s names (%s), and nothing checks whether it may: any client can listen to any channel.", rule.Source(f), ev.Callee),
				Fix:     "ask whether the connection's identity may read this channel before it is added",
			})
			break
		}
	}
}
