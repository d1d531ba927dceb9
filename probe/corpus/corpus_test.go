package corpus_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/probe/corpus"
)

const (
	harText = `{"log":{"entries":[{"request":{},"_webSocketMessages":[
		{"type":"send","time":1,"opcode":1,"data":"{\"action\":\"join\",\"room\":\"a\"}"},
		{"type":"receive","time":2,"opcode":1,"data":"{\"action\":\"joined\",\"room\":\"a\"}"},
		{"type":"send","time":3,"opcode":2,"data":"AAEC"}]}]}}`
	linesText     = "{\"from\":\"client\",\"data\":{\"type\":\"a\",\"x\":1}}\n{\"from\":\"server\",\"data\":\"{\\\"type\\\":\\\"b\\\"}\"}\n\n{\"type\":\"c\"}\n"
	inventoryText = `{"endpoints":[{"role":"server","messages":[{"name":"join","direction":"client","fields":[{"name":"room","type":"string"},{"name":"room.[]"},{"name":"userId"}]},{"name":"","direction":"client"},{"name":"joined","direction":"server"}]}]}`
	asyncText     = `{"asyncapi":"2.6.0","info":{"title":"t","version":"1"},"channels":{"/":{"publish":{"message":{"name":"join","payload":{"type":"object","properties":{"room":{"type":"string"}}}}}}}}`
)

func names(types []*corpus.Type) (out []string) {
	for _, t := range types {
		out = append(out, t.Name)
	}
	return out
}

func TestLoad(t *testing.T) {
	tests := map[string]struct {
		file, text     string
		field          string
		client, server []string
	}{
		"har":       {"a.har", harText, "action", []string{"join"}, []string{"joined"}},
		"lines":     {"a.jsonl", linesText, "type", []string{"a", "c"}, []string{"b"}},
		"inventory": {"a.json", inventoryText, "type", []string{"join"}, []string{"joined"}},
		"asyncapi":  {"a.json", asyncText, "type", []string{"join"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := corpus.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if c.Field() != tt.field || !slices.Equal(names(c.Client), tt.client) || !slices.Equal(names(c.Server), tt.server) {
				t.Errorf("got %s %v %v, want %s %v %v", c.Field(), names(c.Client), names(c.Server), tt.field, tt.client, tt.server)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":      "",
		"other text":   "hello",
		"empty har":    `{"log":{"entries":[]}}`,
		"half a line":  "{\"type\":\"a\"}\n{\"type\":",
		"long message": strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := corpus.Parse([]byte(text)); err == nil {
				t.Error("got no error")
			}
		})
	}
}

func TestInventoryMakesMessages(t *testing.T) {
	c, err := corpus.Parse([]byte(inventoryText))
	if err != nil {
		t.Fatal(err)
	}
	shape, err := corpus.NewShape(c.Client[0].Schema)
	if err != nil {
		t.Fatal(err)
	}
	got, err := shape.Example(nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"room":"x","userId":1}`; string(corpus.Encode(got)) != want {
		t.Errorf("got %s, want %s", corpus.Encode(got), want)
	}
}

// schemas are what a message must be made of, with the keywords that can be
// broken.
var schemas = map[string]struct{ schema, breaks string }{
	"bounds":     {`{"type":"object","required":["n"],"properties":{"n":{"type":"number","minimum":-5,"maximum":-2}}}`, "type required minimum maximum"},
	"exclusive":  {`{"properties":{"n":{"type":"number","exclusiveMinimum":0,"maximum":0.5}}}`, "type exclusiveMinimum maximum"},
	"integer":    {`{"properties":{"n":{"type":"integer","minimum":7,"multipleOf":5}}}`, "type minimum multipleOf"},
	"text":       {`{"properties":{"t":{"type":"string","minLength":3,"maxLength":5}}}`, "type minLength maxLength"},
	"pattern":    {`{"properties":{"t":{"type":"string","pattern":"^[A-Z]{2,4}-\\d+$","maxLength":9}}}`, "type pattern maxLength"},
	"format":     {`{"properties":{"t":{"type":"string","format":"uuid"}}}`, "type format"},
	"enum":       {`{"properties":{"t":{"enum":["a","b"]},"c":{"const":3}}}`, "enum const"},
	"closed":     {`{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"boolean"},"b":{"type":"null"}}}`, "additionalProperties required type"},
	"list":       {`{"properties":{"l":{"type":"array","minItems":2,"maxItems":3,"items":{"type":"string"},"uniqueItems":true}}}`, "type minItems maxItems uniqueItems"},
	"references": {`{"$defs":{"id":{"type":"string","maxLength":4}},"allOf":[{"properties":{"id":{"$ref":"#/$defs/id"}},"required":["id"]}]}`, "type maxLength required"},
	"nested":     {`{"properties":{"o":{"type":"object","required":["x"],"additionalProperties":false,"properties":{"x":{"type":"number","maximum":9}}}}}`, "type required additionalProperties maximum"},
	"choice":     {`{"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}`, ""},
}

