package js_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/js"
)

func TestDeclarationFilesAreNotLowered(t *testing.T) {
	for _, name := range []string{"a.d.ts", "b/c.d.mts", "D.D.CTS"} {
		f, err := js.Lower(name, []byte("declare const a: string"), parse)
		if f != nil || err != nil {
			t.Errorf("%s: got %v, %v, want neither a file nor an error", name, f, err)
		}
	}
}

func TestParseFails(t *testing.T) {
	src := strings.Repeat("x", 5<<20)
	for _, name := range []string{"a.js", "a.ts"} {
		if f, err := js.Lower(name, []byte(src), parse); err == nil {
			t.Errorf("%s of %d bytes: got %v, want an error", name, len(src), f)
		}
	}
	if _, err := js.Lower("a.html", []byte("<script>"+src+"</script>"), parse); err == nil {
		t.Error("a page whose only script can't be parsed: got no error")
	}
	f, err := js.Lower("a.html", []byte("<script>a()</script><script>"+src+"</script>"), parse)
	if err != nil || len(f.Body) != 1 || f.Broken != 1 {
		t.Errorf("a page with one script that can't be parsed: got %v, %v, want the other script and one broken place", f, err)
	}
}

func TestStatements(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"a case falls through unless all its paths leave", `
			switch (a) {
			case 1: if (b) { return; } else { throw c; }
			case 2: try { return d; } catch { break; }
			case 3: try { e; } finally { return; }
			case 4: if (f) return;
			case 5: { for (;;) { break; } }
			case 6: g;
			}`, `
			switch @1
			  tag: name @1 name="a"
			  cases: case @2
			    values: lit @2 kind=number value="1"
			    body: if @2
			      cond: name @2 name="b"
			      then: return @2
			      else: throw @2
			        x: name @2 name="c"
			  cases: case @3
			    values: lit @3 kind=number value="2"
			    body: try @3
			      body: return @3
			        x: name @3 name="d"
			      catches: catch @3
			        body: jump @3 kind=break
			  cases: case @4
			    values: lit @4 kind=number value="3"
			    body: try @4
			      body: exprstmt @4
			        x: name @4 name="e"
			      finally: return @4
			  cases: case @5 through=true
			    values: lit @5 kind=number value="4"
			    body: if @5
			      cond: name @5 name="f"
			      then: return @5
			  cases: case @6 through=true
			    values: lit @6 kind=number value="5"
			    body: block @6
			      body: loop @6
			        body: jump @6 kind=break
			  cases: case @7
			    values: lit @7 kind=number value="6"
			    body: exprstmt @7
			      x: name @7 name="g"`},
		{"switch (true) has no tag", `switch (true) { case a: b; }`, `
			switch @1
			  cases: case @1
			    values: name @1 name="a"
			    body: exprstmt @1
			      x: name @1 name="b"`},
		{"a sequence in return", `return (a(), b), c;`, `
			exprstmt @1
			  x: call @1
			    fn: name @1 name="a"
			exprstmt @1
			  x: name @1 name="b"
			return @1
			  x: name @1 name="c"`},
		{"a sequence as a value", `x = (a(), b);`, `
			exprstmt @1
			  x: assign @1
			    target: name @1 name="x"
			    value: unknown @1
			      operands: call @1
			        fn: name @1 name="a"
			      operands: name @1 name="b"`},
		{"a decorated default class", `export default @dec class C {}`, `
			export: export @1 name="default"
			  value: name @1 name="C"
			classdecl @1
			  class: class @1 name="C"
			    decorators: name @1 name="dec"`},
		{"computed members", `class C { [a()]() {} [b()] = 1; }`, `
			classdecl @1
			  class: class @1 name="C"
			    fields: field @1
			      value: lit @1 kind=number value="1"
			    methods: func @1 of C
			    body: exprstmt @1
			      x: call @1
			        fn: name @1 name="a"
			    body: exprstmt @1
			      x: call @1
			        fn: name @1 name="b"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, want := dumped(t, lower(t, "a.js", test.src)), shifted(trimmed(test.want), test.src); got != want {
				t.Errorf("%s\ngot\n%swant\n%s", test.src, got, want)
			}
		})
	}
}

// shifted indents a wanted dump as Dump does below the line of a file. A source
// that starts with a line feed starts on line 2.
func shifted(want, src string) string {
	var b strings.Builder
	for line := range strings.Lines(want) {
		if strings.HasPrefix(src, "\n") {
			line = nextLine(line)
		}
		b.WriteString("  " + line)
	}
	return b.String()
}

// nextLine adds one to the line number of a line of a dump.
func nextLine(line string) string {
	before, after, found := strings.Cut(line, "@")
	if !found {
		return line
	}
	n := 0
	for after != "" && after[0] >= '0' && after[0] <= '9' {
		n, after = n*10+int(after[0]-'0'), after[1:]
	}
	return before + "@" + itoa(n+1) + after
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestStrings(t *testing.T) {
	for src, want := range map[string]string{
		`'plain'`:            "plain",
		`"a\nb\tc\\d\"e"`:    "a\nb\tc\\d\"e",
		`'\x41\u0042\u{43}'`: "ABC",
		`'\uD83D\uDE00'`:     "😀",
		`'\uD83Dx'`:          "\uFFFDx",
		"'a\\\nb\\\r\nc'":    "abc",
		`'\q\ü'`:             "qü",
		"`a\\`b`":            "a`b",
		"`a\n b`":            "a\n b",
		`''`:                 "",
	} {
		f := lower(t, "a.js", "x = "+src)
		got, ok := f.Body[0].(*ir.ExprStmt).X.(*ir.Assign).Value.(*ir.Lit)
		if !ok || got.Kind != ir.String || got.Value != want {
			t.Errorf("%s: got %s, want the string %q", src, ir.DumpNode(f, f.Body[0]), want)
		}
	}
}

func TestPositions(t *testing.T) {
	const src = "/* é */ const f = async (a) => { await g(a); };\r\n"
	f := lower(t, "a.ts", src)
	want := map[string]bool{
		"const f":                          false, // a declaration starts at its name
		"f = async (a) => { await g(a); }": true, "async (a) => { await g(a); }": true, "a": true,
		"await g(a)": true, "g(a)": true, "g": true,
	}
	got := map[string]bool{}
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		got[f.Text(n.At())] = true
		return true
	})
	for text, there := range want {
		if got[text] != there {
			t.Errorf("a node that spans %q: got %t, want %t; all: %v", text, got[text], there, got)
		}
	}
	if len(f.Comments) != 1 || f.Comments[0].Text != "/* é */" || f.Text(f.Comments[0].Pos) != "/* é */" {
		t.Errorf("got comments %v", f.Comments)
	}
}

// deepCode returns code that is nested n deep, by what it is nested in.
func deepCode(n int) map[string]string {
	return map[string]string{
		"parentheses": strings.Repeat("(", n) + "x" + strings.Repeat(")", n),
		"calls":       strings.Repeat("f(", n) + "x" + strings.Repeat(")", n),
		"functions":   strings.Repeat("() => {", n) + strings.Repeat("}", n),
		"blocks":      strings.Repeat("{", n) + strings.Repeat("}", n),
		"sum":         "x = a" + strings.Repeat(" + a", n),
		"else":        strings.Repeat("if (a) b(); else ", n) + "c()",
		"types":       "let a: " + strings.Repeat("A<", n) + "B" + strings.Repeat(">", n),
		"patterns":    "let " + strings.Repeat("[", n) + strings.Repeat("]", n) + " = x",
		"elements":    strings.Repeat("<a>", n/5), // the parser takes quadratic time for these
		"unclosed":    strings.Repeat("{[(", n),
		"templates":   strings.Repeat("`${", n),
	}
}

