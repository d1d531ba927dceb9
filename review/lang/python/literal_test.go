package python_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

func TestStrings(t *testing.T) {
	tests := []struct {
		src  string
		kind ir.LitKind
		want string
	}{
		{`"a"`, ir.String, "a"},
		{`''`, ir.String, ""},
		{`'it''s'`, ir.String, "its"},
		{`"a\n\t\\\"\'"`, ir.String, "a\n\t\\\"'"},
		{`"\x41\101\u0041\U00000041\0"`, ir.String, "AAAA\x00"},
		{`"\xe9\351"`, ir.String, "éé"},
		{`"\d\8\x4\u12"`, ir.String, `\d\8\x4\u12`},
		{`"\N{BULLET}!"`, ir.String, "\ufffd!"},
		{`"\ud800"`, ir.String, "\ufffd"},
		{"\"a\\\nb\\\r\nc\"", ir.String, "abc"},
		{`r"\n\\"`, ir.String, `\n\\`},
		{`R'\''`, ir.String, `\'`},
		{`b"\xff\101\u0041"`, ir.Bytes, "\xffA\\u0041"},
		{`rb"\x"`, ir.Bytes, `\x`},
		{`u"é"`, ir.String, "é"},
		{"'''a\n'b\"\"\"'''", ir.String, "a\n'b\"\"\""},
		{`("a" r"\b" "\x63")`, ir.String, `a\bc`},
		{`b"a" b"\xff"`, ir.Bytes, "a\xff"},
		{`f"{{a}}"`, ir.String, "{a}"},
		{`"{{a}}"`, ir.String, "{{a}}"},
	}
	parse := parser(t)
	for _, tt := range tests {
		f := lower(t, parse, "x = "+tt.src)
		lit, ok := f.Body[0].(*ir.ExprStmt).X.(*ir.Assign).Value.(*ir.Lit)
		if !ok || lit.Kind != tt.kind || lit.Value != tt.want {
			t.Errorf("%s: got %s, want kind %d and %q", tt.src, dump(t, f), tt.kind, tt.want)
		}
	}
}

func TestTemplates(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"parts", `x = f"a{b.c}d{e()}"`, `(assign target:x value:(template parts:"a" parts:(member name="c" x:b) parts:"d" parts:(call fn:e)))`},
		{"raw", `x = rf"\d{a}"`, `(assign target:x value:(template parts:"\\d" parts:a))`},
		{"escapes", `x = f"\x41{{{a}}}"`, `(assign target:x value:(template parts:"A{" parts:a parts:"}"))`},
		{"conversion and format", `x = f"{a!r:>10}"`, `(assign target:x value:(template parts:a))`},
		{"nested format", `x = f"{a:{w}.{p}}"`, `(assign target:x value:(template parts:(unknown operands:a operands:w operands:p)))`},
		{"debugging", `x = f"{a=}"`, `(assign target:x value:(template parts:"a=" parts:a))`},
		{"nested", `x = f"{f'{a}'}"`, `(assign target:x value:(template parts:(template parts:a)))`},
		{"joined", `x = "a" f"{b}" 'c' f'd'`, `(assign target:x value:(template parts:"a" parts:b parts:"cd"))`},
		{"several lines", "x = f'''a\n{b}\n'''", `(assign target:x value:(template parts:"a\n" parts:b parts:"\n"))`},
		{"lambda", `x = f"{(lambda: a)()}"`, `(assign target:x value:(template parts:(call fn:(funclit func:(func body:(return x:a))))))`},
	}
	parse := parser(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(t, lower(t, parse, tt.src)); got != tt.want {
				t.Errorf("%q: got\n%s\nwant\n%s", tt.src, got, tt.want)
			}
		})
	}
}

// TestPlaces checks that places are those of the source, in strings too.
func TestPlaces(t *testing.T) {
	src := "# é\nx = f\"é{ws.headers['o']}é\" if a.b else c\n"
	f := lower(t, parser(t), src)
	names := 0
	ir.InspectStmts(f.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Name:
			names++
			if got := f.Text(n.Pos); got != n.Name {
				t.Errorf("got %q, want the name %q", got, n.Name)
			}
		case *ir.Member:
			if got := f.Text(n.NamePos); got != n.Name {
				t.Errorf("got %q, want the member %q", got, n.Name)
			}
		case *ir.Index:
			if got, want := f.Text(n.Pos), "ws.headers['o']"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		return true
	})
	if names != 4 {
		t.Errorf("got %d names, want 4", names)
	}
	if got, want := f.Text(f.Comments[0].Pos), "# é"; got != want || f.Comments[0].Text != want {
		t.Errorf("got the comment %q, want %q", got, want)
	}
}
