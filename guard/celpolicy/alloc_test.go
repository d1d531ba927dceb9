package celpolicy_test

import "testing"

// What rules mostly say costs no allocation, so that a message that is allowed
// unchanged costs none.
func TestAllocations(t *testing.T) {
	env, f := environment(t, order), factsOf(t, `{"symbol": "ABC", "quantity": 1200, "price": 5, "account": "ab\"c", "tags": ["a", "b"], "legs": [{"quantity": 1}, {"quantity": 2}]}`)
	for _, source := range []string{
		`message.quantity <= 1000 || "pro" in session.roles`,
		`message.account in session.claims.accounts`,
		`session.owns("accounts", message.account)`,
		`message.symbol in ["XYZ", "ABC"] && message.price < 10`,
		`message.symbol.startsWith("A") && message.symbol.matches("^[A-Z]{1,5}$") && size(message.symbol) < 10`,
		`has(message.price) && !has(message.note) && message.symbol != session.user`,
		`"b" in message.tags`,
		`conn.route == "/ws"`,
	} {
		c := condition(t, env, source)
		if got, err := c.Holds(f); !got || err != nil {
			t.Errorf("Holds(%q) = %v, %v; want true", source, got, err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = c.Holds(f) }); n != 0 {
			t.Errorf("Holds(%q): got %v allocations, want none", source, n)
		}
	}
	x, err := env.Expression(`session.user`)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() { _, _ = x.AppendJSON(dst, f) }); n != 0 {
		t.Errorf("AppendJSON(%q): got %v allocations, want none", x, n)
	}
}
