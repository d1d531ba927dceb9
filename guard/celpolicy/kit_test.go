package celpolicy_test

import (
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/celpolicy"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// order is a schema with a field of each kind.
const order = `{
	"type": "object", "additionalProperties": false,
	"properties": {
		"symbol": {"type": "string", "maxLength": 8},
		"quantity": {"type": "integer"},
		"price": {"type": "number"},
		"urgent": {"type": "boolean"},
		"note": {"type": ["string", "null"], "maxLength": 200},
		"account": {"type": ["integer", "string"]},
		"tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 20}},
		"legs": {"type": "array", "maxItems": 20, "items": {"type": "object", "properties": {"quantity": {"type": "integer"}, "to": {"$ref": "#/$defs/place"}}}},
		"prices": {"type": "object", "additionalProperties": {"type": "number"}},
		"to": {"$ref": "#/$defs/place"},
		"free": {}
	},
	"$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}}}
}`

// trader is who sends the messages of these tests.
var trader = guard.Identity{
	User: "u-17", Name: "Ada", Session: "s-3", Roles: []string{"basic", "pro"},
	Claims: map[string]any{
		"accounts": []any{int64(42), "ab\"c"}, "desk": "fx", "level": int64(3), "score": 2.5, "none": nil,
		"org": map[string]any{"teams": []any{"red"}, "id": int64(7)},
	},
	Authenticated: time.Date(2029, 1, 1, 3, 4, 5, 0, time.UTC),
	Expires:       time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
}

func environment(t testing.TB, schema string) *celpolicy.Environment {
	t.Helper()
	var text []byte
	if schema != "" {
		text = []byte(schema)
	}
	env, err := celpolicy.NewEnvironment(text, celpolicy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func condition(t testing.TB, env *celpolicy.Environment, source string) *celpolicy.Condition {
	t.Helper()
	c, err := env.Condition(source)
	if err != nil {
		t.Fatalf("Condition(%q): %v", source, err)
	}
	return c
}

// factsOf are those of a message of the trader; an empty message is none.
func factsOf(t testing.TB, message string) *guard.Facts {
	t.Helper()
	who := trader
	f := &guard.Facts{
		Type: []byte("place_order"), Envelope: dialect.Envelope{{Name: "topic", Text: []byte("room:7")}},
		Session: &who,
		Conn: &guard.ConnFacts{
			ID: "c1", Client: "10.1.2.3", Origin: "https://app.example.com", Route: "/ws",
			Opened: time.Date(2029, 1, 2, 3, 4, 5, 0, time.UTC),
		},
	}
	if message != "" {
		d := new(jsonscan.Doc)
		if bad := jsonscan.NewScanner(jsonscan.Limits{}).Scan([]byte(message), d); !bad.OK() {
			t.Fatalf("scan %q: %s", message, bad.Text())
		}
		f.Message = d.Root()
	}
	return f
}
