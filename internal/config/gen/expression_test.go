package main

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

// The expressions of the reference are read as they stand there.
func TestExpressionsOfTheReference(t *testing.T) {
	n := 0
	for line := range strings.Lines(expressions) {
		rule, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if !ok {
			continue
		}
		n++
		text := "sign_in: {forward_auth: {url: \"http://127.0.0.1:3000/whoami\"}}\nroutes:\n  - path: /ws\n    backend: ws://127.0.0.1:3000/ws\n" +
			"    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n    messages:\n      client:\n        a:\n          " + rule + "\n"
		if _, err := config.Parse("reference.yaml", []byte(text), nil); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if n < 4 {
		t.Errorf("got %d examples, want those of the reference", n)
	}
}
