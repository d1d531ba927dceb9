package celpolicy_test

import "testing"

func BenchmarkHolds(b *testing.B) {
	env := environment(b, order)
	f := factsOf(b, `{"symbol": "ABC", "quantity": 1200, "price": 5, "account": 42, "tags": ["a", "b"], "legs": [{"quantity": 1}, {"quantity": 2}]}`)
	for name, source := range map[string]string{
		"role":    `message.quantity <= 1000 || "pro" in session.roles`,
		"owner":   `message.account in session.claims.accounts`,
		"pattern": `message.symbol.matches("^[A-Z]{1,5}$")`,
		"loop":    `message.legs.all(l, l.quantity < 3)`,
	} {
		c := condition(b, env, source)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Holds(f)
			}
		})
		b.Run(name+"-interpreted", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Interpret(f)
			}
		})
	}
}
