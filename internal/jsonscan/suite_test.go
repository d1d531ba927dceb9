package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

// suiteGroup is one schema of the official test suite, with documents.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// suiteScanner allows what the suite has in its documents.
var suiteScanner = jsonscan.NewScanner(jsonscan.Limits{AllowPrototypeKeys: true})

// TestSuite holds compiled schemas, and those left to the fallback, to the
// official JSON Schema test suite and to the library that serves as oracle.
func TestSuite(t *testing.T) {
	files, err := filepath.Glob("testdata/JSON-Schema-Test-Suite/*.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("got %d files of the suite (%v), want at least 40", len(files), err)
	}
	var fast, slow, documents int
	for _, file := range files {
		var groups []suiteGroup
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, g := range groups {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json")+"/"+g.Description, func(t *testing.T) {
				oracle := oracleFor(t, g.Schema)
				if oracle == nil {
					// It refers to another document, and nothing is loaded.
					if s, err := fallback.Compile(g.Schema, jsonscan.Options{}); err == nil {
						t.Fatalf("compiled, fast %v; want an error", s.Fast())
					}
					return
				}
				s, err := fallback.Compile(g.Schema, jsonscan.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if s.Fast() {
					fast++
				} else {
					slow++
					t.Logf("fallback: %s", s.Why())
				}
				for _, test := range g.Tests {
					documents++
					got := accepts(t, s, test.Data)
					if want := oracleAccepts(t, oracle, test.Data); got != want || got != test.Valid {
						t.Errorf("%s: %s: got %v, oracle %v, suite %v", test.Description, test.Data, got, want, test.Valid)
					}
				}
			})
		}
	}
	t.Logf("%d schemas compiled, %d left to the fallback, %d documents", fast, slow, documents)
	if fast < 4*slow {
		t.Errorf("%d schemas compiled and %d left to the fallback, want at least four of five compiled", fast, slow)
	}
}

// oracleFor compiles a schema with the library alone, or returns nil if it refers
// to another document.
func oracleFor(t testing.TB, schema []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("https://schema.invalid/oracle", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://schema.invalid/oracle")
	if err != nil {
		if strings.Contains(err.Error(), "no URLLoader") {
			return nil
		}
		t.Fatalf("oracle: compile %s: %v", schema, err)
	}
	return s
}

func oracleAccepts(t testing.TB, s *jsonschema.Schema, document []byte) bool {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v) == nil
}

func accepts(t testing.TB, s *jsonscan.Schema, document []byte) bool {
	t.Helper()
	var d jsonscan.Doc
	if bad := suiteScanner.Scan(document, &d); !bad.OK() {
		t.Fatalf("scan %s: %s at %d", document, bad.Code, bad.Offset)
	}
	return s.Check(d.Root()).OK()
}
