package syntax_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/review/syntax"
)

// find returns the first node below n, in preorder, of a kind.
func find(t *testing.T, n syntax.Node, kind string) syntax.Node {
	t.Helper()
	for d := range n.Descendants() {
		if d.Kind() == kind {
			return d
		}
	}
	t.Fatalf("no %s in %s", kind, n)
	return syntax.Node{}
}

func TestNodeSteps(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	tree := mustParse(t, parser, syntax.Python, "f(a, # why\n  b=1)\ng()\n")
	root := tree.Root()
	call := find(t, root, "call")
	if got, want := call.Text(), "f(a, # why\n  b=1)"; got != want {
		t.Errorf("Text: got %q, want %q", got, want)
	}
	if got := call.ChildByField("function"); got.Text() != "f" || got.Field() != "function" || got.Parent() != call {
		t.Errorf("ChildByField: got %q, field %q", got.Text(), got.Field())
	}
	if got := call.ChildByField("nothing"); !got.IsZero() {
		t.Errorf("ChildByField of no field: got %s", got)
	}
	arguments := call.ChildByField("arguments")
	var all, named []string
	for c := range arguments.Children() {
		all = append(all, c.Kind())
	}
	for c := range arguments.NamedChildren() {
		named = append(named, c.Kind())
	}
	if want := []string{"(", "identifier", ",", "comment", "keyword_argument", ")"}; !slices.Equal(all, want) || arguments.NumChildren() != len(want) {
		t.Errorf("Children: got %q (%d), want %q", all, arguments.NumChildren(), want)
	}
	if want := []string{"identifier", "comment", "keyword_argument"}; !slices.Equal(named, want) || arguments.NumNamedChildren() != len(want) {
		t.Errorf("NamedChildren: got %q (%d), want %q", named, arguments.NumNamedChildren(), want)
	}
	if got := arguments.NamedChild(2); got.Kind() != "keyword_argument" {
		t.Errorf("NamedChild(2): got %s", got)
	}
	if got := arguments.NamedChild(3); !got.IsZero() {
		t.Errorf("NamedChild(3): got %s", got)
	}
	if got := arguments.NamedChild(1); !got.Extra() || arguments.NamedChild(0).Extra() {
		t.Errorf("Extra: got %t for the comment", got.Extra())
	}
	if got := call.Parent().NextSibling().Text(); got != "g()" {
		t.Errorf("NextSibling: got %q, want %q", got, "g()")
	}
	if got := root.NextSibling(); !got.IsZero() {
		t.Errorf("NextSibling of the root: got %s", got)
	}
	if got := tree.At(call.Index()); got != call {
		t.Errorf("At(Index): got %s", got)
	}
}

func TestChildrenByField(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	tree := mustParse(t, parser, syntax.Go, "package p\nvar a, b int")
	var names []string
	for c := range find(t, tree.Root(), "var_spec").ChildrenByField("name") {
		if c.Named() {
			names = append(names, c.Text())
		}
	}
	if want := []string{"a", "b"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestErrors(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	tree := mustParse(t, parser, syntax.JavaScript, "a(1);\nfunction f() { b( }\nc(2);")
	if tree.Errors == 0 || !tree.Root().HasError() || tree.Root().IsError() {
		t.Errorf("got %d errors, HasError %t, IsError %t", tree.Errors, tree.Root().HasError(), tree.Root().IsError())
	}
	var whole []string
	for c := range tree.Root().NamedChildren() {
		if !c.HasError() {
			whole = append(whole, c.Text())
		}
	}
	if want := []string{"a(1);", "c(2);"}; !slices.Equal(whole, want) {
		t.Errorf("without error: got %q, want %q", whole, want)
	}
}

// A chain of steps that leaves the tree must end in the zero Node, not in a panic.
func TestZeroNode(t *testing.T) {
	var n syntax.Node
	for range n.Children() {
		t.Error("Children of the zero Node")
	}
	for range n.NamedChildren() {
		t.Error("NamedChildren of the zero Node")
	}
	for range n.ChildrenByField("name") {
		t.Error("ChildrenByField of the zero Node")
	}
	for range n.Descendants() {
		t.Error("Descendants of the zero Node")
	}
	steps := []syntax.Node{n.Parent(), n.FirstChild(), n.NextSibling(), n.NamedChild(0), n.ChildByField("name")}
	for i, s := range steps {
		if !s.IsZero() {
			t.Errorf("step %d leads to %s", i, s)
		}
	}
	if n.Kind() != "" || n.KindID() != 0 || n.Field() != "" || n.Text() != "" || n.Start() != 0 || n.End() != 0 || n.String() != "()" {
		t.Errorf("the zero Node has a kind, field or text")
	}
	if n.Named() || n.Missing() || n.IsError() || n.HasError() || n.Extra() || n.NumChildren() != 0 || n.NumNamedChildren() != 0 {
		t.Errorf("the zero Node is something")
	}
}

func TestKindID(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	sources := map[syntax.Language]string{
		syntax.JavaScript: "import a from 'b'; class C extends D { get x() { return <p/> } }",
		syntax.TypeScript: "type A = typeof b; import c = require('d')",
		syntax.Python:     "print >> x, y\nexec 'a'\ntype X = int\nimport a",
		syntax.Go:         "package a\ntype T interface { ~int | string }",
		syntax.HTML:       "<a>b</a>",
	}
	for l, source := range sources {
		for n := range mustParse(t, parser, l, source).Root().Descendants() {
			if got := l.KindID(n.Kind()); n.Named() && got != n.KindID() {
				t.Errorf("%s %q: KindID of the language is %d, that of the node %d", l, n.Kind(), got, n.KindID())
			}
		}
	}
	if got := syntax.Python.KindID("call_expression"); got != 0 {
		t.Errorf("a kind that Python hasn't: got %d, want 0", got)
	}
	for l, kind := range map[syntax.Language]string{syntax.Python: "(", syntax.JavaScript: "ERROR", syntax.Go: "\x00"} {
		if l.KindID(kind) == 0 {
			t.Errorf("%s has no kind %q", l, kind)
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	for _, l := range []syntax.Language{0, 200} {
		if _, err := parser.Parse(context.Background(), l, nil); err == nil {
			t.Errorf("Parse as %s: got no error", l)
		}
		if l.KindID("comment") != 0 {
			t.Errorf("%s has kinds", l)
		}
	}
}

func TestClosed(t *testing.T) {
	ctx := context.Background()
	parser, err := syntax.NewParser(ctx, syntax.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tree := mustParse(t, parser, syntax.Go, "package a")
	for range 2 {
		if err := parser.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := parser.Parse(ctx, syntax.Go, nil); !errors.Is(err, syntax.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if got := tree.Root().Text(); got != "package a" {
		t.Errorf("the tree of a closed parser: got %q", got)
	}
}
