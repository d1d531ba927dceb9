package dialect_test

import (
	"testing"
)

// TestSocketIO has socket.io-client talk to socket.io.
func TestSocketIO(t *testing.T) {
	t.Parallel()
	url := gateway(t, "socketio", serve(t, "socketio"), nil)
	run(t, "socketio", url, `{
		"welcome": {"room": "/", "auth": {"device": "d1"}},
		"accepted": {"accepted": {"quantity": 1, "userId": "alice"}},
		"refusedAck": {"status": "error", "code": "schema", "message": "a value has the wrong type", "event": "EVENT"},
		"refusedEvent": {"status": "error", "code": "schema", "message": "a value has the wrong type", "event": "EVENT"},
		"unknown": {"status": "error", "code": "schema", "message": "messages of this type are not accepted", "event": "EVENT"},
		"profile": {"name": "Alice", "email": "a@example.com"},
		"file": {"name": "a.bin", "bytes": 4, "data": [0, 1, 2, 255]},
		"asked": {"answer": 3},
		"namespace": "/trading",
		"after": {"accepted": {"quantity": 2, "userId": "alice"}},
		"forbidden": {"message": "the message is not allowed", "data": {"status": "error", "code": "denied", "message": "the message is not allowed", "event": "EVENT"}},
		"polling": "xhr poll error"
	}`)
}
