package jsonscan_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

// compileOracle compiles a schema with the library alone.
func compileOracle(schema string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("https://schema.invalid/oracle", doc); err != nil {
		return nil, err
	}
	return c.Compile("https://schema.invalid/oracle")
}

// beyond reports whether compiling failed where the library does not: on a loop
// of references, which it finds only when it meets a document, and on what is
// left to the fallback.
func beyond(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "refers to itself") || strings.Contains(err.Error(), "not supported"))
}

// tally counts what was compared, lest a generator that writes only nonsense
// proves nothing.
type tally struct{ compiled, malformed, accepted, refused int }

// agree holds a compiled schema to the library: both compile it or neither does,
// and both accept a document or neither does.
func agree(t *testing.T, g *gen, n *tally) {
	t.Helper()
	schema := g.rootSchema()
	s, err := jsonscan.Compile([]byte(schema), jsonscan.Options{})
	if beyond(err) {
		return
	}
	oracle, oracleErr := compileOracle(schema)
	if (err == nil) != (oracleErr == nil) {
		t.Fatalf("compile %s: got %v, oracle %v", schema, err, oracleErr)
	}
	if err != nil {
		n.malformed++
		return
	}
	n.compiled++
	for range 6 {
		document := g.document()
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
		if err != nil {
			t.Fatalf("the generator wrote %s: %v", document, err)
		}
		var d jsonscan.Doc
		if bad := suiteScanner.Scan([]byte(document), &d); !bad.OK() {
			t.Fatalf("scan %s: %s at %d", document, bad.Code, bad.Offset)
		}
		bad, want := s.Check(d.Root()), oracle.Validate(v)
		if bad.OK() {
			n.accepted++
		} else {
			n.refused++
		}
		if bad.OK() != (want == nil) {
			t.Fatalf("schema %s\ndocument %s\ngot %v at %d by %q, oracle %v", schema, document, bad.Code, bad.Offset, bad.Pointer(), want)
		}
	}
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestDifferential compares with the library on schemas and documents of a fixed
// sequence of random numbers; FuzzDifferential goes on from there.
func TestDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var n tally
	for range 4000 {
		agree(t, &gen{data: randomBytes(r, 400)}, &n)
	}
	if n.compiled < 3000 || n.accepted < 4000 || n.refused < 4000 {
		t.Errorf("got %+v, want more of each but malformed schemas", n)
	}
}

// TestDifferentialBroken does the same with schemas that may be malformed.
func TestDifferentialBroken(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var n tally
	for range 4000 {
		agree(t, &gen{data: randomBytes(r, 300), broken: true}, &n)
	}
	if n.compiled < 800 || n.malformed < 1000 {
		t.Errorf("got %+v, want more schemas of both kinds", n)
	}
}

func FuzzDifferential(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		f.Add(randomBytes(r, 300), false)
		f.Add(randomBytes(r, 300), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, broken bool) {
		agree(t, &gen{data: data, broken: broken}, &tally{})
	})
}

// FuzzCompile compiles any text: it never panics, and a schema that compiles is
// one that the library takes too.
func FuzzCompile(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}`), []byte(`{"a":{}}`))
	f.Add([]byte(`{"oneOf":[{"pattern":"^[a-z]+$"},{"multipleOf":0.1}]}`), []byte(`0.3`))
	f.Fuzz(func(t *testing.T, schema, document []byte) {
		s, err := fallback.Compile(schema, jsonscan.Options{})
		if err != nil {
			return
		}
		if _, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema)); err != nil {
			t.Fatalf("compiled what is no JSON: %q: %v", schema, err)
		}
		var d jsonscan.Doc
		if jsonscan.NewScanner(jsonscan.Limits{}).Scan(document, &d).OK() {
			s.Check(d.Root())
		}
	})
}
