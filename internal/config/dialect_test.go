package config_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// TestDialects loads each language by its name.
func TestDialects(t *testing.T) {
	for _, name := range dialect.Names() {
		cfg, err := parse(with(t, "    auth:", "    dialect: "+name+"\n    messages: {unknown: pass}\n    auth:"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := cfg.Guard.Routes[0].Messages.Dialect
		if name == "json" {
			if got != nil {
				t.Errorf("json: got %v, want what package guard takes by itself", got)
			}
		} else if got == nil || got.Name() != name {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// TestDialectKeys refuses a key that another dialect has.
func TestDialectKeys(t *testing.T) {
	section := func(dialect, keys string) []string {
		return edits("    auth:", "    dialect: "+dialect+"\n    messages: {"+keys+"}\n    auth:")
	}
	judge(t, []problemCase{
		{"arguments", section("socketio", "args: all"), nil},
		{"operations", section("graphql-transport-ws", "operations: 5, introspection: true"), nil},
		{"type of socketio", section("socketio", "type: event"), wants("10:22: routes[0].messages.type: the dialect socketio has types of its own")},
		{"arguments of json", section("json", "args: all"), wants("10:22: routes[0].messages.args: the dialect json has no arguments")},
		{"no such arguments", section("socketio", "args: second"), wants(`10:22: routes[0].messages.args: "second" is not accepted; write first or all`)},
		{"operations of stomp", section("stomp", "operations: 5"), wants("10:28: routes[0].messages.operations: the dialect stomp has no operations")},
		{"introspection of stomp", section("stomp", "introspection: false"), wants("10:31: routes[0].messages.introspection: the dialect stomp has no schema to ask for")},
		{"without messages", edits("    auth:", "    dialect: stomp\n    auth:"), wants("9:14: routes[0].dialect: it has no effect without messages")},
	})
}

// TestDialectOptions shows that args and operations arrive.
func TestDialectOptions(t *testing.T) {
	open := func(name, keys, hello string) dialect.Conversation {
		cfg, err := parse(with(t, "    auth:", "    dialect: "+name+"\n    messages: {"+keys+"}\n    auth:"))
		if err != nil {
			t.Fatal(err)
		}
		c := cfg.Guard.Routes[0].Messages.Dialect.Open(dialect.Opening{})
		said(t, c, hello)
		return c
	}
	if it := said(t, open("socketio", "args: all", "40"), `42["say","a","b"]`); string(it.Payload.Raw()) != `["a","b"]` {
		t.Errorf("got %s, want both arguments", it.Payload.Raw())
	}
	c := open("graphql-transport-ws", "operations: 1, introspection: true", `{"type":"connection_init"}`)
	said(t, c, `{"type":"subscribe","id":"1","payload":{"query":"{ __schema { types { name } } }"}}`)
	m := heard(`{"type":"subscribe","id":"2","payload":{"query":"{ a }"}}`)
	if bad := c.Read(m); bad != dialect.ErrGraphQLOperations {
		t.Errorf("a second operation: got %v, want %v", bad, dialect.ErrGraphQLOperations)
	}
}

func heard(text string) *dialect.Message {
	m := new(dialect.Message)
	m.Reset(dialect.Client, false, []byte(text), jsonscan.NewScanner(jsonscan.Limits{}))
	return m
}

// said reads and passes what a client says, and returns its item.
func said(t *testing.T, c dialect.Conversation, text string) dialect.Item {
	t.Helper()
	m := heard(text)
	if bad := c.Read(m); bad != nil {
		t.Fatalf("%s: %s", text, bad.Text)
	}
	c.Passed(m)
	return m.Items[0]
}
