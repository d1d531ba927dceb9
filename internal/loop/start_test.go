package loop_test

import (
	"net"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/loop"
)

// freeAddress is one at which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// TestStartProgram starts a program through a shell that has it as a child, and ends
// both.
func TestStartProgram(t *testing.T) {
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loop.StartProgram(t.Context(), "/usr/bin/python3 -m http.server --bind 127.0.0.1 "+port+"; true", address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loop.StartProgram(t.Context(), "true", address); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("where something listens: got %v, want a refusal", err)
	}
	p.Close()
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("it listens after its end")
	}
}

func TestStartProgramFails(t *testing.T) {
	_, err := loop.StartProgram(t.Context(), "echo no such module >&2; exit 3", freeAddress(t))
	if err == nil || !strings.Contains(err.Error(), "it ended before it listened: no such module") {
		t.Errorf("got %v, want the end and the last line", err)
	}
}

func TestSignIn(t *testing.T) {
	who, err := loop.SignIn(t.Context(), `alice=echo "Cookie: at=$WSWARDEN_PROGRAM_URL"`, "http://127.0.0.1:1")
	if err != nil || who != "alice=Cookie: at=http://127.0.0.1:1" {
		t.Errorf("got %q, %v", who, err)
	}
	for _, how := range []string{"alice", "alice=", "=true", "alice=true", "alice=echo secret; exit 1", "alice=echo secret; echo two"} {
		if _, err := loop.SignIn(t.Context(), how, ""); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want an error that holds nothing of what was printed", how, err)
		}
	}
}
