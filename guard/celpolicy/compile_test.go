package celpolicy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/celpolicy"
)

func TestConditionRefused(t *testing.T) {
	tests := []struct {
		source       string
		line, column int
		reason, next string
	}{
		{`message.quantiy <= 1000`, 1, 8, `the schema declares no field "quantiy" of message`, "its fields are account, free, legs,"},
		{`message.to.town == "Ulm"`, 1, 11, `the schema declares no field "town" of message.to`, "its fields are city, zip"},
		{`message.legs.all(l, l.prize > 1)`, 1, 22, `there is no field "prize"`, ""},
		{"message.urgent &&\n  session.rolez == []", 2, 10, `session has no field "rolez"`, "its fields are anonymous, authenticated,"},
		{`conn.addr == ""`, 1, 5, `conn has no field "addr"`, "its fields are id, ip,"},
		{`mesage.quantity <= 1000`, 1, 1, `there is no variable or function "mesage"`, "the variables are message, session, conn and envelope"},
		{`quantity <= 1000`, 1, 1, `there is no variable or function "quantity"`, "the variables are"},
		{`message.symbol <= 1000`, 1, 16, `<= can't be applied to (string, int)`, "convert"},
		{`message.price == "5"`, 1, 15, `== can't be applied to (double, string)`, "convert"},
		{`message.price * message.quantity > 10`, 1, 15, `* can't be applied to (double, int)`, "double()"},
		{`message.quantity`, 1, 1, `it has a value of type int where true or false belongs`, "compare it"},
		{`session.user`, 1, 1, `it has a value of type string where true or false belongs`, "compare it"},
		{`message.quantity <= `, 1, 21, `it can't be read: mismatched input '<EOF>'`, ""},
		{`message.quantity <= 1000)`, 1, 25, `it can't be read:`, ""},
		{``, 1, 1, `it can't be read:`, ""},
		{`message.symbol.matches("[")`, 1, 24, `invalid matches argument`, ""},
		{`timestamp("soon") < session.expires`, 1, 11, `invalid timestamp argument`, ""},
		{`now() > session.expires`, 1, 4, `there is no variable or function "now"`, ""},
		{`message.legs.all(a, message.legs.all(b, message.legs.all(c, message.legs.all(d, message.legs.all(e, a == b && c == d && d == e)))))`, 1, 1, `a large message could make it cost too much`, "maxItems"},
		{`message.note.replace("a", message.symbol) == ""`, 1, 34, `what replace writes must be a literal text of at most 64 bytes`, "write it out"},
		{`message.note.replace("a", "` + strings.Repeat("b", 65) + `") == ""`, 1, 27, `a literal text of at most 64 bytes`, ""},
		{`message.tags.join(message.note) == ""`, 1, 26, `what join writes must be`, ""},
		{strings.Repeat("!", 5000) + "true", 1, 1, "", ""},
		{strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300), 1, 1, "", ""},
	}
	env := environment(t, order)
	for _, tt := range tests {
		_, err := env.Condition(tt.source)
		var ce *celpolicy.CompileError
		if !errors.As(err, &ce) {
			t.Errorf("Condition(%.60q) = %v, want a CompileError", tt.source, err)
			continue
		}
		p := ce.Problems[0]
		if tt.reason == "" {
			continue // what the reader says of it is its own affair
		}
		if p.Line != tt.line || p.Column != tt.column || !strings.Contains(p.Reason, tt.reason) || !strings.Contains(p.Next, tt.next) {
			t.Errorf("Condition(%q): got %d:%d %q %q\nwant %d:%d %q %q", tt.source, p.Line, p.Column, p.Reason, p.Next, tt.line, tt.column, tt.reason, tt.next)
		}
	}
}

func TestConditionSeveralProblems(t *testing.T) {
	_, err := environment(t, order).Condition(`message.a == 1 || message.b == 1`)
	var ce *celpolicy.CompileError
	if !errors.As(err, &ce) || len(ce.Problems) != 2 || ce.Problems[1].Column != 26 {
		t.Fatalf("got %v, want two problems, the second in column 26", err)
	}
	if want := `compile expression: 1:8: the schema declares no field "a" of message` + "\n" + `1:26: the schema declares no field "b" of message`; ce.Error() != want {
		t.Errorf("got %q, want %q", ce.Error(), want)
	}
}

