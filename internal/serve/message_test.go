package serve_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// rules is the section messages of a route in front of the echo server.
const rules = `
    messages:
      type: action
      client:
        order:
          schema: {type: object, required: [quantity], additionalProperties: false, properties: {action: {}, quantity: {type: integer}, userId: {}}}
          allow: message.quantity <= 1000 || "pro" in session.roles
          set: {userId: conn.route, source: '"guard"'}
        chat: {schema: {type: object, additionalProperties: false, properties: {action: {}, text: {type: string}}}, clean: {text: strip}}
        name: {schema: {type: object, additionalProperties: false, properties: {action: {}, text: {type: string}}}, clean: {text: reject}}
        record: {schema: {type: object, additionalProperties: true}}
        copy: {schema: {type: object, properties: {text: {type: string}}}, set: {said: message.text}}
      server:
        record: {schema: {type: object, properties: {action: {}, name: {}}}, undeclared: drop}
      secret: [passwordHash]
`

// ruled is a configuration with one route and these rules.
func (g *gateway) ruled(section string) string {
	return "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nroutes:\n  - path: /ws\n    backend: " + g.backend + "/ws\n    origins: [" + origin +
		"]\n    auth: {anonymous: true}\n    limits: {connections_per_ip: 100}\n" + strings.Trim(section, "\n") + "\n"
}

// answer sends a message and returns what comes back.
func answer(t *testing.T, c *wireclient.Conn, message string) string {
	t.Helper()
	if err := c.SendText(message); err != nil {
		t.Fatal(err)
	}
	u, err := c.NextMessage(contextOf(t))
	if err != nil {
		t.Fatal(err)
	}
	return string(u.Payload)
}

// The backend sends back what it got, so that each answer shows what passed both
// ways.
func TestMessages(t *testing.T) {
	g := newGateway(t)
	c := open(t, g.start(g.ruled(rules)), "/ws")
	for _, tt := range []struct{ name, message, want string }{
		{"allowed and set", `{"action":"order","quantity":7,"userId":"mallory"}`, `{"action":"order","quantity":7,"userId":"/ws","source":"guard"}`},
		{"not allowed", `{"action":"order","quantity":7000}`, `"code":"denied"`},
		{"against the schema", `{"action":"order","quantity":"7"}`, `"code":"schema"`},
		{"undeclared", `{"action":"order","quantity":7,"isAdmin":true}`, `"code":"schema"`},
		{"markup is stripped", `{"action":"chat","text":"<b>hi</b> 3 < 4 & Tom"}`, `{"action":"chat","text":"hi 3 < 4 & Tom"}`},
		{"unchanged, byte for byte", `{ "action" : "chat", "text":"3 \u003c 4" }`, `{ "action" : "chat", "text":"3 \u003c 4" }`},
		{"markup is refused", `{"action":"name","text":"<img src=x>"}`, `"type":"error"`},
		{"set from the message without a condition", `{"action":"copy","text":"hi"}`, `{"action":"copy","text":"hi","said":"hi"}`},
		{"unknown type", `{"action":"drop_tables"}`, `"code":"schema"`},
		{"the server's own fields are dropped", `{"action":"record","name":"Ada","salary":7,"passwordHash":"x"}`, `{"action":"record","name":"Ada"}`},
	} {
		got := answer(t, c, tt.message)
		if strings.HasPrefix(tt.want, `"`) {
			// A refusal names the type field of the route.
			want := strings.Replace(tt.want, `"type":"error"`, `"action":"error"`, 1)
			if !strings.Contains(got, want) || !strings.Contains(got, `"action":"error"`) {
				t.Errorf("%s: got %s, want a refusal with %s", tt.name, got, want)
			}
		} else if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A reload compiles every rule anew. Connections must not pay for that.
func TestReloadOfMessages(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.ruled(rules))
	c := open(t, s, "/ws")
	const message = `{"action":"chat","text":"x"}`
	answer(t, c, message)
	g.write("wswarden.yaml", "# A comment changes nothing.\n"+g.ruled(rules))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, c, message); got != message {
		t.Errorf("after a reload of the same: got %s, want the echo", got)
	}
	g.write("wswarden.yaml", g.ruled(strings.Replace(rules, "<= 1000", "<= 5", 1)))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	fresh := open(t, s, "/ws")
	if got := answer(t, fresh, `{"action":"order","quantity":7}`); !strings.Contains(got, `"code":"denied"`) {
		t.Errorf("after a reload of a changed rule: got %s, want a refusal", got)
	}
}
