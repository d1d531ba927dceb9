package celpolicy_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/celpolicy"
)

func TestHolds(t *testing.T) {
	const message = `{
		"symbol": "ABC", "quantity": 1200, "price": 5, "urgent": true, "note": null, "account": 42, "tags": ["a", "b\u0063"],
		"legs": [{"quantity": 1, "to": {"city": "Ulm"}}, {"quantity": 2}], "prices": {"bid": 1, "ask": 2.5}, "to": {"city": "Bern"},
		"free": {"deep": [1, 2.0, 3.5, "x", null, {"k": true}]}
	}`
	tests := []struct {
		source string
		want   bool
	}{
		// What the documentation of the product shows.
		{`message.quantity <= 1000 || "pro" in session.roles`, true},
		{`message.quantity <= 1000 || "admin" in session.roles`, false},
		// Numbers are one kind to JSON, however they are written.
		{`message.price == 5`, true},
		{`message.price == 5.0`, true},
		{`5 == message.price`, true},
		{`message.price != 5`, false},
		{`message.price < 6 && message.price > 4.5`, true},
		{`message.price in [1, 5]`, true},
		{`message.quantity in [1.5, 1200.0]`, true},
		{`message.free.deep[1] == 2`, true},
		{`message.quantity == message.price`, false},
		{`message.price * 2.0 == 10.0`, true},
		{`double(message.quantity) * message.price == 6000.0`, true},
		// Text.
		{`message.symbol == "ABC" && message.symbol != session.user`, true},
		{`message.symbol.startsWith("AB") && message.symbol.endsWith("C") && message.symbol.contains("B")`, true},
		{`message.symbol.matches("^[A-Z]{1,5}$")`, true},
		{`message.symbol.matches("^[a-z]+$")`, false},
		{`message.symbol.lowerAscii() == "abc"`, true},
		{`size(message.symbol) == 3 && message.symbol.size() < 4`, true},
		{`message.tags == ["a", "bc"]`, true},
		{`"bc" in message.tags`, true},
		{`"x" in message.tags`, false},
		// Null, presence, options.
		{`message.note == null`, true},
		{`has(message.note) && has(message.to.city)`, true},
		{`has(message.to.zip)`, false},
		{`has(message.free.nope)`, false},
		{`message.to.?zip.orValue("none") == "none"`, true},
		{`message.urgent`, true},
		{`!message.urgent`, false},
		{`message.urgent ? message.price < 10 : false`, true},
		// Containers.
		{`message.legs.all(l, l.quantity < 3)`, true},
		{`message.legs.exists(l, has(l.to) && l.to.city == "Ulm")`, true},
		{`message.legs.map(l, l.quantity) == [1, 2]`, true},
		{`message.legs[1].quantity == 2 && size(message.legs) == 2`, true},
		{`message.prices.all(k, message.prices[k] < 3)`, true},
		{`message.prices["bid"] == 1 && message.prices.ask == 2.5`, true},
		{`"bid" in message.prices && !("last" in message.prices)`, true},
		{`message.legs[0].to == message.to`, false},
		{`message.to == message.to && message.legs == message.legs`, true},
		{`message.free.deep[5] == {"k": true}`, true},
		{`sets.contains(session.roles, ["pro"])`, true},
		// The session.
		{`session.user == "u-17" && session.name == "Ada" && session.session == "s-3" && !session.anonymous`, true},
		{`session.expires > timestamp("2029-01-01T00:00:00Z")`, true},
		{`session.authenticated < conn.opened && conn.opened - session.authenticated < duration("25h")`, true},
		{`session.expires - conn.opened == duration("8760h")`, true},
		{`session.claims.desk == "fx" && session.claims.level >= 3 && session.claims.org.id == 7`, true},
		{`"red" in session.claims.org.teams`, true},
		// Ownership.
		{`message.account in session.claims.accounts`, true},
		{`session.owns("accounts", message.account)`, true},
		{`session.owns("desk", "fx")`, true},
		{`session.owns("level", message.account)`, false},
		{`session.owns("nothing", message.account)`, false},
		{`session.owns("none", null)`, false},
		{`session.owns("org", message.account)`, false},
		{`session.owns("accounts", message.symbol)`, false},
		{`message.legs.all(l, session.owns("accounts", l.quantity))`, false},
		// The connection and the envelope.
		{`conn.ip == "10.1.2.3" && conn.origin == "https://app.example.com" && conn.route == "/ws" && conn.id == "c1"`, true},
		{`cidr("10.0.0.0/8").containsIP(conn.ip)`, true},
		{`envelope.type == "place_order" && envelope.topic.startsWith("room:")`, true},
		{`has(envelope.nope) || "nope" in envelope`, false},
		{`cel.bind(q, message.quantity, q > 1000 && q < 2000)`, true},
		// One term that decides hides the errors of the others, as CEL has it.
		{`message.to.zip == "1" || message.urgent`, true},
		{`message.to.zip == "1" && !message.urgent`, false},
	}
	env, f := environment(t, order), factsOf(t, message)
	for _, tt := range tests {
		c := condition(t, env, tt.source)
		if got, err := c.Holds(f); err != nil || got != tt.want {
			t.Errorf("Holds(%q) = %v, %v; want %v", tt.source, got, err, tt.want)
		}
		if got, err := c.Interpret(f); err != nil || got != tt.want {
			t.Errorf("Interpret(%q) = %v, %v; want %v", tt.source, got, err, tt.want)
		}
	}
}

