// Package ws401 finds messages that say themselves who acts, speaks or pays.
package ws401

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS401.
var Rule = &rule.Rule{Weakness: catalogue.IdentityFromClient, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		switch ev.Kind {
		case model.Operation:
			if ev.Op == model.PrivilegedAct || ev.Op == model.WriteAct {
				claims(ev, r, "acts")
			}
		case model.Broadcast:
			claims(ev, r, "speaks")
		}
	}
}

// claims reports the fields of an event that claim who acts.
func claims(ev *model.Event, r *rule.Reporter, verb string) {
	if ev.Guarded(model.OwnerFact) {
		return
	}
	for i := range ev.Args {
		eachClaim(&ev.Args[i], func(v *model.Value, f *model.Flow) {
			at := ev.Place
			if v.Place != nil {
				at.Span = v.Place.Span
			}
			out := rule.Finding{
				At: at, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field,
				Message: fmt.Sprintf("%s says who %s in %s: any client can name another user.", rule.Source(f), verb, ev.Callee),
				Fix:     "take the identity from the connection, where authentication put it, and ignore the field",
			}
			if ev.Kind == model.Broadcast {
				out.Severity = catalogue.High
			}
			r.Report(out)
		})
	}
}

// eachClaim calls yield for data of a message whose name, and whose use, say
// who somebody is. The object of an action may be called user too, so its place
// must be a field of that name where fields are in view.
func eachClaim(v *model.Value, yield func(*model.Value, *model.Flow)) {
	for _, f := range v.Flows {
		if f.Label == model.FromMessage && f.Claims() && (v.Name == "" || model.ClaimsIdentity(v.Name)) {
			yield(v, f)
		}
	}
	for i := range v.Fields {
		eachClaim(&v.Fields[i], yield)
	}
}
