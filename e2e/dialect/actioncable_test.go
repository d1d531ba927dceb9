package dialect_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// TestActionCable has @rails/actioncable talk to Rails' own server.
func TestActionCable(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	puma := exec.Command(program(t, "puma ruby-actioncable", "puma"), "--quiet", "--bind", fmt.Sprintf("tcp://127.0.0.1:%d", port), "server/actioncable.ru")
	backend := start(t, puma, func(line string) string {
		if !strings.Contains(line, "Use Ctrl-C to stop") {
			return ""
		}
		return fmt.Sprint(port)
	})
	url := gateway(t, "actioncable", backend, nil)
	run(t, "actioncable", url, `{
		"state": "connected",
		"welcome": {"type": "welcome", "room": "1"},
		"accepted": {"type": "accepted", "order": {"quantity": 1, "userId": "alice"}},
		"refused": {"type": "error", "code": "schema", "message": "a value has the wrong type", "event": "EVENT"},
		"unknown": {"type": "error", "code": "schema", "message": "messages of this type are not accepted", "event": "EVENT"},
		"profile": {"type": "profile", "name": "Alice"},
		"closed": "rejected",
		"forbidden": "rejected",
		"after": {"type": "accepted", "order": {"quantity": 2, "userId": "alice"}}
	}`)
}
