package celpolicy_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/celpolicy"
)

func TestCost(t *testing.T) {
	env := environment(t, order)
	bounded := condition(t, env, `message.legs.all(a, message.tags.exists(b, b == a.to.city))`)
	if bounded.Counted() {
		t.Errorf("%q is counted, though the schema bounds it", bounded)
	}
	// The schema bounds it so that honest messages pass; the evaluation does the rest.
	open := environment(t, `{"type": "object", "properties": {"l": {"type": "array", "maxItems": 500, "items": {"type": "integer"}}}}`)
	counted := condition(t, open, `message.l.all(a, message.l.exists_one(b, a == b))`)
	if !counted.Counted() {
		t.Fatalf("%q is not counted, though a message can make it cost millions", counted)
	}
	if got, err := counted.Holds(factsOf(t, `{"l": [1, 2, 3]}`)); !got || err != nil {
		t.Errorf("Holds on a small message = %v, %v; want true", got, err)
	}
	large := `{"l": [` + strings.Repeat("1,", 499) + `1]}`
	got, err := condition(t, open, `message.l.all(a, message.l.exists(b, a != b) || true)`).Holds(factsOf(t, large))
	if got || err == nil || err.Error() != "evaluate expression: it costs more than is allowed" {
		t.Errorf("Holds on a large message = %v, %v; want an error about its cost", got, err)
	}
}

// What a schema says of sizes is no bound where messages are not held to it.
func TestCostUnenforced(t *testing.T) {
	env, err := celpolicy.NewEnvironment([]byte(order), celpolicy.Limits{Unenforced: true})
	if err != nil {
		t.Fatal(err)
	}
	if c := condition(t, env, `message.quantity <= 1000 && message.symbol.startsWith("X")`); c.Counted() {
		t.Errorf("%q is counted, though no message makes it cost much", c)
	}
	c := condition(t, env, `message.tags.all(a, message.tags.exists(b, a == b))`)
	if got, err := c.Holds(factsOf(t, `{"tags": ["a", "b"]}`)); !got || err != nil {
		t.Errorf("Holds on a message as the schema has it = %v, %v; want true", got, err)
	}
	var tags []string
	for i := range 1000 {
		tags = append(tags, strconv.Quote(strconv.Itoa(i)))
	}
	got, err := c.Holds(factsOf(t, `{"tags": [`+strings.Join(tags, ",")+`]}`))
	if got || err == nil || err.Error() != "evaluate expression: it costs more than is allowed" {
		t.Errorf("Holds on a large message = %v, %v; want an error about its cost", got, err)
	}
}

// A keyword bounds values of its own type alone, however large its number.
func TestCostOfOtherKeywords(t *testing.T) {
	for _, tt := range []struct{ schema, source string }{
		{`{"properties": {"l": {"type": "array", "items": {"type": "integer"}, "maxItems": 500, "maxLength": 5}}}`, `message.l.all(a, message.l.exists_one(b, a == b))`},
		{`{"properties": {"l": {"type": "array", "maxItems": 500}, "s": {"type": "string", "maxLength": 4611686018427387905}}}`,
			`message.l.all(a, message.s.contains("x"))`},
	} {
		if c := condition(t, environment(t, tt.schema), tt.source); !c.Counted() {
			t.Errorf("%q is not counted by %s", c, tt.schema)
		}
	}
}

// A tighter limit refuses at start what a looser one counts.
func TestCostLimits(t *testing.T) {
	const (
		schema = `{"properties": {"l": {"type": "array", "items": {"type": "integer"}}}}`
		source = `message.l.all(a, message.l.exists(b, a != b))`
	)
	for _, tt := range []struct {
		limits celpolicy.Limits
		ok     bool
	}{
		{celpolicy.Limits{Elements: 10}, true},
		{celpolicy.Limits{}, false},
		{celpolicy.Limits{Elements: 10, Cost: 1}, false},
	} {
		env, err := celpolicy.NewEnvironment([]byte(schema), tt.limits)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := env.Condition(source); (err == nil) != tt.ok {
			t.Errorf("Condition with limits %+v: got %v, want ok %v", tt.limits, err, tt.ok)
		}
	}
}
