package jsonscan_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// change is a call of an Editor, written as text.
type change struct {
	do   string // set, replace, drop
	path string
	raw  string
}

func TestEditor(t *testing.T) {
	set := func(path, raw string) change { return change{"set", path, raw} }
	replace := func(path, raw string) change { return change{"replace", path, raw} }
	drop := func(path string) change { return change{"drop", path, ""} }
	for _, c := range []struct {
		name     string
		document string
		changes  []change
		want     string
	}{
		{"nothing", ` { "a" : 1 } `, nil, `{ "a" : 1 }`},
		{"overwrites", `{"userId":"u2","x":[1, 2]}`, []change{set("userId", `"u1"`)}, `{"userId":"u1","x":[1, 2]}`},
		{"adds", `{"x":1}`, []change{set("userId", `"u1"`)}, `{"x":1,"userId":"u1"}`},
		{"adds to an empty object", `{ }`, []change{set("userId", `"u1"`)}, `{"userId":"u1"}`},
		{"adds several", `{"x":1}`, []change{set("b", `2`), set("a", `1`)}, `{"x":1,"a":1,"b":2}`},
		{"makes objects on the way", `{"x":1}`, []change{set("a.b.c", `1`), set("a.b.d", `2`), set("a.e", `3`)}, `{"x":1,"a":{"b":{"c":1,"d":2},"e":3}}`},
		{"sets again", `{}`, []change{set("a", `1`), set("a", `2`)}, `{"a":2}`},
		{"sets again what is there", `{"a":0}`, []change{set("a", `1`), set("a", `2`)}, `{"a":2}`},
		{"within", `{"data":{"user":"u2","text":"a b"},"n":1}`, []change{set("data.user", `"u1"`)}, `{"data":{"user":"u1","text":"a b"},"n":1}`},
		{"in an array", `[["a", 1],{"x":1}]`, []change{set("[1].y", `2`), set("[0][1]", `{}`)}, `[["a",{}],{"x":1,"y":2}]`},
		{"the whole", `{"a":1}`, []change{set("", `null`)}, `null`},
		{"a name that needs escapes", `{}`, []change{set(`["a\"\n.b"]`, `1`)}, `{"a\"\n.b":1}`},
		{"a name with escapes in the document", `{"us\u0065rId":1,"b":2}`, []change{set("userId", `3`)}, `{"us\u0065rId":3,"b":2}`},
		{"drops a first member", `{"a":1, "b":2}`, []change{drop("a")}, `{"b":2}`},
		{"drops a last member", `{"a":1, "b":2}`, []change{drop("b")}, `{"a":1}`},
		{"drops all members", `{"a":1, "b":2}`, []change{drop("a"), drop("b")}, `{}`},
		{"drops elements", `[1, 2, 3, {"a":[4]}]`, []change{drop("[2]"), drop("[0]"), drop("[3].a[0]")}, `[2,{"a":[]}]`},
		{"drops and adds", `{"a":1}`, []change{drop("a"), set("b", `2`)}, `{"b":2}`},
		{"drops and sets the same", `{"a":1}`, []change{drop("a"), set("a", `2`)}, `{"a":2}`},
		{"drops what has changes within", `{"a":{"b":1},"c":2}`, []change{set("a.b", `2`), set("a.d", `3`), drop("a")}, `{"c":2}`},
		{"replaces what has changes within", `{"a":{"b":1},"c":2}`, []change{drop("a.b"), replace("a", `0`)}, `{"a":0,"c":2}`},
		{"other case beside", `{"userId":"u1","USERID":"u2","UserId":"u3"}`, []change{set("userId", `"u1"`)}, `{"userId":"u1"}`},
		{"other case alone", `{"USERID":"u2","x":1}`, []change{set("userId", `"u1"`)}, `{"x":1,"userId":"u1"}`},
		{"other case on the way", `{"Data":{"user":1},"data":{"user":2,"UſER":3}}`, []change{set("data.user", `4`)}, `{"data":{"user":4}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := scan(t, c.document)
			var e jsonscan.Editor
			e.Reset(d)
			for _, change := range c.changes {
				apply(t, &e, d, change)
			}
			if e.Changed() != (len(c.changes) > 0) {
				t.Errorf("changed: got %v", e.Changed())
			}
			if got := string(e.Append([]byte("> "))); got != "> "+c.want {
				t.Errorf("%s: got %s, want %s", c.document, got, c.want)
			}

			inner := scan(t, `[0,{"before":{"a":1},"in":`+c.document+`,"userid":2}]`).Root().Index(1).Get("in")
			e.ResetValue(inner)
			for _, change := range c.changes {
				applyTo(t, &e, inner, change)
			}
			if got := string(e.Append(nil)); got != c.want {
				t.Errorf("%s within a document: got %s, want %s", c.document, got, c.want)
			}
		})
	}
}

func apply(t *testing.T, e *jsonscan.Editor, d *jsonscan.Doc, c change) {
	t.Helper()
	applyTo(t, e, d.Root(), c)
}

func applyTo(t *testing.T, e *jsonscan.Editor, in jsonscan.Value, c change) {
	t.Helper()
	p := parsePath(t, c.path)
	switch c.do {
	case "set":
		if err := e.Set(p, []byte(c.raw)); err != nil {
			t.Fatal(err)
		}
	case "replace":
		e.Replace(in.Lookup(p), []byte(c.raw))
	case "drop":
		e.Drop(in.Lookup(p))
	}
}

func TestEditorErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		document string
		before   []change
		path     string
		want     error
	}{
		{"through a string", `{"a":"x"}`, nil, "a.b", jsonscan.ErrNotObject},
		{"through null", `{"a":null}`, nil, "a.b", jsonscan.ErrNotObject},
		{"through an array by name", `{"a":[]}`, nil, "a.b", jsonscan.ErrNotObject},
		{"a missing element", `{"a":[1]}`, nil, "a[1]", jsonscan.ErrNotObject},
		{"an element of what is missing", `{}`, nil, "a[0]", jsonscan.ErrNotObject},
		{"within what was added", `{}`, []change{{"set", "a", "{}"}}, "a.b", jsonscan.ErrOverlap},
		{"around what was added", `{}`, []change{{"set", "a.b", "{}"}}, "a", jsonscan.ErrOverlap},
		{"within what was set", `{"a":{"b":1}}`, []change{{"set", "a", "{}"}}, "a.b", jsonscan.ErrOverlap},
		{"around what was set", `{"a":{"b":1}}`, []change{{"set", "a.b", "{}"}}, "a", jsonscan.ErrOverlap},
		{"around where something was added", `{"a":{"b":1}}`, []change{{"set", "a.c", "{}"}}, "a", jsonscan.ErrOverlap},
		{"within what was dropped", `{"a":{"b":1}}`, []change{{"drop", "a", ""}}, "a.c", jsonscan.ErrOverlap},
		{"within the whole", `{"a":1}`, []change{{"set", "", "{}"}}, "a", jsonscan.ErrOverlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := scan(t, c.document)
			var e jsonscan.Editor
			e.Reset(d)
			for _, change := range c.before {
				apply(t, &e, d, change)
			}
			if err := e.Set(parsePath(t, c.path), []byte("1")); !errors.Is(err, c.want) {
				t.Errorf("set %s in %s: got %v, want %v", c.path, c.document, err, c.want)
			}
		})
	}
}

func TestEditorReuse(t *testing.T) {
	var e jsonscan.Editor
	for range 2 {
		d := scan(t, `{"a":1}`)
		e.Reset(d)
		if e.Changed() {
			t.Error("changed after Reset")
		}
		apply(t, &e, d, change{"set", "b", "2"})
		if got := string(e.Append(nil)); got != `{"a":1,"b":2}` {
			t.Errorf("got %s", got)
		}
		if got := string(e.Append(nil)); got != `{"a":1,"b":2}` {
			t.Errorf("appended again: got %s", got)
		}
	}
}

func TestAppendQuoted(t *testing.T) {
	for _, text := range []string{"", "a", `"\/`, "\x00\x1f\x7f\n\r\t\b\f", "é😀\u2028", "\xff\xc0a", "a\xed\xa0\x80"} {
		quoted := jsonscan.AppendQuoted([]byte("x"), text)
		var got, want string
		standard, _ := json.Marshal(text)
		if err := json.Unmarshal(quoted[1:], &got); err != nil {
			t.Errorf("%q: %s: %v", text, quoted, err)
		}
		_ = json.Unmarshal(standard, &want)
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if !slices.Equal(quoted[1:], jsonscan.AppendQuoted(nil, []byte(text))) {
			t.Errorf("%q: bytes and string differ", text)
		}
		scan(t, string(quoted[1:]))
	}
}
