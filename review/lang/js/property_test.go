package js_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/js"
)

// check reports what must not be, whatever a source holds.
func check(t testing.TB, f *ir.File) {
	t.Helper()
	inside := func(what string, p ir.Pos) {
		if p.Start > p.End || int(p.End) > len(f.Source) {
			t.Errorf("%s is at %d to %d of %d bytes", what, p.Start, p.End, len(f.Source))
		}
	}
	seen := map[*ir.Func]int{}
	classes := map[*ir.Class]int{}
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		inside("a node", n.At())
		switch n := n.(type) {
		case *ir.Func:
			inside("a name", n.NamePos)
			seen[n]++
		case *ir.Class:
			classes[n]++
		case *ir.Member:
			inside("a name", n.NamePos)
		}
		return true
	})
	for _, fn := range f.Funcs {
		if seen[fn] != 1 {
			t.Errorf("the function %q is in the body %d times, want once", f.Text(fn.Pos), seen[fn])
		}
	}
	if len(seen) != len(f.Funcs) {
		t.Errorf("got %d functions in the list, %d in the body", len(f.Funcs), len(seen))
	}
	for _, c := range f.Classes {
		if classes[c] != 1 {
			t.Errorf("the class %q is in the body %d times, want once", f.Text(c.Pos), classes[c])
		}
	}
	var last ir.Pos
	for _, c := range f.Comments {
		inside("a comment", c.Pos)
		if c.Start < last.Start {
			t.Errorf("the comment at %d comes behind the one at %d", c.Start, last.Start)
		}
		last = c.Pos
	}
	for _, e := range f.Exports {
		inside("an export", e.Pos)
	}
}

func TestProperties(t *testing.T) {
	for _, name := range sources(t, "testdata/*", "testdata/guide/*", "testdata/broken/*") {
		t.Run(name, func(t *testing.T) { check(t, lower(t, name, read(t, name))) })
	}
}

// FuzzLower: whatever a source holds, lowering it ends, and every function is in
// the body of the file once, at a place in the source.
func FuzzLower(f *testing.F) {
	for _, name := range sources(f, "testdata/*", "testdata/guide/*", "testdata/broken/*") {
		f.Add(read(f, name), uint8(len(name)))
	}
	for i := range js.Extensions {
		f.Add("{{ x }} <a :b=\"c(() => 1)\" v-for='(a, b = () => 1) in c'>{#each a as {b = () => 1}}{/each}", uint8(i))
	}
	f.Fuzz(func(t *testing.T, src string, extension uint8) {
		if len(src) > 16<<10 {
			return
		}
		name := "fuzz" + js.Extensions[int(extension)%len(js.Extensions)]
		file, err := js.Lower(name, []byte(src), parse)
		if err != nil {
			t.Fatalf("lower %q: %v", src, err)
		}
		check(t, file)
	})
}
