package fallback_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

func scan(t *testing.T, document string, l jsonscan.Limits) *jsonscan.Doc {
	t.Helper()
	var d jsonscan.Doc
	if bad := jsonscan.NewScanner(l).Scan([]byte(document), &d); !bad.OK() {
		t.Fatalf("scan %s: %s at %d", document, bad.Code, bad.Offset)
	}
	return &d
}

func TestFallback(t *testing.T) {
	s, err := fallback.Compile([]byte(`{
		"$dynamicAnchor":"node","type":"object","required":["v"],
		"properties":{"v":{"type":"integer","maximum":9},"s":{"pattern":"^\\p{Script=Greek}$"},"next":{"$dynamicRef":"#node"}}}`), jsonscan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Fast() {
		t.Fatal("compiled, and the fallback is not tested")
	}
	for _, c := range []struct {
		document string
		ok       bool
		schema   string
	}{
		{`{"v":1,"next":{"v":2.0,"s":"λ"}}`, true, ""},
		{`{"v":1,"next":{"v":10}}`, false, "/properties/v"},
		{`{"v":1,"next":{"x":[null,true,"a\n"]}}`, false, ""},
		{`{"v":1,"s":"l"}`, false, "/properties/s"},
		{`[]`, false, ""},
	} {
		bad := s.Check(scan(t, c.document, jsonscan.Limits{}).Root())
		if bad.OK() != c.ok || bad.Schema != c.schema {
			t.Errorf("%s: got %s by %q, want ok %v by %q", c.document, bad.Code, bad.Schema, c.ok, c.schema)
		}
		if !bad.OK() && bad.Code != jsonscan.SchemaFallback {
			t.Errorf("%s: got %s, want %s", c.document, bad.Code, jsonscan.SchemaFallback)
		}
	}
}

// TestNothingIsLoaded holds that a schema cannot have files read.
func TestNothingIsLoaded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.json")
	if err := os.WriteFile(file, []byte(`true`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"file://" + file, file, "other.json", "https://example.com/s.json"} {
		_, err := fallback.Compile([]byte(`{"$ref":"`+ref+`"}`), jsonscan.Options{})
		if err == nil || !strings.Contains(err.Error(), "nothing outside of itself") {
			t.Errorf("%s: got %v, want it refused", ref, err)
		}
	}
	if s, err := fallback.Compile([]byte(`{"$ref":"https://json-schema.org/draft/2020-12/schema"}`), jsonscan.Options{}); err != nil || s.Fast() {
		t.Errorf("the schema of schemas: got %v, want it left to the fallback", err)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct{ schema, pointer, reason string }{
		{`{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a/b":{"type":"x"}}}`, "/properties/a~1b/type", "rules for schemas"},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"pattern":"(?=a)"}}}`, "/properties/a/pattern", "lookahead"},
		{`{"$ref":"#nowhere"}`, "", "nowhere"},
		{`{"$schema":"https://example.com/own"}`, "", "nothing outside"},
	} {
		_, err := fallback.Compile([]byte(c.schema), jsonscan.Options{})
		var problems *jsonscan.CompileError
		if !errors.As(err, &problems) {
			t.Errorf("%s: got %v, want a compile error", c.schema, err)
			continue
		}
		if p := problems.Problems[0]; p.Pointer != c.pointer || !strings.Contains(p.Reason, c.reason) {
			t.Errorf("%s: got %q at %q, want %q at %q", c.schema, p.Reason, p.Pointer, c.reason, c.pointer)
		}
	}
}

// TestDefectRefuses gives the library a number that it cannot hold: it panics on
// it, and the document must be refused.
func TestDefectRefuses(t *testing.T) {
	s, err := fallback.Compile([]byte(`{"$dynamicAnchor":"a","minimum":1,"items":{"$dynamicRef":"#a"}}`), jsonscan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := scan(t, `[0e99999999]`, jsonscan.Limits{})
	if bad := s.Check(d.Root()); bad.Code != jsonscan.SchemaFallback {
		t.Errorf("got %s, want %s", bad.Code, jsonscan.SchemaFallback)
	}
}
