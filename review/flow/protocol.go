package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

const protocolHeader = "sec-websocket-protocol"

// chosenProtocol notes the sub-protocol that a server selects.
func (in *interp) chosenProtocol(v *value, at ir.Node, place model.Place) {
	op := "fixed"
	if slices.ContainsFunc(v.flows, offered) {
		op = "echo"
	}
	in.emit(&model.Event{Kind: model.Choose, Op: op, Place: place}, at, v)
}

// offered reports whether data is what the client offers, as it came.
func offered(f *flow) bool { return f.label == model.FromHeader && f.typ == "" }

// acceptedProtocol notes the sub-protocol among the arguments of a call that
// completes the handshake.
func (in *interp) acceptedProtocol(c *callSpec) {
	for _, a := range c.args {
		named := a.name == "subprotocol" || a.name == "protocol"
		if named && !a.v.isNothing() || slices.ContainsFunc(a.v.flows, ofProtocol) {
			in.chosenProtocol(a.v, a.x, in.place(a.x.At()))
		}
	}
}

func ofProtocol(f *flow) bool {
	name := strings.ToLower(f.field)
	return offered(f) && (strings.Contains(name, protocolHeader) || strings.Contains(name, "protocols"))
}

// answeredProtocol is header.Set("Sec-WebSocket-Protocol", x).
func (in *interp) answeredProtocol(c *callSpec) {
	switch c.name {
	case "set", "Set", "setHeader", "Add", "append":
	default:
		return
	}
	if name, ok := c.at(0).str(); ok && len(c.args) == 2 && strings.EqualFold(name, protocolHeader) && slices.ContainsFunc(c.at(1).flows, ofProtocol) {
		in.chosenProtocol(c.at(1), c.x, in.place(c.x.Pos))
	}
}
