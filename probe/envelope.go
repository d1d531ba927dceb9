package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// harmlessName is a type that no application can take for an order.
const harmlessName = "wswarden-ping"

// An envelope is how the protocol above WebSocket writes a message of a type,
// so that it reaches the application and does not fail on the way.
type envelope struct {
	// typed writes a message of a type with further members, which is empty or
	// begins with a comma.
	typed func(name, more string) string
	// raw writes what may be no JSON at all. Nil: such a text does not get
	// through to the application.
	raw func(text string) string
}

// typeFields are the members in which applications look for the type.
var typeFields = []string{"type", "action", "event", "method", "op", "cmd", "command", "kind"}

// plainEnvelope is JSON, with the type under every usual name.
var plainEnvelope = envelope{
	typed: func(name, more string) string {
		var members []string
		for _, f := range typeFields {
			members = append(members, fmt.Sprintf("%q:%q", f, name))
		}
		return "{" + strings.Join(members, ",") + more + "}"
	},
	raw: func(text string) string { return text },
}

// envelopes are those of the protocols that are recognised.
var envelopes = map[string]envelope{
	socketIO: {typed: func(name, more string) string { return fmt.Sprintf(`42[%q,{"id":"wswarden"%s}]`, name, more) }},
	signalR: {typed: func(name, more string) string {
		return fmt.Sprintf("{\"type\":1,\"target\":%q,\"arguments\":[{\"id\":\"wswarden\"%s}]}\x1e", name, more)
	}},
	"SockJS": {
		typed: func(name, more string) string { return sockJS(plainEnvelope.typed(name, more)) },
		raw:   sockJS,
	},
	phoenix: {typed: func(name, more string) string {
		return fmt.Sprintf(`[null,"1","wswarden",%q,{"id":"1"%s}]`, name, more)
	}},
	actionCable: {typed: func(name, more string) string { return fmt.Sprintf(`{"command":%q,"identifier":"{}"%s}`, name, more) }},
}

func sockJS(text string) string {
	b, _ := json.Marshal([]string{text}) // of text
	return string(b)
}

// envelope returns that of the target's protocol.
func (s *Session) envelope() envelope {
	if e, ok := envelopes[s.Facts().Framework()]; ok {
		return e
	}
	return plainEnvelope
}

// narrowEnvelopes write messages without a member too many, which a strict
// server asks for.
func (s *Session) narrowEnvelopes() []func(name, more string) string {
	if e, ok := envelopes[s.Facts().Framework()]; ok {
		return []func(name, more string) string{e.typed}
	}
	var out []func(name, more string) string
	for _, field := range typeFields[:2] {
		out = append(out, func(name, more string) string { return fmt.Sprintf("{%q:%q%s}", field, name, more) })
	}
	return out
}

// typed is a message of a type in the target's protocol.
func (s *Session) typed(name string) string { return s.envelope().typed(name, "") }

// harmless is a message that no application can take for an order.
func (s *Session) harmless() string { return s.typed(harmlessName) }

// bears reports whether the connection outlives a message of an unknown type:
// where it does not, the end of a connection shows nothing of what was sent.
func (s *Session) bears(ctx context.Context) (bool, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return false, err
	}
	defer c.Close()
	if err := c.SendText(ctx, s.harmless()); err != nil && !errors.Is(err, ErrEnded) {
		return false, err
	}
	alive, _, err := c.Alive(ctx, max(3*s.Settle(), time.Second))
	return alive, err
}

// unbearable says why something is not judged.
const unbearable = "the connection is ended on any message of an unknown type, so that its end shows nothing of a limit"

// ofText reports whether a frame is one of text, and so reaches the application
// if it passes.
func ofText(raw []byte) bool {
	return len(raw) > 0 && wire.Opcode(raw[0]&0x0f) == wire.Text
}
