// Package ws109 finds connections that are accepted and then closed for a reason
// that was known in the handshake.
package ws109

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS109.
var Rule = &rule.Rule{Weakness: catalogue.RefusedAfterUpgrade, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		refusals := e.Of(model.Refuse)
		i := slices.IndexFunc(refusals, func(ev *model.Event) bool { return late(e, ev) })
		if i < 0 {
			continue
		}
		ev := refusals[i]
		r.Report(rule.Finding{
			At: ev.Place, Endpoint: e, Anchor: "refused", Confidence: report.HighConfidence,
			Message: fmt.Sprintf("The connection is refused for its %s after the upgrade was accepted: until the close arrives the peer has a socket, its early messages and our broadcasts get through, and proxies and limiters count a success.", reasons[ev.Op]),
			Fix:     "decide before the upgrade (" + before(e) + ") and answer with a status",
		})
	}
}

// reasons are those that are known in the handshake.
var reasons = map[string]string{"origin": "origin", "host": "host", "auth": "missing or wrong credential"}

// late reports whether a refusal comes after the upgrade, and for something that
// the handshake has told.
func late(e *model.Endpoint, ev *model.Event) bool {
	if ev.Phase != model.Connection || reasons[ev.Op] == "" {
		return false
	}
	accepts := e.Of(model.Accept)
	explicit := slices.ContainsFunc(accepts, func(a *model.Event) bool { return a.Op == "call" })
	if !explicit {
		// An exception in a listener says nothing of the connection.
		return len(accepts) > 0 && !e.Upgrades && ev.Callee != "throw"
	}
	return slices.ContainsFunc(accepts, func(a *model.Event) bool { return a.Op == "call" && comesBefore(a, ev) })
}

// comesBefore reports whether a call that accepts stands above a refusal in one
// function, itself or the call that leads to it.
func comesBefore(a, refusal *model.Event) bool {
	above := func(p model.Place) bool {
		return p.Path == refusal.Path && p.Func == refusal.Func && p.Line < refusal.Line
	}
	return above(a.Place) || slices.ContainsFunc(a.Related, above)
}

// before names where the framework lets a program decide.
func before(e *model.Endpoint) string {
	switch e.Framework {
	case "ws", "express-ws", "fastify-websocket":
		return "verifyClient, or the upgrade listener"
	case "socket.io":
		return "allowRequest, or io.use"
	case "websockets":
		return "process_request, or origins="
	case "fastapi", "starlette", "quart", "litestar":
		return "before accept()"
	}
	return "before it is accepted"
}