// Whatever has no value is an error, and its text tells nothing of what was read.
func TestHoldsFails(t *testing.T) {
	const message = `{"symbol": "s3cret", "quantity": 9007199254740993, "price": 1e300, "to": {"city": "s3cret"}, "free": {"t": "s3cret", "n": 99999999999999999999}}`
	tests := []struct{ source, want string }{
		{`message.to.zip == ""`, "1:11: a field is missing"},
		{`message.free.nope == 1`, "1:13: a field is missing"},
		{`message.free[message.symbol] == 1`, "a field is missing"},
		{`session.claims.nope == 1`, "1:15: a field is missing"},
		{`envelope.nope == ""`, "1:9: a field is missing"},
		{`message.legs[0].quantity == 1`, "a field is missing"},
		{`[1][message.quantity - 9007199254740990] == 1`, "an element is missing"},
		{`message.free.t < 5`, "a value has a type that does not fit"},
		{`message.free.t`, "the value is neither true nor false"},
		{`message.quantity / 0 == 1`, "a division by zero"},
		{`message.quantity * message.quantity == 1`, "a number is out of range"},
		{`int(message.symbol) == 1`, "it has no value for this message"},
		{`timestamp(message.symbol) == session.expires`, "it has no value for this message"},
		{`duration(message.free.t) > duration("1s")`, "it has no value for this message"},
	}
	env, f := environment(t, order), factsOf(t, message)
	for _, tt := range tests {
		c, err := env.Condition(tt.source)
		if err != nil {
			t.Errorf("Condition(%q): %v", tt.source, err)
			continue
		}
		got, err := c.Holds(f)
		var failure *celpolicy.Failure
		if got || !errors.As(err, &failure) || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("Holds(%q) = %v, %v; want an error with %q", tt.source, got, err, tt.want)
		} else if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "9007") {
			t.Errorf("Holds(%q): the error %q quotes the message", tt.source, err)
		}
	}
}

// A message that is not what the schema says reaches an expression in monitor
// mode: nothing of it may be taken for something else.
func TestHoldsAgainstSchema(t *testing.T) {
	env := environment(t, order)
	c := condition(t, env, `message.quantity <= 1000`)
	for _, message := range []string{`{"quantity": "7"}`, `{"quantity": 7.5}`, `{"quantity": null}`, `{"quantity": [7]}`, `{}`, `[]`, `7`, `null`, ``} {
		if got, err := c.Holds(factsOf(t, message)); got || err == nil {
			t.Errorf("Holds on %q = %v, %v; want an error", message, got, err)
		}
	}
}

func TestHoldsWithoutSession(t *testing.T) {
	env := environment(t, "")
	f := &guard.Facts{}
	for source, want := range map[string]bool{
		`session.anonymous && session.user == ""`:  true,
		`"pro" in session.roles`:                   false,
		`session.owns("accounts", 1)`:              false,
		`has(session.expires) || has(conn.opened)`: false,
		`conn.ip == ""`:                            true,
	} {
		if got, err := condition(t, env, source).Holds(f); err != nil || got != want {
			t.Errorf("Holds(%q) = %v, %v; want %v", source, got, err, want)
		}
	}
}

// Conditions are shared by all connections.
func TestHoldsConcurrently(t *testing.T) {
	env := environment(t, order)
	conditions := []*celpolicy.Condition{
		condition(t, env, `message.quantity <= 1000 || "pro" in session.roles`),
		condition(t, env, `message.legs.all(l, l.quantity < 3) && message.tags.exists(x, x == "bc")`),
	}
	var wg sync.WaitGroup
	for range 8 {
		f := factsOf(t, `{"quantity": 2000, "legs": [{"quantity": 1}, {"quantity": 2}], "tags": ["b\u0063"]}`)
		wg.Go(func() {
			for range 200 {
				for _, c := range conditions {
					if got, err := c.Holds(f); !got || err != nil {
						t.Errorf("Holds(%q) = %v, %v; want true", c, got, err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// Errors come up in many evaluations at the same time, too, and say nothing of each
// other.
func TestHoldsFailsConcurrently(t *testing.T) {
	env := environment(t, "")
	f := factsOf(t, `{"text": "x", "n": 9223372036854775807, "least": -9223372036854775808}`)
	var wg sync.WaitGroup
	for _, source := range []string{
		`message.text < 5`, `true && message.text < 5`, `timestamp(message.n) < session.expires`, `math.abs(message.least) > 0`, `message.nope == 1`, `message.n + 1 > 0`,
	} {
		c := condition(t, env, source)
		for range 2 {
			wg.Go(func() {
				for range 100 {
					var failure *celpolicy.Failure
					if got, err := c.Holds(f); got || !errors.As(err, &failure) || failure.Line > 1 || failure.Column > len(source)+1 {
						t.Errorf("Holds(%q) = %v, %v; want an error in the expression", source, got, err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}
