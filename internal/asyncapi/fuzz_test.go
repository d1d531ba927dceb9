package asyncapi_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/wswarden/wswarden/internal/asyncapi"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// FuzzLoad reads any document. What it accepts are schemas that refer to nothing
// outside of themselves, and they are the same each time.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/good/*.[yj]*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(v3("receive", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		folder := fstest.MapFS{"a.yaml": {Data: data}, "parts/tick.yaml": {Data: []byte("payload: {$ref: '../a.yaml#/components/schemas/id'}")}}
		doc, err := asyncapi.LoadFS(folder, "", "a.yaml")
		if err != nil {
			return
		}
		again, err := asyncapi.LoadFS(folder, "", "a.yaml")
		if err != nil {
			t.Fatalf("the second time: %v", err)
		}
		for _, side := range [][2]map[string]asyncapi.Message{{doc.Client, again.Client}, {doc.Server, again.Server}} {
			for name, m := range side[0] {
				if !json.Valid(m.Schema) {
					t.Errorf("%q: the schema is not JSON: %s", name, m.Schema)
				}
				if !bytes.Equal(m.Schema, side[1][name].Schema) {
					t.Errorf("%q: %s and then %s", name, m.Schema, side[1][name].Schema)
				}
				s, err := jsonscan.Compile(m.Schema, jsonscan.Options{Fallback: never(t)})
				if err == nil && !s.Fast() {
					t.Errorf("%q: needs a fallback: %s", name, s.Why())
				}
			}
		}
	})
}

// never is a fallback that must not be asked but for a multipleOf with more
// digits than the compiler can hold.
func never(t *testing.T) jsonscan.Fallback {
	return func(schema []byte, o jsonscan.Options) (jsonscan.Validator, error) {
		if !bytes.Contains(schema, []byte("multipleOf")) {
			t.Errorf("the schema needs a fallback: %s", schema)
		}
		return nil, os.ErrInvalid
	}
}
