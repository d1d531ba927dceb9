package jsonscan_test

import (
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func compile(t testing.TB, schema string) *jsonscan.Schema {
	t.Helper()
	s, err := jsonscan.Compile([]byte(schema), jsonscan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parsePath(t testing.TB, text string) jsonscan.Path {
	t.Helper()
	p, err := jsonscan.ParsePath(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// scan reads a document that must be good, names that differ in case included.
func scan(t testing.TB, document string) *jsonscan.Doc {
	t.Helper()
	var d jsonscan.Doc
	if bad := jsonscan.NewScanner(jsonscan.Limits{AllowCaseVariants: true}).Scan([]byte(document), &d); !bad.OK() {
		t.Fatalf("scan %s: %s at %d", document, bad.Code, bad.Offset)
	}
	return &d
}
