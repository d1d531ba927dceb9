package celpolicy_test

import (
	"encoding/json"
	"testing"

	"github.com/wswarden/wswarden/guard/celpolicy"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// FuzzCondition holds the tests that spare the interpreter to what it says, for
// any condition and any message, declared or not; and that whatever can be
// evaluated is written as JSON that the scanner of messages accepts.
func FuzzCondition(f *testing.F) {
	for _, source := range []string{
		`message.quantity <= 1000 || "pro" in session.roles`,
		`message.price == 5 && message.price in [1, 5.5, "x", null, true]`,
		`message.account in session.claims.accounts || message.account == message.free`,
		`session.owns("accounts", message.account) != message.urgent`,
		`has(message.to.zip) && !(message.note == null || message.note == "")`,
		`message.symbol.startsWith("A") || message.note.endsWith("b") && message.symbol.contains(message.symbol)`,
		`size(message.tags) > 1 || message.symbol.size() == size(message.free)`,
		`message.free.a.b < message.free.c || message.free.a >= 1.5`,
		`message.symbol == message.note || message.free == session.user`,
		`"x" in message.free || message.free in [[1], 2] || message.quantity in message.free`,
		`session.claims.org.id == message.quantity || session.claims.score < message.price`,
		`message.legs.exists(l, l.quantity == message.quantity)`,
		`dyn(message.quantity) == message.price && message.symbol.matches("^(A|\\d)+$")`,
	} {
		for _, message := range []string{
			`{"quantity": 5, "price": 5, "account": 42, "symbol": "A\"1", "note": null, "urgent": true, "tags": ["a", "A\"1"], "free": {"a": {"b": 1}, "c": 2}, "to": {"city": "x"}}`,
			`{"quantity": 9223372036854775807, "price": 9007199254740993, "account": "ab\"c", "symbol": "A1", "note": "A1", "free": [1, 1.0, "x", null, 9007199254740993]}`,
			`{"quantity": 1.0, "price": -0.0, "account": null, "symbol": "\u20ac\ud83d\ude00", "note": "a\u0062", "free": "u-17"}`,
			`{"quantity": "5", "price": [], "symbol": 1, "tags": {}, "to": null, "urgent": 1}`,
		} {
			f.Add(source, message)
		}
	}
	declared, open := environment(f, order), environment(f, "")
	scanner := jsonscan.NewScanner(jsonscan.Limits{})
	f.Fuzz(func(t *testing.T, source, message string) {
		if len(source) > 300 || len(message) > 1000 {
			return
		}
		var d jsonscan.Doc
		if !scanner.Scan([]byte(message), &d).OK() {
			return
		}
		facts := factsOf(t, message)
		for _, env := range []*celpolicy.Environment{declared, open} {
			if c, err := env.Condition(source); err == nil {
				got, err := c.Holds(facts)
				want, wantErr := c.Interpret(facts)
				if got != want || (err == nil) != (wantErr == nil) {
					t.Errorf("Holds(%q) of %s = %v, %v; the interpreter says %v, %v", source, message, got, err, want, wantErr)
				}
			}
			x, err := env.Expression(source)
			if err != nil {
				continue
			}
			text, err := x.AppendJSON(nil, facts)
			general, generalErr := x.Interpret(nil, facts)
			if (err == nil) != (generalErr == nil) {
				t.Errorf("AppendJSON(%q) of %s: %v; the interpreter says %v", source, message, err, generalErr)
			}
			if err == nil && (!json.Valid(text) || !json.Valid(general)) {
				t.Errorf("AppendJSON(%q) of %s = %q and %q, want JSON", source, message, text, general)
			}
		}
	})
}
