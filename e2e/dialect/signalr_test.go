package dialect_test

import (
	"testing"
)

// TestSignalR has @microsoft/signalr talk to a small hub.
func TestSignalR(t *testing.T) {
	t.Parallel()
	url := gateway(t, "signalr", serve(t, "signalr"), nil)
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
