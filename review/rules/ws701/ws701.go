// Package ws701 finds endpoints that take messages of any size, or of a size
// that only an attacker needs.
package ws701

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS701.
var Rule = &rule.Rule{Weakness: catalogue.MessageSize, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	seen := map[string]bool{}
	for _, e := range rule.Resources(p) {
		l := &e.Limits.MessageSize
		severity := weigh(l)
		if severity == 0 || !collects(e) || rule.Elsewhere(p, e, bound) {
			continue
		}
		at := rule.Constructor(e)
		if l.Place != nil {
			at = *l.Place
		} else if e.Framework != "ws" && e.Language != "go" {
			// The default is that of the server, whatever its routes.
			if key := e.Path + " " + e.Framework; seen[key] {
				continue
			} else {
				seen[key] = true
			}
		}
		f := rule.Finding{At: at, Endpoint: e, Severity: severity, Anchor: "message size", Fix: fix(e)}
		f.Message = fmt.Sprintf("A message may have %s: a few clients that send large ones fill the memory before any handler sees them.", size(l))
		if severity == catalogue.High && known(e) {
			f.Severity = catalogue.Medium
			f.Message += " They have to be signed in for it."
		}
		if e.Hidden {
			f.Confidence = report.MediumConfidence
		}
		r.Report(f)
	}
}

func bound(l *model.Limits) *model.Limit { return &l.MessageSize }

// weigh is how grave a bound is; 0 where it is small enough or not known.
func weigh(l *model.Limit) catalogue.Severity {
	switch {
	case l.State == report.Unknown:
		return 0
	case l.Bytes < 0:
		return catalogue.High
	case l.Bytes > 16<<20:
		return catalogue.Medium
	case l.Bytes > 1<<20:
		return catalogue.Low
	}
	return 0
}

// collects reports whether anything reads messages: where the program reads
// them itself and doesn't, none is collected.
func collects(e *model.Endpoint) bool {
	return e.Language != "go" || e.Hidden || slices.ContainsFunc(e.Of(model.Receive), func(ev *model.Event) bool { return ev.Op != model.Unread })
}

// known reports whether somebody signed in is all who can send messages.
func known(e *model.Endpoint) bool {
	list := e.Of(model.Receive)
	return len(list) > 0 && !slices.ContainsFunc(list, func(ev *model.Event) bool { return !ev.Guarded(rule.Identities...) })
}

func size(l *model.Limit) string {
	if l.Bytes < 0 {
		return "any size (" + l.Text + ")"
	}
	return "up to " + l.Text
}

// fix is the shortest change, in the words of the framework.
func fix(e *model.Endpoint) string {
	switch e.Framework {
	case "gorilla", "fasthttp", "fiber", "coder-websocket":
		return "call SetReadLimit(64 << 10) before the first read"
	case "gobwas":
		return "read with a wsutil.Reader that has MaxFrameSize and a bound on the whole message"
	case "ws", "express-ws", "fastify-websocket", "nestjs", "hono":
		return "set maxPayload: 64 * 1024 in the server's options"
	case "websockets":
		return "leave max_size at its default, or set 64 * 1024"
	case "fastapi", "starlette", "litestar":
		return "start uvicorn with ws_max_size=65536 (--ws-max-size)"
	case "aiohttp":
		return "pass max_msg_size=64 * 1024 to WebSocketResponse"
	case "socket.io", "engine.io", "python-socketio", "flask-socketio":
		return "leave the maximum of the buffer at 1 MB, or lower it"
	}
	return "set the framework's maximum message size to what the largest honest message needs, such as 64 KiB"
}