func TestDeepCode(t *testing.T) {
	for name, src := range deepCode(5000) {
		for _, extension := range []string{".js", ".ts", ".tsx"} {
			t.Run(name+extension, func(t *testing.T) { check(t, lower(t, "a"+extension, src)) })
		}
	}
	for name, src := range deepCode(500) {
		text := "<script>" + src + "</script><p a={" + src + "} @b='" + src + "'>{" + src + "}{{" + src + "}}</p>"
		for _, extension := range []string{".html", ".vue", ".svelte"} {
			t.Run(name+extension, func(t *testing.T) { check(t, lower(t, "a"+extension, text)) })
		}
	}
	for _, extension := range []string{".html", ".vue", ".svelte"} {
		for name, text := range map[string]string{
			"nested": strings.Repeat("<p v-if='a' v-for='b in c'>{#if a}{#each b as c}", 2000),
			"chain":  "<p v-if=a></p>" + strings.Repeat("<p v-else-if=b></p>", 2000) + "{#if a}" + strings.Repeat("{:else if b}", 2000),
			"twice":  "<p" + strings.Repeat(" v-for='a in b'", 2000) + ">",
		} {
			t.Run(name+extension, func(t *testing.T) {
				f := lower(t, "a"+extension, text)
				check(t, f)
				if got := depthOf(f.Body); got > 2000 {
					t.Errorf("got statements %d deep", got)
				}
			})
		}
	}
}

// depthOf returns how deep statements are nested.
func depthOf(body []ir.Stmt) int {
	deepest := 0
	for _, s := range body {
		inner := 0
		switch s := s.(type) {
		case *ir.If:
			inner = max(depthOf(s.Then), depthOf(s.Else))
		case *ir.Loop:
			inner = depthOf(s.Body)
		case *ir.Block:
			inner = depthOf(s.Body)
		}
		deepest = max(deepest, inner+1)
	}
	return deepest
}
