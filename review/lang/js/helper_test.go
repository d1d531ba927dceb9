package js_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/js"
	"github.com/wswarden/wswarden/review/syntax"
)

// pool is shared by all tests, because loading the grammars takes a while.
var pool = sync.OnceValues(func() (*syntax.Pool, error) {
	return syntax.NewPool(context.Background(), 2, syntax.Options{})
})

func parse(language syntax.Language, src []byte) (*syntax.Tree, error) {
	p, err := pool()
	if err != nil {
		return nil, err
	}
	return p.Parse(context.Background(), language, src)
}

func lower(t testing.TB, name, src string) *ir.File {
	t.Helper()
	f, err := js.Lower(name, []byte(src), parse)
	if err != nil {
		t.Fatalf("lower %q: %v", name, err)
	}
	if f == nil {
		t.Fatalf("lower %q: got no file", name)
	}
	return f
}

// outline lists what a file calls, in the order of the source, as "line callee",
// indented by the functions around.
func outline(f *ir.File) string {
	var b strings.Builder
	var list func(body []ir.Stmt, depth int)
	list = func(body []ir.Stmt, depth int) {
		ir.InspectStmts(body, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Func:
				list(n.Body, depth+1)
				return false
			case *ir.Call:
				line, _ := f.Line(n.Start)
				fmt.Fprintf(&b, "%s%d %s\n", strings.Repeat("\t", depth), line, f.Text(n.Fn.At()))
			}
			return true
		})
	}
	list(f.Body, 0)
	return b.String()
}

// dumped returns the dump of a file's statements, without the line for the file.
func dumped(t testing.TB, f *ir.File) string {
	t.Helper()
	var b strings.Builder
	if err := ir.Dump(&b, f); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), "\n")
	return rest
}

// trimmed takes the indentation of a raw string in a test away.
func trimmed(s string) string {
	s = strings.TrimPrefix(s, "\n")
	indent := s[:len(s)-len(strings.TrimLeft(s, "\t"))]
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return strings.TrimRight(b.String(), "\t \n") + "\n"
}
