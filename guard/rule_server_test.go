package guard

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/wire"
)

var (
	profileSchema = schema(`{"type":"object","required":["type","name"],"properties":{"type":{},"name":{"type":"string"},"pets":{"items":{"properties":{"kind":{}}}}}}`)

	nodeTrace   = "Error: no such user\n    at Object.<anonymous> (/app/server.js:12:15)\n    at node:internal/main:1:1"
	pythonTrace = "Traceback (most recent call last):\n  File \"/app/server.py\", line 12, in handle\nKeyError: 'x'"
)

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestServerRules sends one message of the server and looks at what the client
// gets of it.
func TestServerRules(t *testing.T) {
	rules := func(r MessageRule) MessagePolicy { return MessagePolicy{Server: map[string]MessageRule{"m": r}} }
	mine := holds(func(f *Facts) (bool, error) { return f.Message.Get("to").EqualText(f.Session.User), nil })
	same := "(same)"
	for _, c := range []struct {
		name   string
		policy MessagePolicy
		send   string
		want   string
		record string
	}{
		{"no rule", rules(MessageRule{}), `{"type":"x", "a":1}`, same, ""},
		{"no rule, and none is to pass", MessagePolicy{UnknownServer: UnknownReject}, `{"type":"x"}`, "", "message.unknown-type other WS311"},
		{"not JSON, no rules", MessagePolicy{}, `pong`, same, ""},
		{"not JSON, where a rule might have applied", rules(MessageRule{}), `pong`, "", "message.literal  WS301"},
		{"not JSON, where something is secret", MessagePolicy{Secret: []string{"hash"}}, `{"type":"m","hash":1`, "", "message.unexpected-end  WS301"},
		{"what can't hold a trace is not read", MessagePolicy{}, `{"type":"x","type":"y","a":`, same, ""},
		{"a trace that is not JSON", MessagePolicy{}, pythonTrace, "", "message.error-detail  WS503"},
		{"prototype keys are the client's to mind", rules(MessageRule{}), `{"type":"m","__proto__":1}`, same, ""},
		{"on the schema", rules(MessageRule{Schema: profileSchema}), `{"type":"m","name":"a","more":1}`, same, ""},
		{"off the schema", rules(MessageRule{Schema: profileSchema}), `{"type":"m","name":1}`, "", "message.schema m WS504"},
		{"undeclared", rules(MessageRule{Schema: profileSchema, Undeclared: UndeclaredDrop}), `{"type":"m","name":"a","hash":"x","pets":[{"kind":1,"owner":2}]}`, `{"type":"m","name":"a","pets":[{"kind":1}]}`, ""},
		{"undeclared, nothing to drop", rules(MessageRule{Schema: profileSchema, Undeclared: UndeclaredDrop}), `{"type":"m", "name":"a"}`, same, ""},
		{"undeclared, rest off the schema", rules(MessageRule{Schema: profileSchema, Undeclared: UndeclaredDrop}), `{"type":"m","hash":"x"}`, "", "message.schema m WS504"},
		{"allowed", rules(MessageRule{Allow: mine}), `{"type":"m","to":"alice"}`, same, ""},
		{"not allowed", rules(MessageRule{Allow: mine}), `{"type":"m","to":"bob"}`, "", "message.allow m WS403"},
		{"clean", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","text":"<b>"}`, `{"type":"m","text":"&lt;b&gt;"}`, ""},
		{"redact", rules(MessageRule{Redact: []string{"ssn"}}), `{"type":"m","a":[{"ssn":{"x":1},"b":1}],"SSN":2}`, `{"type":"m","a":[{"b":1}]}`, "message.secret m WS504"},
		{"redact is its type's", rules(MessageRule{Redact: []string{"ssn"}}), `{"type":"x","ssn":1}`, same, ""},
		{"secret", MessagePolicy{Secret: []string{"passwordHash"}}, `{"type":"x","a":{"passwordHash":1,"b":1}}`, `{"type":"x","a":{"b":1}}`, "message.secret other WS504"},
		{"secret in what is called plain text", MessagePolicy{Dialect: dialect.NewSTOMP(), Secret: []string{"hash"}}, "MESSAGE\ndestination:/t\nmessage-id:1\nsubscription:0\ncontent-type:text/plain\n\n{\"hash\":1}\x00",
			"MESSAGE\ndestination:/t\nmessage-id:1\nsubscription:0\ncontent-type:text/plain\n\n{}\x00", "message.secret other WS504"},
		{"nothing secret in plain text", MessagePolicy{Dialect: dialect.NewSTOMP(), Secret: []string{"hash"}}, "MESSAGE\ndestination:/t\nmessage-id:1\nsubscription:0\ncontent-type:text/plain\n\nhello\x00", same, ""},
		{"secret behind undeclared", MessagePolicy{Secret: []string{"kind"}, Server: map[string]MessageRule{"m": {Schema: profileSchema, Undeclared: UndeclaredDrop}}},
			`{"type":"m","name":"a","hash":"x","pets":[{"kind":1,"owner":2}]}`, `{"type":"m","name":"a","pets":[{}]}`, "message.secret m WS504"},
		{"trace", MessagePolicy{}, `{"type":"x","stack":` + quote(nodeTrace) + `,"b":1}`, `{"type":"x","stack":"(details withheld)","b":1}`, "message.error-detail other WS503"},
		{"trace by lines", MessagePolicy{}, `{"type":"x","stack":["Error","    at f (/app/x.js:1:2)"]}`, `{"type":"x","stack":["Error","(details withheld)"]}`, "message.error-detail other WS503"},
		{"trace that may pass", MessagePolicy{ErrorDetail: DetailPass}, `{"type":"x","stack":` + quote(nodeTrace) + `}`, same, ""},
		{"trace in what is secret", MessagePolicy{Secret: []string{"stack"}}, `{"type":"x","stack":` + quote(nodeTrace) + `,"b":{"stack":["    at f (/app/x.js:1:2)"]}}`, `{"type":"x","b":{}}`, "message.secret other WS504"},
		{"monitor", rules(MessageRule{Mode: Monitor, Schema: profileSchema, Undeclared: UndeclaredDrop, Redact: []string{"kind"}}), `{"type":"m","hash":"x","pets":[{"kind":1}]}`, same, "monitored message.schema m WS504, monitored message.secret m WS504"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newTalk(t, messages(c.policy))
				r.backend.send(wire.Text, c.send)
				var want []string
				switch c.want {
				case same:
					want = []string{c.send}
				case "":
				default:
					want = []string{c.want}
				}
				r.client.want(t, want...)
				r.backend.quiet(t)
				if c.record != "" && !strings.HasPrefix(c.record, "monitored") {
					c.record = "denied " + c.record
				}
				if got := strings.Join(r.decisions(), ", "); got != c.record {
					t.Errorf("recorded %q, want %q", got, c.record)
				}
			})
		})
	}
}