// Where the schema leaves open what a value is, its fields are not judged before
// there is a message.
func TestShapes(t *testing.T) {
	tests := []struct {
		name, schema, source string
		ok                   bool
	}{
		{"no schema", ``, `message.anything.at.all == 1`, true},
		{"empty schema", `{}`, `message.anything == 1`, true},
		{"malformed schema", `{`, `message.anything == 1`, true},
		{"true", `true`, `message.anything == 1`, true},
		{"declared", `{"properties": {"a": {"type": "integer"}}}`, `message.b == 1`, false},
		{"declared, of type", `{"type": "object", "properties": {"a": {"type": "integer"}}}`, `message.a == "x"`, false},
		{"an object within without a type may be none", `{"properties": {"a": {"properties": {"b": {}}}}}`, `message.a.c == 1`, true},
		{"any of types", `{"properties": {"a": {"type": ["integer", "string"]}}}`, `message.a == "x" || message.a == 1`, true},
		{"integer or number", `{"properties": {"a": {"type": ["integer", "number"]}}}`, `message.a == "x"`, false},
		{"nullable", `{"properties": {"a": {"type": ["integer", "null"]}}}`, `message.a == null || message.a < 3`, true},
		{"nullable of another type", `{"properties": {"a": {"type": ["integer", "null"]}}}`, `message.a == "x"`, false},
		{"const", `{"properties": {"a": {"const": "on"}}}`, `message.a == 1`, false},
		{"enum", `{"properties": {"a": {"enum": ["on", "off"]}}}`, `message.a == 1`, false},
		{"enum of kinds", `{"properties": {"a": {"enum": ["on", 1]}}}`, `message.a == 1`, true},
		{"pattern properties", `{"properties": {"a": {}}, "patternProperties": {"^x": {}}}`, `message.xy == 1`, true},
		{"additional members of a type", `{"type": "object", "additionalProperties": {"type": "string"}}`, `message.any == 1`, false},
		{"additional members besides declared", `{"properties": {"a": {}}, "additionalProperties": {"type": "string"}}`, `message.any == 1`, true},
		{"reference", `{"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "object", "properties": {"b": {}}}}}`, `message.a.c == 1`, false},
		{"reference that is escaped", `{"properties": {"a": {"$ref": "#/$defs/x~1y"}}, "$defs": {"x/y": {"type": "string"}}}`, `message.a == 1`, false},
		{"reference to elsewhere", `{"properties": {"a": {"$ref": "https://example.com/a"}}}`, `message.a.c == 1`, true},
		{"reference to itself", `{"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}}`, `message.next.next.v == 1`, true},
		{"reference to itself, misspelt", `{"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "integer"}}}}}`, `message.next.next.next.w == 1`, false},
		{"list of itself", `{"properties": {"l": {"$ref": "#/$defs/l"}}, "$defs": {"l": {"type": "array", "items": {"$ref": "#/$defs/l"}}}}`, `message.l[0][0] == []`, true},
		{"all of", `{"type": "object", "allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}]}`, `message.a == message.b`, true},
		{"all of, misspelt", `{"type": "object", "allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}]}`, `message.c == "x"`, false},
		{"alternatives that declare", `{"type": "object", "properties": {"a": {}}, "oneOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}]}`, `message.b == 1`, true},
		{"alternatives of presence", `{"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}`, `message.c == 1`, false},
		{"tuple", `{"properties": {"a": {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}}}`, `message.a[0] == "x"`, true},
		{"elements", `{"properties": {"a": {"type": "array", "items": {"type": "integer"}}}}`, `message.a[0] == "x"`, false},
	}
	for _, tt := range tests {
		_, err := environment(t, tt.schema).Condition(tt.source)
		if (err == nil) != tt.ok {
			t.Errorf("%s: Condition(%q) = %v, want ok %v", tt.name, tt.source, err, tt.ok)
		}
	}
}

// A schema whose references multiply must not keep the program from starting.
func TestSchemaThatMultiplies(t *testing.T) {
	schema := `{"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "object", "description": "x", "properties": {`
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		schema += `"` + name + `": {"$ref": "#/$defs/n", "description": "x"},`
	}
	schema += `"z": {"type": "integer"}}}}}`
	condition(t, environment(t, schema), `message.a.b.c.z == 1`)
}

// A schema may go round in circles without any object in them that has a name.
func TestSchemaOfCircles(t *testing.T) {
	for _, tt := range []struct{ schema, source string }{
		{`{"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/list"}}, "list": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}`,
			`size(message.left[0].right) == 0`},
		{`{"properties": {"l": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/b"}}, "b": {"type": "array", "items": {"$ref": "#/$defs/a"}}}}`,
			`size(message.l[0][0]) == 0`},
		{`{"properties": {"l": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}}`,
			`size(message.l[0][0]) == 0`},
	} {
		condition(t, environment(t, tt.schema), tt.source)
	}
}

// A name with a dot is not a way through an object.
func TestSchemaNamesWithDots(t *testing.T) {
	const schema = `{"properties": {
		"a.b": {"type": "object", "properties": {"x": {"type": "integer"}}},
		"a": {"type": "object", "properties": {"b": {"type": "object", "properties": {"y": {"type": "string"}}}}}}}`
	for range 20 { // maps have no order
		if _, err := environment(t, schema).Condition(`message.a.b.y == "1"`); err != nil {
			t.Fatal(err)
		}
	}
}
