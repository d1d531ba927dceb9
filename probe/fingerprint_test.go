package probe_test

import (
	"testing"

	"github.com/wswarden/wswarden/probe"
)

// TestRecogniseWords has words of one library that are part of another's.
func TestRecogniseWords(t *testing.T) {
	for _, c := range []struct{ body, reason, want string }{
		{reason: "received unknown opcode 3", want: "coder/websocket (Go)"},
		{reason: "bad opcode 3", want: "gorilla/websocket (Go)"},
		{body: `unsupported WebSocket protocol version (only 13 is supported): "1337"`, want: "coder/websocket (Go)"},
		{body: "Upgrade Required", reason: "", want: ""},
	} {
		if got := probe.RecogniseWords(c.body, c.reason, ""); got != c.want {
			t.Errorf("%q %q: got %q, want %q", c.body, c.reason, got, c.want)
		}
	}
}
