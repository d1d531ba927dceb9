package golang_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/golang"
	"github.com/wswarden/wswarden/review/syntax"
)

// FuzzLower holds for any bytes: nothing panics, every place is inside the
// source, names are what the source has there, and there is no more to the
// result than the source accounts for.
func FuzzLower(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.go")
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
		f.Add(src[:len(src)/2])
		f.Add(src[len(src)/3:])
	}
	for _, src := range []string{
		"~T[(A0)(0)",
		"const (\n\tA = iota\n\tB\n\tC\n)",
		"type T []T\nvar x = T{{{{}}}}",
		"x[a[b[c]]](d)",
		"func f() { a(b[c{ d `e\nfunc g() {}",
		"switch x := y.(type) { case",
		"'\\", "\"\\", "/*", "`", "new(", "func (", "\x00\xff",
	} {
		f.Add([]byte(src))
	}
	parse := parser(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := golang.Lower("x.go", src, parse)
		if err != nil {
			return // a limit of the parser
		}
		check(t, file)
	})
}

func check(t *testing.T, f *ir.File) {
	t.Helper()
	size, nodes := uint32(len(f.Source)), 0
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		nodes++
		if p := n.At(); p.Start > p.End || p.End > size {
			t.Errorf("got a %T at %d to %d in %d bytes", n, p.Start, p.End, size)
		}
		switch n := n.(type) {
		case *ir.Name:
			if got := f.Text(n.Pos); got != n.Name && n.Name != "any" {
				t.Errorf("got the name %q where the source has %q", n.Name, got)
			}
		case *ir.Func:
			if got := f.Text(n.NamePos); got != n.Name {
				t.Errorf("got the function %q where the source has %q", n.Name, got)
			}
		case *ir.Member:
			if got := f.Text(n.NamePos); got != n.Name {
				t.Errorf("got the member %q where the source has %q", n.Name, got)
			}
		}
		return true
	})
	if most := 200 * (len(f.Source) + 1); nodes > most {
		t.Errorf("got %d nodes of %d bytes, want at most %d", nodes, size, most)
	}
	for _, c := range f.Comments {
		if !strings.HasPrefix(c.Text, "/") || f.Text(c.Pos) == "" {
			t.Errorf("got the comment %q at %v", c.Text, c.Pos)
		}
	}
}

func TestPlaces(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d files (%v), want some", len(paths), err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		check(t, lower(t, string(src)))
	}
}

func TestDeepNesting(t *testing.T) {
	const deep = 5_000
	for name, src := range map[string]string{
		"parentheses": "var x = " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep),
		"sum":         "var x = 1" + strings.Repeat("+1", deep),
		"blocks":      "func f() " + strings.Repeat("{", deep) + strings.Repeat("}", deep),
		"pointers":    "var x " + strings.Repeat("*", deep) + "int",
		"literals":    "var x = T" + strings.Repeat("{", deep) + strings.Repeat("}", deep),
		"tables":      strings.Repeat("a[", deep) + "b" + strings.Repeat("]", deep) + "(x)",
		"else if":     "func f() { if x {" + strings.Repeat("} else if x {", deep) + "} }",
		"functions":   "var x = " + strings.Repeat("func() { return ", deep),
	} {
		t.Run(name, func(t *testing.T) { check(t, lower(t, src)) })
	}
}

// TestTruncatedTrees lowers trees that a limit of the parser has cut off
// anywhere.
func TestTruncatedTrees(t *testing.T) {
	src, err := os.ReadFile("testdata/types.go")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := parser(t)(syntax.Go, src)
	if err != nil {
		t.Fatal(err)
	}
	cut := func(options syntax.Options) {
		t.Helper()
		p, err := syntax.NewParser(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		f, err := golang.Lower("types.go", src, func(l syntax.Language, src []byte) (*syntax.Tree, error) {
			return p.Parse(context.Background(), l, src)
		})
		if err != nil {
			t.Fatal(err)
		}
		if f.Broken == 0 {
			t.Errorf("%+v: got nothing broken, want some", options)
		}
		check(t, f)
	}
	for depth := 1; depth < 16; depth++ {
		cut(syntax.Options{MaxDepth: depth})
	}
	for nodes := 1; nodes < whole.Len(); nodes += 7 {
		cut(syntax.Options{MaxNodes: nodes})
	}
}

func BenchmarkLower(b *testing.B) {
	src, err := os.ReadFile("testdata/hub.go")
	if err != nil {
		b.Fatal(err)
	}
	tree, err := parser(b)(syntax.Go, src)
	if err != nil {
		b.Fatal(err)
	}
	parsed := func(syntax.Language, []byte) (*syntax.Tree, error) { return tree, nil }
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := golang.Lower("hub.go", src, parsed); err != nil {
			b.Fatal(err)
		}
	}
}
