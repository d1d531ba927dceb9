package celpolicy_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/celpolicy"
)

func TestAppendJSON(t *testing.T) {
	const message = `{"symbol": "A\u0022\u20ac", "quantity": 12345678901234567, "price": 1.50, "tags": ["a",  "b"], "to": {"city":  "x"}, "free": {"n": null, "e": 1e2}}`
	tests := []struct{ source, want string }{
		{`session.user`, `"u-17"`},
		{`session.name + " <" + session.user + ">"`, `"Ada <u-17>"`},
		{`session.roles`, `["basic","pro"]`},
		{`session.roles[0]`, `"basic"`},
		{`session.claims`, `{"accounts":[42,"ab\"c"],"desk":"fx","level":3,"none":null,"org":{"id":7,"teams":["red"]},"score":2.5}`},
		{`session.claims.accounts[0]`, `42`},
		{`session.claims.level`, `3`},
		{`session.claims.none`, `null`},
		{`session.expires`, `"2030-01-02T03:04:05Z"`},
		{`session.anonymous`, `false`},
		{`conn.ip`, `"10.1.2.3"`},
		{`envelope`, `{"topic":"room:7","type":"place_order"}`},
		{`"a" + 'b"c'`, `"ab\"c"`},
		{`7`, `7`},
		{`7u`, `7`},
		{`-1.5e300`, `-1.5e+300`},
		{`true`, `true`},
		{`null`, `null`},
		{`[1, 2.5, "x", null, {"k": [true]}]`, `[1,2.5,"x",null,{"k":[true]}]`},
		{`message.symbol`, `"A\"€"`},
		{`message.quantity`, `12345678901234567`},
		{`message.quantity + 1`, `12345678901234568`},
		{`message.price`, `1.5`},
		{`message.free.n`, `null`},
		{`message.free.e`, `100`},
		{`message.tags`, `["a",  "b"]`}, // as it is written
		{`message.to`, `{"city":  "x"}`},
		{`[message.to, message.tags]`, `[{"city":  "x"},["a",  "b"]]`},
		{`message.tags + ["c"]`, `["a","b","c"]`},
		{`message.tags.filter(x, x != "a")`, `["b"]`},
		{`message.?to.?zip.orValue("none")`, `"none"`},
	}
	env, f := environment(t, order), factsOf(t, message)
	for _, tt := range tests {
		x, err := env.Expression(tt.source)
		if err != nil {
			t.Errorf("Expression(%q): %v", tt.source, err)
			continue
		}
		got, err := x.AppendJSON([]byte("x"), f)
		if err != nil || !sameJSON(string(got[1:]), tt.want) {
			t.Errorf("AppendJSON(%q) = %s, %v; want %s", tt.source, got, err, tt.want)
		}
		general, err := x.Interpret([]byte("x"), f)
		if err != nil || !sameJSON(string(general[1:]), string(got[1:])) {
			t.Errorf("Interpret(%q) = %s, %v; want %s", tt.source, general, err, got)
		}
	}
}

// sameJSON compares text, but members in any order.
func sameJSON(a, b string) bool {
	var x, y any
	return a == b || json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && strings.HasPrefix(b, "{") && reflect.DeepEqual(x, y)
}

func TestAppendJSONFails(t *testing.T) {
	env, f := environment(t, order), factsOf(t, `{"price": 1e308, "quantity": 1}`)
	for source, want := range map[string]string{
		`message.price * 10.0`: "the value is none of JSON",
		`dyn(session)`:         "the value is none of JSON",
		`dyn(duration("1s"))`:  "the value is none of JSON",
		`{dyn(1): 2}`:          "the value is none of JSON",
		`message.to.city`:      "1:11: a field is missing",
		`dyn(message.?to)`:     "the value is none of JSON",
		strings.Repeat("[", 40) + "1" + strings.Repeat("]", 40): "the value is nested too deep",
	} {
		x, err := env.Expression(source)
		if err != nil {
			t.Errorf("Expression(%q): %v", source, err)
			continue
		}
		got, err := x.AppendJSON([]byte("x"), f)
		var failure *celpolicy.Failure
		if !errors.As(err, &failure) || !strings.HasSuffix(err.Error(), want) || string(got) != "x" {
			t.Errorf("AppendJSON(%q) = %q, %v; want only x and an error with %q", source, got, err, want)
		}
	}
}

// TestAppendJSONIsBounded: a message can't be made to multiply itself.
func TestAppendJSONIsBounded(t *testing.T) {
	env, err := celpolicy.NewEnvironment([]byte(order), celpolicy.Limits{MessageBytes: 200})
	if err != nil {
		t.Fatal(err)
	}
	x, err := env.Expression(`message.tags.map(t, message)`)
	if err != nil {
		t.Fatal(err)
	}
	for tags, fits := range map[string]bool{`["a"]`: true, `["a","b","c","d","e","f","g","h","i"]`: false} {
		got, err := x.AppendJSON(nil, factsOf(t, `{"tags": `+tags+`}`))
		if (err == nil) != fits || len(got) > 400 {
			t.Errorf("%s: got %d bytes, %v", tags, len(got), err)
		}
	}
}

func TestExpressionRefused(t *testing.T) {
	env := environment(t, order)
	for _, source := range []string{`session`, `conn`, `[session]`, `{"a": conn}`, `duration("1s")`, `b"x"`, `type(1)`, `message.?to`, `session.usr`} {
		if _, err := env.Expression(source); err == nil {
			t.Errorf("Expression(%q): got no error, want one", source)
		}
	}
}
