package dialect_test

import (
	"testing"
)

// TestPhoenix has the client of Phoenix talk to a small endpoint, in both
// serializers.
func TestPhoenix(t *testing.T) {
	t.Parallel()
	url := gateway(t, "phoenix", serve(t, "phoenix"), nil)
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
