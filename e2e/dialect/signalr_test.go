package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
)

// TestSignalR has @microsoft/signalr talk to a small hub.
func TestSignalR(t *testing.T) {
	t.Parallel()
	arguments := func(items string) *guard.Schema {
		return schema(`{"type":"array","items":false,"prefixItems":[` + items + `]}`)
	}
	url := gateway(t, serve(t, "signalr"), "/hub", nil, guard.MessagePolicy{
		Dialect: dialect.NewSignalR(),
		Client: map[string]guard.MessageRule{
			"Order":   {Schema: arguments(`{"type":"object","required":["quantity"],"properties":{"quantity":{"type":"integer"}}}`), Set: map[string]guard.Expression{"[0].userId": alice}},
			"Count":   {Schema: arguments(`{"type":"integer"}`), Allow: is("kind", "stream")},
			"Profile": {}, "Add": {}, "Upload": {},
			":item Upload": {Schema: schema(`{"type":"integer"}`)},
		},
		Server: map[string]guard.MessageRule{"profile": {Redact: []string{"secret"}}},
	})
	run(t, "signalr", url, `{
		"accepted": "1 for alice",
		"refused": {"error": "a value has the wrong type (schema, EVENT)"},
		"unknown": {"error": "messages of this type are not accepted (schema, EVENT)"},
		"two": 3,
		"profile": {"name": "Alice"},
		"stream": {"items": [1, 2, 3]},
		"refusedStream": {"items": [], "error": "a value has the wrong type (schema, EVENT)"},
		"upload": "sum: 1+2+3",
		"after": "2 for alice",
		"packed": {"error": "Server returned handshake error: only the JSON hub protocol is accepted"}
	}`)
}
