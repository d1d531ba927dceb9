// Package ws401 finds messages that say themselves who acts, speaks or pays.
package ws401

import (
	"fmt"

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
		rule.EachClaim(ev, func(v *model.Value, f *model.Flow, verb string) {
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
	if f.Guessed() {
		out.Confidence = report.LowConfidence
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