func TestExampleAndMutations(t *testing.T) {
	for name, tt := range schemas {
		t.Run(name, func(t *testing.T) {
			shape, err := corpus.NewShape([]byte(tt.schema))
			if err != nil {
				t.Fatal(err)
			}
			example, err := shape.Example(nil)
			if err != nil {
				t.Fatal(err)
			}
			broken := map[string]bool{}
			for _, m := range shape.Mutations(example) {
				if shape.Valid(m.Payload) {
					t.Errorf("%s: %s is valid", m.Text, m.Payload)
				}
				broken[m.Keyword] = true
			}
			for _, keyword := range strings.Fields(tt.breaks) {
				if !broken[keyword] {
					t.Errorf("%s is not broken by any of %d mutations of %s", keyword, len(broken), corpus.Encode(example))
				}
			}
		})
	}
}

func TestMutationsLeaveTheTypeAlone(t *testing.T) {
	shape, err := corpus.NewShape([]byte(`{"required":["type"],"properties":{"type":{"type":"string","maxLength":4},"a":{"type":"string"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	example, err := shape.Example(map[string]any{"type": "buy"})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shape.Mutations(example, "type") {
		if corpus.TypeOf("type", m.Payload) != "buy" {
			t.Errorf("%s: got %s, want the type unchanged", m.Text, m.Payload)
		}
	}
}

// Whatever a recording holds, reading it is bounded and gives messages that
// have the type that they are filed under.
func FuzzParse(f *testing.F) {
	for _, text := range []string{harText, linesText, inventoryText, asyncText, "[]", "{}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := corpus.Parse(data)
		if err != nil {
			return
		}
		for _, typ := range append(c.Client, c.Server...) {
			if typ.Name == "" {
				t.Error("a type without a name")
			}
			for _, s := range typ.Samples {
				if got := corpus.TypeOf(c.Field(), s); got != typ.Name {
					t.Errorf("a sample of %q has the type %q", typ.Name, got)
				}
			}
		}
	})
}

// What is made of a schema is what the schema says: an example is valid, a
// mutation is not.
func FuzzShape(f *testing.F) {
	for _, s := range schemas {
		f.Add([]byte(s.schema))
	}
	f.Fuzz(func(t *testing.T, schema []byte) {
		if len(schema) > 4<<10 || !json.Valid(schema) {
			return
		}
		shape, err := corpus.NewShape(schema)
		if err != nil {
			return
		}
		example, err := shape.Example(nil)
		if err != nil {
			return
		}
		if !shape.Valid(corpus.Encode(example)) {
			t.Fatalf("the example %s is not valid", corpus.Encode(example))
		}
		for _, m := range shape.Mutations(example) {
			if shape.Valid(m.Payload) {
				t.Errorf("%s: %s is valid", m.Text, m.Payload)
			}
		}
	})
}