// TestServerRefusalsAreReportedOnce keeps a server that is wrong a thousand times
// from filling the log; each is counted.
func TestServerRefusalsAreReportedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Strikes: 3, Reject: RejectClose, Server: map[string]MessageRule{"m": {Schema: profileSchema}}}))
		for range 10 {
			r.backend.send(wire.Text, `{"type":"m"}`)
		}
		r.backend.send(wire.Text, `{"type":"m","name":"a"}`)
		r.client.want(t, `{"type":"m","name":"a"}`)
		if n := len(r.decisions()); n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		if n := r.g.Stats().Routes[0].Messages[4]; n.From != "server" || n.Decision != Denied || n.Messages != 10 {
			t.Errorf("counted %+v", n)
		}
	})
}

// TestServerBinary passes unread where unknown messages do.
func TestServerBinary(t *testing.T) {
	for _, c := range []struct {
		policy MessagePolicy
		want   int
	}{{MessagePolicy{Secret: []string{"x"}}, 1}, {MessagePolicy{UnknownServer: UnknownReject}, 0}} {
		bubble(t, func(t *testing.T) {
			r := newTalk(t, messages(c.policy))
			r.backend.send(wire.Binary, "\x00\xff")
			if got := r.client.got(t); len(got) != c.want {
				t.Errorf("got %q, want %d messages", got, c.want)
			}
		})
	}
}

