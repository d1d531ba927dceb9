package asyncapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/asyncapi"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads whole documents and compares what they say.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/good/*.*")
	if err != nil || len(names) < 2 {
		t.Fatalf("got documents %v, %v", names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			doc, err := asyncapi.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, doc)
			golden := strings.TrimSuffix(name, filepath.Ext(name)) + ".txt"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// render writes a document as text, and compiles each of its schemas.
func render(t *testing.T, doc *asyncapi.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "version %s, files %v\n", doc.Version, doc.Files)
	for _, side := range []struct {
		name     string
		messages map[string]asyncapi.Message
	}{{"client", doc.Client}, {"server", doc.Server}} {
		for _, name := range slices.Sorted(maps.Keys(side.messages)) {
			m := side.messages[name]
			fmt.Fprintf(&b, "\n%s %s (%s:%d:%d)\n", side.name, m.Name, m.File, m.Line, m.Column)
			if err := json.Indent(&b, m.Schema, "", "  "); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
			s, err := jsonscan.Compile(m.Schema, jsonscan.Options{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if !s.Fast() {
				t.Errorf("%s: needs a fallback: %s", name, s.Why())
			}
		}
	}
	return b.Bytes()
}

// TestDirection pins who sends what: the two versions say it from opposite
// sides.
func TestDirection(t *testing.T) {
	const message = "{name: order, payload: {type: object}}"
	tests := []struct{ name, text, client, server string }{
		{"3, receive", v3("receive", ""), "order", ""},
		{"3, send", v3("send", ""), "", "order"},
		{"3, receive with a reply", v3("receive", ", reply: {channel: {$ref: '#/channels/answers'}}"), "order", "answer"},
		{"3, send with a reply", v3("send", ", reply: {channel: {$ref: '#/channels/answers'}}"), "answer", "order"},
		{"2, publish", "asyncapi: 2.0.0\nchannels: {/ws: {publish: {message: " + message + "}}}", "order", ""},
		{"2, subscribe", "asyncapi: 2.0.0\nchannels: {/ws: {subscribe: {message: " + message + "}}}", "", "order"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := asyncapi.Load(write(t, map[string]string{"a.yaml": tt.text}))
			if err != nil {
				t.Fatal(err)
			}
			client := strings.Join(slices.Sorted(maps.Keys(doc.Client)), " ")
			server := strings.Join(slices.Sorted(maps.Keys(doc.Server)), " ")
			if client != tt.client || server != tt.server {
				t.Errorf("got client %q, server %q; want %q, %q", client, server, tt.client, tt.server)
			}
		})
	}
}

// v3 returns a document with one operation.
func v3(action, more string) string {
	return "asyncapi: 3.0.0\nchannels:\n" +
		"  orders: {messages: {order: {payload: {type: object}}}}\n" +
		"  answers: {messages: {answer: {payload: {type: object}}}}\n" +
		"operations: {a: {action: " + action + ", channel: {$ref: '#/channels/orders'}" + more + "}}\n"
}

// write makes the files of a document and returns the name of the first,
// a.yaml.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "a.yaml")
}

// TestDrafts compares what a schema of draft-07 becomes.
func TestDrafts(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a list of items", `{items: [{type: string}, true], additionalItems: false}`, `{"items":false,"prefixItems":[{"type":"string"},true]}`},
		{"additionalItems alone mean nothing", `{items: {type: string}, additionalItems: false}`, `{"items":{"type":"string"}}`},
		{"an empty list of items", `{items: [], additionalItems: false}`, `{"items":false}`},
		{"dependencies", `{dependencies: {a: [b], c: {minProperties: 2}, d: false}}`,
			`{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"minProperties":2},"d":false}}`},
		{"descriptions are left out", `{title: a, description: b, default: 1, x-c: d, deprecated: true, type: string}`, `{"type":"string"}`},
		{"values keep their kind", `{enum: [1, 1.50, 1e3, .5, "1", null, true, 2020-01-01, 0x1F]}`, `{"enum":[1,1.50,1e3,0.5,"1",null,true,"2020-01-01",31]}`},
		{"a property with the name of a keyword", `{properties: {$ref: {type: string}, default: {type: string}}}`,
			`{"properties":{"$ref":{"type":"string"},"default":{"type":"string"}}}`},
		{"an annotation beside a reference", `{allOf: [{$ref: '#/components/schemas/s', description: x}]}`, `{"$defs":{"s":{"type":"string"}},"allOf":[{"$ref":"#/$defs/s"}]}`},
		{"definitions of one name", `{allOf: [{$ref: '#/components/schemas/s'}, {$ref: 'b.json#/definitions/s'}]}`,
			`{"$defs":{"s":{"type":"string"},"s_2":{"type":"number"}},"allOf":[{"$ref":"#/$defs/s"},{"$ref":"#/$defs/s_2"}]}`},
		{"a file of the other draft", `{allOf: [{$ref: 'c.json'}]}`, `{"$defs":{"c":{"prefixItems":[true]}},"allOf":[{"$ref":"#/$defs/c"}]}`},
		{"a name that needs escapes", `{allOf: [{$ref: '#/components/schemas/a~1b%20c'}]}`, `{"$defs":{"a_b_c":{"type":"null"}},"allOf":[{"$ref":"#/$defs/a_b_c"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := asyncapi.Load(write(t, map[string]string{
				"a.yaml": "asyncapi: 2.6.0\nchannels: {/ws: {publish: {message: {name: m, payload: " + tt.in + "}}}}\n" +
					"components: {schemas: {s: {type: string}, 'a/b c': {type: 'null'}}}\n",
				"b.json": `{"definitions": {"s": {"type": "number"}}}`,
				"c.json": `{"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [true]}`,
			}))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(doc.Client["m"].Schema); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
