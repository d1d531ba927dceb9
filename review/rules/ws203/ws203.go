// Package ws203 finds messages that are processed, or lost, before an
// authentication has finished.
package ws203

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS203.
var Rule = &rule.Rule{Weakness: catalogue.AuthRace, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		lost(e, r)
		early(e, r)
	}
}

// lost finds a listener that is attached after time has passed.
func lost(e *model.Endpoint, r *rule.Reporter) {
	if !e.LosesEarly {
		return
	}
	for _, ev := range e.Of(model.Listen) {
		if ev.Op != "message" || ev.Doubt != "await" || ev.Phase != model.Connection {
			continue
		}
		r.Report(rule.Finding{
			At: ev.Place, Endpoint: e, Severity: catalogue.Medium, Anchor: "listener",
			Message: fmt.Sprintf("The listener is attached after an await: what the client sends right after opening has no listener yet, and %s drops it.", e.Framework),
			Fix:     "attach the listener first and let it wait for the authentication, or authenticate before the upgrade is accepted",
		})
		return
	}
}

// early finds types of messages that are processed although the one that signs
// in need not have come.
func early(e *model.Endpoint, r *rule.Reporter) {
	login := firstMessage(e)
	if login == nil {
		return
	}
	for _, ev := range e.Events {
		if ev.Phase != model.Messages || ev.Message == "" || ev.Message == login.Message || !matters(ev) || ev.Guarded(rule.Identities...) {
			continue
		}
		r.Report(rule.Finding{
			At: ev.Place, Endpoint: e, Anchor: ev.Message, Confidence: rule.Absence(ev),
			Message: fmt.Sprintf("%q is processed whether or not %q came before it and was accepted: a client that sends it first, or at once behind, acts without being anybody.", ev.Message, login.Message),
			Fix:     "keep one state of the connection, and close it for any message but the login until the login has succeeded",
			Related: []model.Step{{Place: login.Place, Message: "signs in"}},
		})
		return
	}
}

// firstMessage is the authentication that a type of message of its own does;
// nil where the connection is known before.
func firstMessage(e *model.Endpoint) *model.Event {
	var out *model.Event
	for _, l := range e.Of(model.Login) {
		switch {
		case l.Op == model.DecodeToken || l.Timed:
		case l.Phase == model.Handshake || l.Phase == model.Connection:
			return nil
		case l.Phase == model.Messages && l.Message != "" && len(l.Tainted(model.FromMessage)) > 0 && out == nil:
			out = l
		}
	}
	if out == nil || slices.ContainsFunc(e.Of(model.Accept), func(a *model.Event) bool { return a.Guarded(rule.Identities...) }) {
		return nil
	}
	return out
}

func matters(ev *model.Event) bool {
	switch ev.Kind {
	case model.Join, model.Dispatch:
		return true
	case model.Operation, model.Broadcast:
		return len(ev.Tainted(model.FromMessage)) > 0
	case model.Sink:
		return ev.Op != model.LogSink && len(ev.Tainted(model.FromMessage)) > 0
	}
	return false
}
