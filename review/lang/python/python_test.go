package python_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/lang/python"
	"github.com/wswarden/wswarden/review/syntax"
)

var update = flag.Bool("update", false, "write the golden files")

func parser(t testing.TB) lang.Parse {
	t.Helper()
	p, err := syntax.NewParser(context.Background(), syntax.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return func(l syntax.Language, src []byte) (*syntax.Tree, error) {
		return p.Parse(context.Background(), l, src)
	}
}

func lower(t testing.TB, parse lang.Parse, src string) *ir.File {
	t.Helper()
	f, err := python.Lower("x.py", []byte(src), parse)
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
	paths, err := filepath.Glob("testdata/*.py")
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d files (%v), want some", len(paths), err)
	}
	parse := parser(t)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, lower(t, parse, string(src)))
			golden := strings.TrimSuffix(path, ".py") + ".ir"
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

// brief returns the statements of a file as S-expressions, without lines, in
// which names and plain literals stand for themselves.
func brief(t testing.TB, f *ir.File) string {
	t.Helper()
	var b strings.Builder
	depth := 0
	for _, line := range strings.Split(strings.TrimSpace(dump(t, f)), "\n")[1:] {
		text := strings.TrimLeft(line, " ")
		indent := (len(line) - len(text)) / 2
		for ; depth >= indent; depth-- {
			b.WriteByte(')')
		}
		depth = indent
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		label, node, labelled := strings.Cut(text, ": ")
		if !labelled || strings.ContainsAny(label, "\" ") {
			label, node = "", text
		} else {
			label += ":"
		}
		b.WriteString(label + "(" + node)
	}
	b.WriteString(strings.Repeat(")", depth))
	s := regexp.MustCompile(` @\d+`).ReplaceAllString(b.String(), "")
	s = strings.ReplaceAll(s, " strict=true", "")
	s = regexp.MustCompile(`\(name name="([^"]*)"\)`).ReplaceAllString(s, "$1")
	s = regexp.MustCompile(`\(lit kind=string value=("(?:[^"\\]|\\.)*")\)`).ReplaceAllString(s, "$1")
	s = regexp.MustCompile(`\(lit kind=(?:number|bool|null) value="([^"]*)"\)`).ReplaceAllString(s, "$1")
	s = regexp.MustCompile(`^\(exprstmt x:(.*)\)$`).ReplaceAllString(s, "$1")
	return s
}

