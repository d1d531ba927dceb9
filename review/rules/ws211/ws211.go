// Package ws211 finds checks of a session that can fail to happen, or pass
// without having judged.
package ws211

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS211.
var Rule = &rule.Rule{Weakness: catalogue.RecheckFailsOpen, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		re := rule.Rechecks(p, e)
		if re != nil && !re.Timed && re.Kind == model.Login {
			onlyByMessage(e, re, r)
		}
	}
	sockets := len(rule.Servers(p)) > 0
	for _, ev := range p.Events {
		switch {
		case !sockets:
		case ev.Kind == model.Login && ev.Timed && ev.Detached && !ev.InTry && judges(ev):
			unhandled(ev, r)
		case ev.Kind == model.Swallow && (ev.Timed || ev.Endpoint != nil):
			swallowed(ev, r)
		}
	}
}

func judges(ev *model.Event) bool {
	return ev.Op == model.CheckSession || ev.Op == model.VerifyToken || ev.Op == model.LoadSession || ev.Op == model.CustomAuth
}

func onlyByMessage(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	r.Report(rule.Finding{
		At: ev.Place, Endpoint: e, Anchor: ev.Callee,
		Message: fmt.Sprintf("%s runs only when a message arrives: a client that sends nothing is never checked, and goes on receiving after its session has ended.", ev.Callee),
		Fix:     "check by a timer beside the loop over messages",
	})
}

func unhandled(ev *model.Event, r *rule.Reporter) {
	r.Report(rule.Finding{
		At: ev.Place, Endpoint: ev.Endpoint, Anchor: ev.Callee,
		Message: fmt.Sprintf("Nobody waits for the function that calls %s, and it catches nothing: when the check throws, the rejection ends the process, or, where that is caught elsewhere, no session is checked and all connections stay.", ev.Callee),
		Fix:     "catch the failure around the check, and close the connection where it could not be judged for longer than a bounded grace",
	})
}

func swallowed(ev *model.Event, r *rule.Reporter) {
	r.Report(rule.Finding{
		At: ev.Place, Endpoint: ev.Endpoint, Anchor: ev.Callee, Confidence: report.MediumConfidence,
		Message: fmt.Sprintf("When %s fails, the session counts as valid: who makes the session store slow or unreachable keeps a session that was ended.", ev.Callee),
		Fix:     "let a check that could not run fail, or tolerate it for a bounded time that is counted",
	})
}
