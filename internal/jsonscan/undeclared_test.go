package jsonscan_test

import (
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func TestUndeclared(t *testing.T) {
	const profile = `{"type":"object","properties":{"id":{},"name":{"type":"string"}},"required":["secret"]}`
	for _, c := range []struct {
		name, schema, document, want string
	}{
		{"drops", profile, `{"id":1,"name":"x","email":"e","secret":2}`, `{"id":1,"name":"x"}`},
		{"keeps as it is", profile, `{ "id": 1 }`, `{ "id": 1 }`},
		{"closed", `{"properties":{"id":{}},"additionalProperties":false}`, `{"id":1,"x":2}`, `{"id":1}`},
		{"open in so many words", `{"properties":{"id":{}},"additionalProperties":true}`, `{"id":1,"x":2}`, `{"id":1}`},
		{"closed and nothing named", `{"additionalProperties":false}`, `{"x":2}`, `{}`},
		{"a map", `{"additionalProperties":{"properties":{"a":{}}}}`, `{"k":{"a":1,"b":2}}`, `{"k":{"a":1}}`},
		{"a map beside properties", `{"properties":{"id":{}},"additionalProperties":{"type":"integer"}}`, `{"id":1,"x":2}`, `{"id":1,"x":2}`},
		{"a map is for what is not named", `{"properties":{"o":{"properties":{"a":{}}}},"additionalProperties":{"properties":{"b":{}}}}`, `{"o":{"a":1,"b":2},"p":{"a":1,"b":2}}`, `{"o":{"a":1},"p":{"b":2}}`},
		{"patterns", `{"patternProperties":{"^x-":{}}}`, `{"x-a":1,"y":2}`, `{"x-a":1}`},
		{"nested", `{"properties":{"user":` + profile + `}}`, `{"user":{"id":1,"password":"p"},"trace":[]}`, `{"user":{"id":1}}`},
		{"items", `{"properties":{"users":{"items":` + profile + `}}}`, `{"users":[{"id":1,"hash":"h"},{"hash":"h","name":"n"}]}`, `{"users":[{"id":1},{"name":"n"}]}`},
		{"prefix items", `{"prefixItems":[` + profile + `],"items":{"properties":{"a":{}}}}`, `[{"id":1,"a":2},{"id":1,"a":2}]`, `[{"id":1},{"a":2}]`},
		{"nothing is said of an object", `{"properties":{"meta":{"type":"object"}}}`, `{"meta":{"any":{"thing":1}}}`, `{"meta":{"any":{"thing":1}}}`},
		{"nothing is said at all", `true`, `{"a":1}`, `{"a":1}`},
		{"references", `{"$ref":"#/$defs/p","$defs":{"p":` + profile + `}}`, `{"id":1,"x":2}`, `{"id":1}`},
		{"recursion", `{"properties":{"id":{},"next":{"$ref":"#"}}}`, `{"id":1,"next":{"x":1,"next":{"id":2,"y":1}}}`, `{"id":1,"next":{"next":{"id":2}}}`},
		{"allOf unites", `{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"b":2}`},
		{"allOf unites below", `{"allOf":[{"properties":{"o":{"properties":{"a":{}}}}},{"properties":{"o":{"properties":{"b":{}}}}}]}`, `{"o":{"a":1,"b":2,"c":3}}`, `{"o":{"a":1,"b":2}}`},
		{"a union takes its alternative", `{"oneOf":[
			{"required":["t"],"properties":{"t":{"const":"a"},"x":{}},"additionalProperties":false},
			{"required":["t"],"properties":{"t":{"const":"b"},"y":{}},"additionalProperties":false}]}`, `{"t":"b","x":1,"y":2}`, `{"t":"b","y":2}`},
		{"anyOf takes those that accept", `{"anyOf":[{"required":["a"],"properties":{"a":{}}},{"required":["b"],"properties":{"b":{}}}]}`, `{"a":1,"c":3}`, `{"a":1}`},
		{"closed alternatives are judged without what is dropped", `{"oneOf":[
			{"type":"object","required":["a"],"properties":{"a":{}},"additionalProperties":false},
			{"type":"object","required":["b"],"properties":{"b":{}},"additionalProperties":false}]}`, `{"b":1,"secret":2}`, `{"b":1}`},
		{"if and then", `{"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"properties":{"a":{}}},"else":{"properties":{"b":{}}}}`, `{"k":1,"a":2,"b":3}`, `{"k":1,"a":2}`},
		{"else", `{"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"properties":{"a":{}}},"else":{"properties":{"b":{}}}}`, `{"k":2,"a":2,"b":3}`, `{"b":3}`},
		{"dependentSchemas", `{"properties":{"a":{}},"dependentSchemas":{"a":{"properties":{"b":{}}}}}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"b":2}`},
		{"unevaluatedProperties false", `{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}`, `{"a":1,"c":3}`, `{"a":1}`},
		{"unevaluatedProperties with a schema", `{"properties":{"a":{}},"unevaluatedProperties":{"properties":{"x":{}}}}`, `{"a":1,"c":{"x":1,"y":2}}`, `{"a":1,"c":{"x":1}}`},
		{"escaped names", `{"properties":{"a":{}}}`, `{"\u0061":1,"\u0062":2}`, `{"\u0061":1}`},
		{"many properties", `{"properties":{"a":{},"b":{},"c":{},"d":{},"e":{},"f":{},"g":{},"h":{},"i":{},"j":{}}}`, `{"j":1,"k":2,"a":3}`, `{"j":1,"a":3}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := scan(t, c.document)
			list, ok := compile(t, c.schema).AppendUndeclared(nil, d.Root())
			if !ok {
				t.Fatal("nothing is known")
			}
			var e jsonscan.Editor
			e.Reset(d)
			for _, v := range list {
				e.Drop(v)
			}
			if got := string(e.Append(nil)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestUndeclaredCost(t *testing.T) {
	s, err := jsonscan.Compile([]byte(`{"items":{"properties":{"a":{}}}}`), jsonscan.Options{Steps: 5})
	if err != nil {
		t.Fatal(err)
	}
	if list, ok := s.AppendUndeclared(nil, scan(t, `[{"b":1},{"b":1},{"b":1},{"b":1},{"b":1}]`).Root()); ok {
		t.Errorf("got %d members and ok, want it given up", len(list))
	}
}
