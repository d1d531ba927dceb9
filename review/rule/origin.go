package rule

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
)

// Hijack is how grave it is that a foreign page can open the endpoint's socket:
// critical where the browser is authenticated without the page's doing, medium
// where that is by cookies which pages of other sites don't get sent, low where
// the handshake demands what a foreign page doesn't have, else as given.
func Hijack(e *model.Endpoint, otherwise catalogue.Severity) catalogue.Severity {
	if e.Ambient.Cookie != nil && e.Ambient.SameSite != nil {
		return min(otherwise, catalogue.Medium)
	}
	if _, ambient := Ambient(e); ambient && otherwise >= catalogue.High {
		return catalogue.Critical
	}
	if Demanded(e) {
		return catalogue.Low
	}
	return otherwise
}

// OriginFix is the shortest change that closes an endpoint to foreign pages, in
// the words of its framework.
func OriginFix(e *model.Endpoint) string {
	switch e.Framework {
	case "ws", "express-ws", "fastify-websocket":
		return "pass verifyClient (or check in the upgrade listener) and refuse what is not in a Set of exact origins"
	case "socket.io", "engine.io":
		return "pass allowRequest and refuse what is not in a Set of exact origins; cors.origin does not cover the websocket transport"
	case "websockets":
		return `pass origins=["https://app.example.com"] to serve()`
	case "channels":
		return "wrap the websocket application in AllowedHostsOriginValidator or OriginValidator"
	case "fiber":
		return `set Origins: []string{"https://app.example.com"} in the websocket.Config`
	case "melody":
		return "set m.Upgrader.CheckOrigin to a comparison with exact origins (nil is gorilla's same-host check)"
	case "starlette", "fastapi", "quart", "litestar", "aiohttp", "sanic":
		return "compare the Origin header with a set of exact origins before the connection is accepted, and close it otherwise"
	}
	return "compare the Origin header with a list of exact origins before the upgrade is accepted, and refuse with 403"
}
