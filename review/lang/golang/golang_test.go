package golang_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/lang/golang"
	"github.com/wswarden/wswarden/review/syntax"
)

var update = flag.Bool("update", false, "write the golden files")

var sharedParser = sync.OnceValues(func() (*syntax.Parser, error) {
	return syntax.NewParser(context.Background(), syntax.Options{})
})

// parser returns what Lower parses with. Its tests don't run in parallel.
func parser(t testing.TB) lang.Parse {
	t.Helper()
	p, err := sharedParser()
	if err != nil {
		t.Fatal(err)
	}
	return func(l syntax.Language, src []byte) (*syntax.Tree, error) {
		return p.Parse(context.Background(), l, src)
	}
}

func lower(t testing.TB, src string) *ir.File {
	t.Helper()
	f, err := golang.Lower("x.go", []byte(src), parser(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func dump(t testing.TB, f *ir.File) string {
	t.Helper()
	var b strings.Builder
	if err := ir.Dump(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d files (%v), want some", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, lower(t, string(src)))
			golden := strings.TrimSuffix(path, ".go") + ".ir"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
