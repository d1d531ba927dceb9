package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/dialect"
)

// TestPhoenix has the client of Phoenix talk to a small endpoint, in both
// serializers.
func TestPhoenix(t *testing.T) {
	t.Parallel()
	url := gateway(t, serve(t, "phoenix"), "/socket/websocket", nil, guard.MessagePolicy{
		Dialect: dialect.NewPhoenix(),
		Client: map[string]guard.MessageRule{
			"phx_join": {Allow: is("topic", "room:1", "room:2")},
			"order":    {Schema: order, Set: map[string]guard.Expression{"userId": alice}},
			"file":     {},
		},
		Server: map[string]guard.MessageRule{"profile": drop},
	})
	const both = `
		"profile": {"name": "Alice"},
		"accepted": {"ok": {"accepted": {"quantity": 1, "userId": "alice"}}},
		"refused": {"error": {"reason": "schema", "message": "a value has the wrong type", "event": "EVENT"}},
		"unknown": {"error": {"reason": "schema", "message": "messages of this type are not accepted", "event": "EVENT"}},
		"forbidden": {"error": {"reason": "denied", "message": "the message is not allowed", "event": "EVENT"}},
		"leave": {"ok": {}}, "again": "room:2", "alive": true,
		"join": {"ok": {"joined": "room:1", "with": {"device": "d1"}}}`
	run(t, "phoenix", url, `{"v2": {`+both+`, "binary": {"ok": {"bytes": 3}}}, "v1": {`+both+`}}`)
}
