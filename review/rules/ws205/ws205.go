// Package ws205 finds connections that are authenticated once and never again.
package ws205

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS205.
var Rule = &rule.Rule{Weakness: catalogue.SessionUnrechecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if e.Library || !lasts(e) || rule.Rechecks(p, e) != nil {
			continue
		}
		switch by := credential(p, e); {
		case by != nil:
			found(p, e, by, r)
		case e.HiddenAuth != "" && rule.Authenticates(p, e) == nil:
			behind(e, r)
		}
	}
}

// behind is an endpoint that middleware in front of it authenticates.
func behind(e *model.Endpoint, r *rule.Reporter) {
	r.Report(rule.Finding{
		At: stays(e), Endpoint: e, Anchor: "recheck", Severity: catalogue.Medium, Confidence: report.MediumConfidence,
		Message: fmt.Sprintf("%s asks once, before the connection is accepted, and nothing looks again: when the token expires or the account is blocked, the connection goes on receiving and acting.", e.HiddenAuth),
		Fix:     fix,
	})
}

const fix = "check the session again by a timer, at most every minute and at its expiry, and close the connection where it has ended or the check fails"

// lasts reports whether connections are kept: messages are waited for, or data
// is sent again and again.
func lasts(e *model.Endpoint) bool {
	return e.Hidden || len(e.Of(model.Receive, model.Broadcast, model.Join)) > 0
}

// credential is the authentication by something that can end: a token that
// expires, a session that is deleted. A fixed key can't.
func credential(p *model.Program, e *model.Endpoint) *model.Event {
	for _, l := range rule.Logins(p, e) {
		switch l.Op {
		case model.VerifyToken, model.LoadSession, model.CheckSession, model.RedeemTicket, model.CustomAuth:
			return l
		}
	}
	return nil
}

var credentials = map[model.AuthAct]string{
	model.VerifyToken: "the token expires", model.LoadSession: "the session is ended", model.CheckSession: "the session is ended",
	model.RedeemTicket: "the session behind the ticket is ended", model.CustomAuth: "the session is ended",
}

func found(p *model.Program, e *model.Endpoint, by *model.Event, r *rule.Reporter) {
	f := rule.Finding{
		At: stays(e), Endpoint: e, Anchor: "recheck",
		Message: fmt.Sprintf("%s is asked once, when the connection comes. After that nothing looks again: when %s or the account is blocked, the connection goes on receiving and acting.", by.Callee, credentials[by.Op]),
		Fix:     fix,
		Related: []model.Step{{Place: by.Place, Message: "the only check"}},
	}
	if e.Limits.Lifetime.State == report.Present {
		f.Severity = catalogue.Medium // it ends by itself, in the end
	}
	if end := rule.Cut(p, e); end != nil {
		f.Severity = catalogue.Low
		f.Message = fmt.Sprintf("%s is asked once, when the connection comes. Sessions that are ended on purpose close their connections; one that expires, or is ended where that is forgotten, goes on.", by.Callee)
		f.Related = append(f.Related, model.Step{Place: end.Place, Message: "connections are closed here"})
	}
	if e.Partial && len(e.Of(model.Receive)) == 0 {
		f.Confidence = report.MediumConfidence
	}
	r.Report(f)
}

// stays is where the connection is kept: the loop over its messages, where one
// is in view, else where it is accepted.
func stays(e *model.Endpoint) model.Place {
	if len(e.Of(model.Accept)) > 0 {
		return rule.Accepting(e)
	}
	list := e.Of(model.Receive)
	for _, ev := range list {
		if ev.Guarded(rule.Identities...) {
			return ev.Place
		}
	}
	if len(list) > 0 {
		return list[0].Place
	}
	return e.Place
}
