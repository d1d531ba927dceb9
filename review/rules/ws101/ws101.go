// Package ws101 finds endpoints that accept the handshake of any origin.
package ws101

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS101.
var Rule = &rule.Rule{Weakness: catalogue.OriginUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		o := &e.Origin
		switch {
		case o.Off != nil:
			found(e, r, *o.Off, o.OffHow, "compare Origin with a list of exact origins")
		case len(o.Checks) > 0 || o.Default >= model.OriginSameHost || e.Partial:
		case o.Configurable:
			openByDefault(e, r)
		default:
			found(e, r, e.Place, fmt.Sprintf("%s accepts the upgrade without any check of Origin", e.Framework), fix(e))
		}
	}
}

func found(e *model.Endpoint, r *rule.Reporter, at model.Place, what, fix string) {
	f := rule.Finding{At: at, Endpoint: e, Fix: fix, Severity: catalogue.High, Anchor: "origin"}
	f.Message = what + "; any web page can open this socket in a visitor's browser (cross-site WebSocket hijacking)."
	if by, ambient := rule.Ambient(e); ambient {
		f.Severity = catalogue.Critical
		f.Message = what + fmt.Sprintf("; any web page can open this socket as its visitor, who is authenticated by %s (cross-site WebSocket hijacking).", by)
	} else if rule.Demanded(e) {
		f.Severity = catalogue.Low
		f.Message = what + "; a foreign page can open this socket, but not with the ticket or token that it demands."
	}
	if e.HiddenHandshake {
		f.Confidence = report.MediumConfidence
	}
	r.Report(f)
}

func openByDefault(e *model.Endpoint, r *rule.Reporter) {
	if !e.Origin.OpenByDefault {
		return
	}
	at := e.Place
	if len(e.Origin.Escapes) > 0 {
		at = e.Origin.Escapes[0]
	}
	r.Report(rule.Finding{
		At: at, Endpoint: e, Severity: catalogue.Medium, Confidence: report.MediumConfidence, Anchor: "origin",
		Message: "The Origin check is configurable, and open to every origin until it is configured; any web page can open this socket where that was forgotten.",
		Fix:     "make the same host the default, and refuse to start with an empty list",
	})
}

// fix is the shortest change, in the words of the framework.
func fix(e *model.Endpoint) string {
	switch e.Framework {
	case "ws", "express-ws", "fastify-websocket":
		return "pass verifyClient (or check in the upgrade listener) and refuse what is not in a Set of exact origins"
	case "socket.io":
		return "pass allowRequest and refuse what is not in a Set of exact origins; cors.origin does not cover the websocket transport"
	case "websockets":
		return `pass origins=["https://app.example.com"] to serve()`
	}
	return "compare the Origin header with a list of exact origins before the upgrade is accepted, and refuse with 403"
}
