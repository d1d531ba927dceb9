package python_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/python"
)

// FuzzLower checks that whatever the source is, every place lies in it and every
// function that can be reached is in the file's list, once.
func FuzzLower(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.py")
	if err != nil || len(paths) == 0 {
		f.Fatalf("got %d files (%v), want some", len(paths), err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, tt := range listings {
		f.Add([]byte(tt.src))
	}
	for _, src := range hostile(100) {
		f.Add([]byte(src))
	}
	parse := parser(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := python.Lower("x.py", src, parse)
		if err != nil {
			return // too large
		}
		check(t, file)
	})
}

func check(t *testing.T, file *ir.File) {
	t.Helper()
	listed := make(map[*ir.Func]bool)
	for _, fn := range file.Funcs {
		if listed[fn] {
			t.Errorf("function %q is listed twice", fn.Name)
		}
		listed[fn] = true
	}
	place := func(p ir.Pos) {
		if p.Start > p.End || int(p.End) > len(file.Source) {
			t.Errorf("got the place %d to %d in a source of %d bytes", p.Start, p.End, len(file.Source))
		}
	}
	ir.InspectStmts(file.Body, func(n ir.Node) bool {
		place(n.At())
		if fn, ok := n.(*ir.Func); ok {
			place(fn.NamePos)
			if !listed[fn] {
				t.Errorf("function %q at %d is not listed, or reached twice", fn.Name, fn.Start)
			}
			delete(listed, fn)
		}
		return true
	})
	for _, c := range file.Comments {
		place(c.Pos)
	}
}

// hostile returns sources that nest or repeat something n times.
func hostile(n int) map[string]string {
	return map[string]string{
		"brackets":             strings.Repeat("(", n),
		"closed brackets":      strings.Repeat("(", n) + "x" + strings.Repeat(")", n),
		"lists":                "x = " + strings.Repeat("[", n) + strings.Repeat("]", n),
		"calls":                strings.Repeat("f(", n),
		"open lines":           strings.Repeat("f(\n", n),
		"open lists":           strings.Repeat("x = [\n", n),
		"operators":            "x = 1" + strings.Repeat(" + 1", n),
		"comparisons":          "x = 1" + strings.Repeat(" < 1", n),
		"nested comparisons":   strings.Repeat("1 < (", n) + "1" + strings.Repeat(") < 1", n),
		"members":              "x" + strings.Repeat(".a", n),
		"assignments":          strings.Repeat("x = ", n) + "1",
		"branches":             "if x: pass\n" + strings.Repeat("elif x: pass\n", n),
		"flat branches":        strings.Repeat("if x:\n", n),
		"flat functions":       strings.Repeat("def f():\n", n),
		"flat loops":           strings.Repeat("for x in y:\n", n) + "z()\n",
		"decorators":           strings.Repeat("@x\n", n),
		"steps":                steps(n / 10),
		"broken steps":         steps(n/10) + "x = (\n",
		"quotes":               strings.Repeat("\"\"\"", n+1),
		"templates":            strings.Repeat("f\"{", n/10),
		"patterns":             "match x:\n    case " + strings.Repeat("[a, ", n/10) + strings.Repeat("]", n/10) + ": pass\n",
		"wide pattern":         "match x:\n    case [" + strings.Repeat("a, ", n) + "]: pass\n",
		"forward declarations": "x: '" + strings.Repeat("A[", n) + "'",
		"metadata":             "A = Annotated[A, Depends(A)]\ndef f(" + strings.Repeat("a: A, ", n/10) + "): pass\n",
		"statements":           strings.Repeat("x = (\n", n),
		"lone backslashes":     strings.Repeat("\\", n),
		"comments":             strings.Repeat("#\n", n),
	}
}

func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if x:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "y\n"
}

func TestHostile(t *testing.T) {
	parse := parser(t)
	for name, src := range hostile(5000) {
		t.Run(name, func(t *testing.T) {
			check(t, lower(t, parse, src))
		})
	}
}

func TestLimits(t *testing.T) {
	parse := parser(t)
	if _, err := python.Lower("a.py", make([]byte, 5<<20), parse); err == nil || !strings.Contains(err.Error(), `"a.py"`) {
		t.Errorf("got the error %v for a source that is too large, want one that names it", err)
	}
}

func BenchmarkLower(b *testing.B) {
	var src []byte
	for _, name := range []string{"fastapi_endpoint", "match_message"} {
		one, err := os.ReadFile("testdata/" + name + ".py")
		if err != nil {
			b.Fatal(err)
		}
		src = append(src, one...)
	}
	parse := parser(b)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := python.Lower("x.py", src, parse); err != nil {
			b.Fatal(err)
		}
	}
}
