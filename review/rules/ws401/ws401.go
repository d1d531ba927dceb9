// Package ws401 finds messages that say themselves who acts, speaks or pays.
package ws401

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS401.
var Rule = &rule.Rule{Weakness: catalogue.IdentityFromClient, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	said := map[claimKey]*rule.Finding{}
	var order []claimKey
	for _, ev := range p.Events {
		if !rule.Served(ev) || ev.Guarded(model.OwnerFact, model.RoleFact) {
			continue
		}
		eachClaim(ev, func(v *model.Value, f *model.Flow, verb string) {
			key := claimKey{ev.Endpoint, ev.Message, f.Field, span(f)}
			out := finding(ev, v, f, verb)
			old := said[key]
			if old == nil {
				order = append(order, key)
			} else if old.Severity >= out.Severity {
				return
			}
			said[key] = out
		})
	}
	for _, key := range order {
		r.Report(*said[key])
	}
}

// A claimKey is what makes two reports one: the same claim of one message.
type claimKey struct {
	endpoint       *model.Endpoint
	message, field string
	read           report.Span
}

func span(f *model.Flow) report.Span {
	if f.Read != nil {
		return f.Read.Span
	}
	return f.Source.Span
}

func finding(ev *model.Event, v *model.Value, f *model.Flow, verb string) *rule.Finding {
	at := rule.DataEntry(ev, f)
	switch {
	case v.Place != nil && f.Read != nil && v.Place.Path == f.Read.Path && v.Place.Line == f.Read.Line:
		at.Span = v.Place.Span // the field of an object that is written in place
	case f.Read != nil && f.Read.Path == at.Path && at.Line < f.Read.Line && f.Read.Line <= at.EndLine:
		at.Span = f.Read.Span // one of the arguments
	}
	out := &rule.Finding{
		At: at, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Severity: catalogue.Critical, Confidence: rule.Absence(ev), Related: rule.Deeper(ev, at),
		Message: fmt.Sprintf("%s says who %s in %s: any client can name another user.", rule.Source(f), verb, ev.Callee),
		Fix:     "take the identity from the connection, where authentication put it, and ignore the field",
	}
	if ev.Kind == model.Broadcast {
		out.Severity = catalogue.High
	}
	if ev.Kind == model.Claim {
		out.Message = fmt.Sprintf("%s becomes %s, by which the connection is known from here on: any client can name another user.", rule.Source(f), ev.Callee)
		out.Fix = "set it only from a credential that was verified"
	}
	return out
}

// eachClaim calls yield for data of a message whose name, and whose use, say who
// acts in an event.
func eachClaim(ev *model.Event, yield func(*model.Value, *model.Flow, string)) {
	switch ev.Kind {
	case model.Operation:
		act, own := rule.Act(ev)
		if act != model.PrivilegedAct && act != model.WriteAct || signsUp(ev) {
			return
		}
		for i := range ev.Args {
			claims(&ev.Args[i], func(v *model.Value, f *model.Flow) {
				if v.Name != "" || subject(ev, i, own) {
					yield(v, f, "acts")
				}
			})
		}
	case model.Broadcast:
		for i := range ev.Args {
			claims(&ev.Args[i], func(v *model.Value, f *model.Flow) { yield(v, f, "speaks") })
		}
	case model.Claim:
		for _, f := range ev.Tainted(model.FromMessage) {
			if f.Loose > 0 {
				continue
			}
			yield(&model.Value{}, f, "acts")
			return
		}
	}
}

// claims calls yield for data whose name says who somebody is. Where it is a
// field, the field must say so too: the object of an action may be a user.
func claims(v *model.Value, yield func(*model.Value, *model.Flow)) {
	for _, f := range v.Flows {
		if f.Label == model.FromMessage && f.Claims() && f.Type != "enum" && (v.Name == "" || model.ClaimsIdentity(v.Name)) {
			yield(v, f)
		}
	}
	for i := range v.Fields {
		claims(&v.Fields[i], yield)
	}
}

// subject reports whether argument i, which has no name, is who acts, and not
// whom or what the action is about: setRole(user, role), UPDATE … WHERE id = ?.
func subject(ev *model.Event, i int, own bool) bool {
	if text := rule.Statement(ev); text != "" {
		return strings.HasPrefix(text, "INSERT")
	}
	if rule.Inserts(ev) && !own {
		return true
	}
	// What everybody may do for themselves is done by the one who is named.
	if rule.Mentions(ev.Message+" "+rule.LastName(ev.Callee)+" "+ev.Func, "order", "orders", "trade", "buy", "sell", "pay", "payment", "deposit", "withdraw", "withdrawal", "transfer", "purchase", "bet", "bid", "vote", "post", "comment", "say", "chat", "move", "play") {
		return true
	}
	return i > 0 && !own
}

// signsUp reports whether an event is how accounts and names come into being:
// there is no identity yet that could say who it is.
func signsUp(ev *model.Event) bool {
	return rule.Mentions(ev.Message+" "+rule.LastName(ev.Callee)+" "+ev.Func, "register", "registration", "signup", "login", "signin", "auth", "authenticate")
}
