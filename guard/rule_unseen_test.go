package guard

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// TestUnseenArguments refuses an event whose further arguments a schema does not
// see, and lets it pass where there is no schema.
func TestUnseenArguments(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{
			Dialect: dialect.NewSocketIO(dialect.SocketIO{}), Reject: RejectDrop,
			Client: map[string]MessageRule{"order": {Schema: schema(`{"type":"object"}`)}, "say": {}},
			Server: map[string]MessageRule{"order": {Schema: schema(`{"type":"object"}`)}, "profile": {Schema: schema(`{"type":"object"}`), Undeclared: UndeclaredDrop}},
		}))
		for _, text := range []string{`40`, `42["order",{},"more"]`, `42["order",{}]`, `42["say","a","b"]`} {
			r.client.send(wire.Text, text)
		}
		r.backend.want(t, `40`, `42["order",{}]`, `42["say","a","b"]`)
		r.backend.send(wire.Text, `42["order",{},"more"]`)
		r.client.want(t, `42["order",{},"more"]`)
		r.backend.send(wire.Text, `42["profile",{},"more"]`)
		r.client.want(t)
		if got := strings.Join(r.decisions(), ", "); got != "denied message.unseen order WS302, denied message.unseen profile WS302" {
			t.Errorf("recorded %q", got)
		}
	})
}

// TestFurtherArguments masks a stack trace wherever it stands among the arguments
// of a server's event.
func TestFurtherArguments(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Dialect: dialect.NewSocketIO(dialect.SocketIO{})}))
		r.backend.send(wire.Text, `42["exception","failed",{"stack":"Error\n    at f (/srv/app.js:1:2)"},"more"]`)
		r.client.want(t, `42["exception","failed",{"stack":"(details withheld)"},"more"]`)
	})
}

// TestAttachmentsOfRefused drops the attachments of a refused event without a word
// or a strike of their own.
func TestAttachmentsOfRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Dialect: dialect.NewSocketIO(dialect.SocketIO{}), Reject: RejectDrop, Strikes: 2, Client: map[string]MessageRule{"say": {}}}))
		r.client.send(wire.Text, "40")
		r.client.send(wire.Text, `452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
		r.client.send(wire.Binary, "one")
		r.client.send(wire.Binary, "two")
		r.client.send(wire.Text, `42["say"]`)
		r.backend.want(t, "40", `42["say"]`)
		r.client.want(t)
		if got := strings.Join(r.decisions(), ", "); got != "denied message.unknown-type WS311" && got != "denied message.unknown-type other WS311" {
			t.Errorf("recorded %q", got)
		}
		r.client.send(wire.Text, `42["drop"]`)
		r.client.want(t, "(close 4022 schema)", "(end)")
	})
}
