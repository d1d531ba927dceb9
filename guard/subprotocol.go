package guard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	// wardenSubprotocol is what a client offers beside its ticket where its
	// application has no sub-protocol: a browser fails a connection for which
	// it offered some and the server chose none.
	wardenSubprotocol = "wswarden.v1"
	// ticketSubprotocolPrefix marks the offer that carries a ticket. It is
	// never chosen, never echoed and never sent on.
	ticketSubprotocolPrefix = "wst."
)

// offer is what a client put into Sec-WebSocket-Protocol.
type offer struct {
	application []string // what the backend may choose from, in order
	warden      bool     // wswarden.v1 is among them
	tickets     []string // the values, without prefix
}

// readOffer takes the offer apart and refuses what the route does not speak
// (WS108); the offer is whole even then, for a route that only monitors. No
// refusal quotes the header: it may hold a ticket.
func readOffer(h http.Header, spoken []string) (offer, *Denial) {
	var o offer
	size := 0
	for _, v := range h["Sec-Websocket-Protocol"] {
		size += len(v)
	}
	if size > maxProtocolText {
		return o, malformed("subprotocol.size", "Sec-WebSocket-Protocol has %d bytes", size)
	}
	tokens, err := wire.ParseTokens(h["Sec-Websocket-Protocol"])
	if err != nil {
		return o, malformed("subprotocol.token", "Sec-WebSocket-Protocol is not a list of tokens")
	}
	if len(tokens) > maxSubprotocols {
		return o, malformed("subprotocol.count", "%d sub-protocols offered", len(tokens))
	}
	var refused *Denial
	for _, t := range tokens {
		value, isTicket := strings.CutPrefix(t, ticketSubprotocolPrefix)
		switch {
		case isTicket:
			o.tickets = append(o.tickets, value)
		case t == wardenSubprotocol:
			o.warden = true
		case slices.Contains(o.application, t):
			return o, malformed("subprotocol.repeated", "a sub-protocol is offered twice")
		default:
			o.application = append(o.application, t)
			if !slices.Contains(spoken, t) {
				refused = deny(catalogue.SubprotocolUnchecked, "subprotocol.unknown", http.StatusBadRequest, "subprotocol_refused", "This sub-protocol is not spoken here.").
					because("a sub-protocol of %d bytes is not in subprotocols", len(t))
			}
		}
	}
	return o, refused
}

// answer returns what to select for the client when the far end chose chosen,
// empty for none.
func (o offer) answer(chosen string) string {
	if chosen == "" && o.warden {
		return wardenSubprotocol
	}
	return chosen
}
