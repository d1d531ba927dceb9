package serve_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// exchange sends texts, which must come back.
func exchange(t *testing.T, c *wireclient.Conn, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := c.SendText(text); err != nil {
			t.Fatal(err)
		}
		if u, err := c.NextMessage(contextOf(t)); err != nil || string(u.Payload) != text {
			t.Fatalf("sent %s, got %s, %v", text, u.Payload, err)
		}
	}
}

// TestLearning watches a route without rules, and then holds the same messages to
// the rules that were proposed.
func TestLearning(t *testing.T) {
	g := newGateway(t)
	learning := strings.Replace(g.plain(), "auth:", "mode: monitor, learn: messages.yaml, messages: {type: action, unknown: pass}, auth:", 1)
	r := g.run(learning)
	s := r.started(t)
	messages := []string{`{"action":"order","symbol":"AAPL","quantity":10}`, `{"action":"order","symbol":"MSFT","quantity":7,"note":"x"}`, `{"action":"bye"}`}
	exchange(t, open(t, s, "/ws"), messages[0])
	r.hangup()
	file := filepath.Join(g.dir, "messages.yaml")
	r.tick() // taken when the signal has been obeyed
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "order:") {
		t.Errorf("after SIGHUP: %v, %s", err, data)
	}
	exchange(t, open(t, s, "/ws"), append(messages[1:], "not JSON at all")...)
	r.stop(t)

	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "AAPL") || strings.Contains(string(data), "MSFT") {
		t.Errorf("the proposal holds a value:\n%s", data)
	}
	held := "listen: 127.0.0.1:0\nroutes:\n  - path: /ws\n    backend: " + g.backend + "/ws\n    origins: [" + origin + "]\n    auth: {anonymous: true}\n    " +
		strings.ReplaceAll(string(data), "\n", "\n    ")
	g.write("wswarden.yaml", held)
	if _, err := config.Load(g.file(), nil); err != nil {
		t.Fatalf("the proposal does not hold: %v\n%s", err, held)
	}
	c := open(t, g.start(held), "/ws")
	exchange(t, c, messages...)
	if err := c.SendText(`{"action":"order","symbol":"AAPL","quantity":10,"admin":true}`); err != nil {
		t.Fatal(err)
	}
	if u, err := c.NextMessage(contextOf(t)); err != nil || !strings.Contains(string(u.Payload), `"error"`) {
		t.Errorf("a message with a new field: got %s, %v", u.Payload, err)
	}
}