// newHandled starts a connection of alice to a handler.
func newHandled(t *testing.T, policy MessagePolicy, handle HandlerFunc) *rig {
	t.Helper()
	r := &rig{events: new(recorder)}
	near, client := net.Pipe()
	_, backend := net.Pipe()
	r.client, r.backend = newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
	r.connect(t, rigConfig(r.events, messages(policy)), near, &opened{handle: handle}, alice)
	r.client.listen(nil)
	return r
}

// TestHandlerMessages holds a handler, and what it sends, to the same rules.
func TestHandlerMessages(t *testing.T) {
	bubble(t, func(t *testing.T) {
		user := gives(func(f *Facts) any { return f.Session.User })
		policy := MessagePolicy{
			Client: map[string]MessageRule{"m": {Schema: chatSchemaOpen, Set: map[string]Expression{"user": user}}, "raw": {}},
			Server: map[string]MessageRule{"m": {Schema: profileSchema, Undeclared: UndeclaredDrop}},
		}
		var received []string
		handle := func(_ context.Context, s *Session, m Message) error {
			received = append(received, string(m.Data))
			if err := s.Send(Message{Data: []byte(`{"type":"m"}`)}); !errors.Is(err, ErrMessageRefused) {
				t.Errorf("a message off the schema: %v", err)
			}
			if s.TrySend(Message{Data: []byte(`{"type":"m"}`)}) {
				t.Error("a message off the schema was sent")
			}
			return s.Send(Message{Data: []byte(`{"type":"m","name":"x","hash":1}`)})
		}
		r := newHandled(t, policy, handle)
		for _, m := range []string{`{"type":"m","text":"a","user":"bob"}`, `{"type":"x"}`, `{"type":"raw"}`} {
			r.client.send(wire.Text, m)
		}
		got := errorCodes(r.client.got(t))
		want := []string{`{"type":"m","name":"x"}`, "error schema", `{"type":"m","name":"x"}`}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("the client got %q, want %q", got, want)
		}
		if got := strings.Join(received, " "); got != `{"type":"m","text":"a","user":"alice"} {"type":"raw"}` {
			t.Errorf("the handler got %q", got)
		}
	})
}

// TestHandlerIsMonitored counts what a handler sends as what a backend sends is.
func TestHandlerIsMonitored(t *testing.T) {
	bubble(t, func(t *testing.T) {
		policy := MessagePolicy{Client: map[string]MessageRule{"m": {}}, Server: map[string]MessageRule{"m": {Mode: Monitor, Schema: profileSchema}}}
		handle := func(_ context.Context, s *Session, m Message) error {
			if !s.TrySend(Message{Data: []byte(`{"type":"m"}`)}) {
				t.Error("not sent")
			}
			return s.Send(Message{Data: []byte(`{"type":"m","name":"x"}`)})
		}
		r := newHandled(t, policy, handle)
		r.client.send(wire.Text, `{"type":"m"}`)
		r.client.want(t, `{"type":"m"}`, `{"type":"m","name":"x"}`)
		f := &r.c.route.counts.server
		if passed, monitored := f.messages.Load(), f.monitored.Load(); passed != 1 || monitored != 1 {
			t.Errorf("%d messages passed and %d are monitored, want 1 and 1", passed, monitored)
		}
	})
}

// TestInspectionKeepsLittle: what one large message took is not kept for the next
// one, nor cleared behind each.
func TestInspectionKeepsLittle(t *testing.T) {
	in := &inspection{list: make([]jsonscan.Value, 0, 1<<18)}
	j := &judge{in: in}
	j.done()
	if n := cap(in.list); n != 0 {
		t.Errorf("memory for %d values is kept", n)
	}
}