func TestLower(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"assign", `x = 1`, `(assign target:x value:1)`},
		{"chained assignment", `a = b.c = 1`, `(assign target:a value:(assign target:(member name="c" x:b) value:1))`},
		{"augmented", `a[0] //= 2`, `(assign op="//" target:(index x:a key:0) value:2)`},
		{"unpacking", `a, *b = c`, `(assign target:(list kind=tuple elems:a elems:(spread x:b)) value:c)`},
		{"declared", `x: int`, `(assign target:x type:(type name="int"))`},
		{"walrus", `(n := 10)`, `(assign target:n value:10)`},
		{"chained comparison", `0 < len(m) <= 9`, `(logical op="&&" x:(binary op="<" x:0 y:(call fn:len args:(arg value:m))) y:(binary op="<=" x:(call fn:len args:(arg value:m)) y:9))`},
		{"a function is never lowered twice", `a < (lambda: 1) < b`, `(logical op="&&" x:(binary op="<" x:a y:(funclit func:(func body:(return x:1)))) y:(binary op="<" x:(unknown) y:b))`},
		{"negated operators", `a not  in b and c is not None`, `(logical op="&&" x:(binary op="not in" x:a y:b) y:(binary op="is not" x:c y:None))`},
		{"not, or", `not a or b`, `(logical op="||" x:(unary op="!" x:a) y:b)`},
		{"conditional", `a if b else c`, `(cond test:b then:a else:c)`},
		{"call", `f(a, *b, c=1, **d)`, `(call fn:f args:(arg value:a) args:(arg spread=true value:b) args:(arg name="c" value:1) args:(arg name="**" spread=true value:d))`},
		{"call with generator", `any(x.ok for x in y if x)`, `(call fn:any args:(arg value:(comp elem:(member name="ok" x:x) clauses:(compclause target:x iter:y conds:x))))`},
		{"optional comma", `f(a,)`, `(call fn:f args:(arg value:a))`},
		{"keys", `{"a": 1, b: 2, **c, 3: 4}`, `(object props:(prop name="a" value:1) props:(prop key:b value:2) props:(prop spread=true value:c) props:(prop key:3 value:4))`},
		{"collections", `[1, (2,), {3}, ()]`, `(list elems:1 elems:(list kind=tuple elems:2) elems:(list kind=set elems:3) elems:(list kind=tuple))`},
		{"comprehension", `{k: v for k, v in d.items() for x in k if x if v}`, `(comp key:k elem:v clauses:(compclause target:(list kind=tuple elems:k elems:v) iter:(call fn:(member name="items" x:d))) clauses:(compclause target:x iter:k conds:x conds:v))`},
		{"slice", `x[1:n]`, `(index x:x)`},
		{"index", `x[-1]["a"]`, `(index x:(index x:x key:(unary op="-" x:1)) key:"a")`},
		{"two indices", `x[1, 2:3]`, `(index x:x key:(list kind=tuple elems:1 elems:(unknown operands:2 operands:3)))`},
		{"await", `await a.b()`, `(await x:(call fn:(member name="b" x:a)))`},
		{"delete", `del a, b[0]`, `(unary op="delete" x:a)) (exprstmt x:(unary op="delete" x:(index x:b key:0))`},
		{"assert", `assert a == 1, "no"`, `(if cond:(unary op="!" x:(binary op="==" x:a y:1)) then:(throw x:(call fn:AssertionError args:(arg value:"no"))))`},
		{"raise", `raise E(a) from f(b)`, `(call fn:f args:(arg value:b))) (throw x:(call fn:E args:(arg value:a))`},
		{"raise again", `raise`, `(throw)`},
		{"print statement", `print "a %s" % b, c`, `(call fn:print args:(arg value:(binary op="%" x:"a %s" y:b)) args:(arg value:c))`},
		{"print call", `print("a", b)`, `(call fn:print args:(arg value:"a") args:(arg value:b))`},
		{"lambda", `f = lambda a, *b, c=1, **d: a`, `(assign target:f value:(funclit func:(func params:(param name="a") params:(param name="b" rest=true) params:(param name="c" default:1) params:(param name="d" keywordmap=true) body:(return x:a))))`},
		{"endless loop", "while True:\n    break\n", `(loop body:(jump kind=break))`},
		{"loop", "async for a, b in c:\n    continue\nelse:\n    d()\n", `(loop async=true target:(list kind=tuple elems:a elems:b) iter:c body:(jump kind=continue) else:(exprstmt x:(call fn:d)))`},
		{"elif", "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()\n", `(if cond:a then:(exprstmt x:(call fn:b)) else:(if cond:c then:(exprstmt x:(call fn:d)) else:(exprstmt x:(call fn:e))))`},
		{"with", "with (open(a) as f, g() as (h, i)):\n    j()\n", `(with items:(withitem value:(call fn:open args:(arg value:a)) target:f) items:(withitem value:(call fn:g) target:(list kind=tuple elems:h elems:i)) body:(exprstmt x:(call fn:j)))`},
		{"async with", "async with a.b(): pass", `(with async=true items:(withitem value:(call fn:(member name="b" x:a))))`},
		{"exception group", "try:\n    a()\nexcept* (B, c.D) as e:\n    f()\nexcept:\n    g()\nelse:\n    h()\nfinally:\n    i()\n", `(try body:(exprstmt x:(call fn:a)) catches:(catch types:B types:(member name="D" x:c) target:e body:(exprstmt x:(call fn:f))) catches:(catch body:(exprstmt x:(call fn:g))) else:(exprstmt x:(call fn:h)) finally:(exprstmt x:(call fn:i)))`},
		{"suppress stays a with", "with contextlib.suppress(E):\n    a()\n", `(with items:(withitem value:(call fn:(member name="suppress" x:contextlib) args:(arg value:E))) body:(exprstmt x:(call fn:a)))`},
		{"generator", "def f():\n    x = yield a\n    yield from b\n", `(funcdecl func:(func name="f" generator=true body:(exprstmt x:(assign target:x value:(yield x:a))) body:(exprstmt x:(await x:b))))`},
		{"globals", "def f():\n    global a, b\n    def g():\n        nonlocal c\n", `(funcdecl func:(func name="f" body:(funcdecl func:(func name="g" globals:("c"))) globals:("a") globals:("b")))`},
		{"markers of parameters", "def f(a, /, b, *, c=1): ...", `(funcdecl func:(func name="f" params:(param name="a") params:(param name="b") params:(param name="c" default:1)))`},
		{"docstrings and constants go", "'''doc'''\n...\n1\n", ``},
		{"attribute of a type", `type(x).y = 1`, `(assign target:(member name="y" x:(call fn:type args:(arg value:x))) value:1)`},
		{"type alias", `type A = list[int]`, `(assign target:A value:(index x:list key:int))`},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := lower(t, parse, tt.src)
			if got := brief(t, f); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
			if f.Broken != 0 {
				t.Errorf("%q: got %d broken places, want none", tt.src, f.Broken)
			}
		})
	}
}
