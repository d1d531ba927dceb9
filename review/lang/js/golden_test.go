package js_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

var update = flag.Bool("update", false, "write what is lowered now to testdata/*.ir")

// sources returns the files below testdata that have an extension of the package.
func sources(t testing.TB, patterns ...string) []string {
	t.Helper()
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if info, err := os.Stat(f); err == nil && !info.IsDir() && filepath.Ext(f) != ".ir" {
				files = append(files, f)
			}
		}
	}
	if len(files) == 0 {
		t.Fatalf("no files match %q", patterns)
	}
	return files
}

func read(t testing.TB, name string) string {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func TestGolden(t *testing.T) {
	for _, name := range sources(t, "testdata/*", "testdata/guide/*", "testdata/broken/*") {
		t.Run(strings.TrimPrefix(name, "testdata/"), func(t *testing.T) {
			f := lower(t, name, read(t, name))
			var got bytes.Buffer
			if err := ir.Dump(&got, f); err != nil {
				t.Fatal(err)
			}
			golden := name + ".ir"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden); got.String() != want {
				t.Errorf("%s is lowered to what differs from %s; look at it with: go test ./review/lang/js -update && git diff", name, golden)
			}
		})
	}
}

// The guide's own samples aren't strict code, and yet all of it is understood.
func TestGuideIsUnderstood(t *testing.T) {
	for _, name := range sources(t, "testdata/guide/*") {
		f := lower(t, name, read(t, name))
		if f.Broken != 0 {
			t.Errorf("%s: got %d broken places, want none", name, f.Broken)
		}
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			if _, ok := n.(*ir.Unknown); ok {
				t.Errorf("%s: %q is not understood", name, f.Text(n.At()))
			}
			return true
		})
	}
}
