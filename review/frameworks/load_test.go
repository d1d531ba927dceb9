package frameworks_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wswarden/wswarden/review/frameworks"
)

func TestLoad(t *testing.T) {
	set, err := frameworks.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(set.Packs()); got != len(files) || got == 0 {
		t.Errorf("got %d packs of %d files", got, len(files))
	}
	for _, p := range set.Packs() {
		if p.Read == "" {
			t.Errorf("%s.yaml: \"read\" names no version", p.Name)
		}
		if p.WebSocket && len(p.Modules)+len(p.Words) == 0 {
			t.Errorf("%s.yaml: nothing makes a file worth reading: modules or words", p.Name)
		}
	}
}

// load loads files that are written as "name: content".
func load(files map[string]string) (*frameworks.Set, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return frameworks.LoadFS(fsys)
}

const head = "name: x\nlanguage: go\n"

func TestProblems(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // all of the problems
	}{
		{"not UTF-8", "\xff\xfen\x00", []string{"x.yaml:1: the file is not UTF-8"}},
		{"empty", "", []string{"x.yaml:1: "}},
		{"unknown key", head + "kind: {}\n", []string{"x.yaml:3: field kind not found"}},
		{"unknown key below", head + "kinds:\n  a:\n    methods:\n      b: {sent: true}\n", []string{"x.yaml:6: field sent not found"}},
		{"wrong type", head + "websocket: perhaps\n", []string{"x.yaml:3: "}},
		{"no YAML", head + "kinds: {a: [}\n", []string{"x.yaml:3: "}},
		{"two problems", head + "kinds:\n  a: {elem: b}\n  c: {is: chair}\n", []string{
			`x.yaml:4: there is no kind "b" in "x"`,
			`x.yaml:5: "chair" is none of server,`,
		}},
		{"name", "name: y\nlanguage: go\n", []string{`x.yaml:1: the name is "y", but that of the file is "x"`}},
		{"language", "name: x\nlanguage: cobol\n", []string{`x.yaml:2: language "cobol" is none of`}},
		{"kind of another pack", head + "calls:\n  f: {returns: y/a}\n", []string{`x.yaml:4: there is no framework "y"`}},
		{"param", head + "calls:\n  f:\n    handlers:\n      - {as: message, params: [\"=\"]}\n", []string{`x.yaml:6: no label in "="`}},
		{"argument", head + "calls:\n  f: {returns: \"arg:x\"}\n", []string{`x.yaml:4: "x" is no position`}},
		{"rest in the middle", head + "calls:\n  f:\n    handlers: [{as: message, params: [\"=message...\", \"?\"]}]\n", []string{`x.yaml:5: "=message..." is not the last`}},
		{"size", head + "defaults:\n  message_size: 1 MB\n", []string{`x.yaml:4: "1 MB" is no size`}},
		{"origin", head + "defaults: {origin: lax}\n", []string{`x.yaml:3: "lax" is none of none,`}},
		{"handler", head + "calls:\n  f: {handlers: [{arg: 1}]}\n", []string{`x.yaml:4: a handler needs "as"`}},
		{"empty call", head + "calls:\n  f:\n", []string{`x.yaml:4: nothing is said of "f"`}},
		{"double", head + "calls:\n  f, g: {}\n  g: {}\n", []string{`x.yaml:5: "g" is there twice`}},
		{"empty name", head + "calls:\n  f,: {}\n", []string{`x.yaml:4: an empty name`}},
		{"quotes inside", head + "calls:\n  f, \"g\": {}\n", []string{`x.yaml:4: an empty name, or one with quotes`}},
		{"several names", head + "kinds:\n  a:\n    methods:\n      f, g:\n        returns: b\n", []string{`x.yaml:7: there is no kind "b"`}},
		{"own base", head + "kinds:\n  a: {base: b}\n  b: {base: a}\n", []string{`x.yaml:4: kind "x/a" is its own base`}},
		{"option", head + "calls:\n  f: {sets: o}\n", []string{`x.yaml:4: there is no option "o"`}},
		{"class", head + "classes:\n  - {self: \"\"}\n", []string{`x.yaml:4: nothing says which classes`}},
		{"alias", head + "aliases: {a: \"b/*\"}\n", []string{`x.yaml:3: "a" can't be "b/*"`}},
		{"anchor", head + "kinds: &a\n  b: {}\ncalls: *a\n", []string{"x.yaml:"}},
		{"name of a kind", head + "names: {ws: socket}\n", []string{`x.yaml:3: there is no kind "socket"`}},
		{"deep", head + "calls: " + strings.Repeat("{a: ", 60) + strings.Repeat("}", 60) + "\n", []string{"x.yaml:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(map[string]string{"x.yaml": tt.text})
			var problems *frameworks.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			if len(problems.List) != len(tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			for i, p := range problems.List {
				if !strings.HasPrefix(p.String(), tt.want[i]) {
					t.Errorf("got %q, want %q…", p, tt.want[i])
				}
			}
		})
	}
}

// What two files say of one thing must not be decided by their order.
func TestDoubles(t *testing.T) {
	tests := []struct{ name, a, b, want string }{
		{"call", "calls: {f: {}}", "calls: {f: {}}", `"f" is described elsewhere too`},
		{"module", "modules: [m]", "modules: [m]", `"m" is described elsewhere too`},
		{"type", "kinds: {k: {types: [T]}}", "kinds: {k: {types: [T]}}", `"T" is described elsewhere too`},
		{"prop", `props: {"*.p": {}}`, `props: {"*.p": {}}`, `"p" is described elsewhere too`},
		{"name", "kinds: {k: {}}\nnames: {n: k}", "kinds: {k: {}}\nnames: {n: k}", `"n" is described elsewhere too`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(map[string]string{"a.yaml": "name: a\nlanguage: go\n" + tt.a, "b.yaml": "name: b\nlanguage: go\n" + tt.b})
			if err == nil || !strings.Contains(err.Error(), "b.yaml:") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in b.yaml", err, tt.want)
			}
			if _, err := load(map[string]string{"a.yaml": "name: a\nlanguage: go\n" + tt.a, "b.yaml": "name: b\nlanguage: python\n" + tt.b}); err != nil {
				t.Errorf("in two languages: %v", err)
			}
		})
	}
}

func TestInherit(t *testing.T) {
	set, err := load(map[string]string{
		"a.yaml": "name: a\nlanguage: go\nkinds:\n  top: {is: socket, identity: true, iter: \"=message\", props: {p: {value: q}}, methods: {m: {send: true}, n: {close: true}}}\n  q: {}\n",
		"b.yaml": "name: b\nlanguage: go\nkinds:\n  low: {base: mid}\n  mid: {base: a/top, methods: {n: {accept: true}}}\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	low := set.Kind("b/low")
	switch {
	case low.Name != "b/low" || low.Pack.Name != "b" || low.BaseKind != set.Kind("b/mid"):
		t.Errorf("got %q of %q with base %v", low.Name, low.Pack.Name, low.BaseKind)
	case low.Is != "socket" || !low.Identity || low.IterSpec.Label != "message":
		t.Errorf("is, identity and iter are not inherited: %+v", low)
	case low.Props["p"].ValueSpec.Kind != set.Kind("a/q"):
		t.Errorf("the property's kind is that of another pack: %+v", low.Props["p"])
	case !low.Methods["m"].Send || !low.Methods["n"].Accept || low.Methods["n"].Close:
		t.Errorf("methods are not inherited or not replaced: %+v", low.Methods)
	case set.Kind("a/top").Methods["n"].Accept:
		t.Error("the base has changed")
	}
}

func TestLookups(t *testing.T) {
	set, err := load(map[string]string{"x.yaml": `
name: x
language: javascript
websocket: true
modules: [m, "n/*"]
aliases: {"node:*": "*", "l/*": "m.*", m2: m, "cdn/*": m}
words: [Word]
calls:
  m.exact: {returns: "arg:1"}
  m.*: {returns: "arg:2"}
  "**.any": {returns: "arg:3"}
  "*.method": {returns: "arg:4"}
  "function()": {returns: "arg:5"}
`})
	if err != nil {
		t.Fatal(err)
	}
	x := set.For("javascript")
	for symbol, want := range map[string]int{"m.exact": 1, "m.other": 2, "m.a.b": 2, "q.any": 3, "q.r.any": 3, "any": 3, "m.any": 3, "m": 0, "method": 0, "q": 0, "": 0} {
		got := 0
		if e := x.Call(symbol); e != nil {
			got = e.ReturnSpec.Arg
		}
		if got != want {
			t.Errorf("Call(%q): got effect %d, want %d", symbol, got, want)
		}
	}
	if e := x.UnknownMethod("method"); e == nil || e.ReturnSpec.Arg != 4 || e.Pack.Name != "x" {
		t.Errorf("UnknownMethod: got %+v", e)
	}
	if e := x.UnknownFunction("function"); e == nil || e.ReturnSpec.Arg != 5 {
		t.Errorf("UnknownFunction: got %+v", e)
	}
	for module, want := range map[string]string{"node:m": "m", "l/f": "m.f", "node:l/f": "m.f", "m2": "m", "m": "m", "q": "q", "": "", "m@1.2": "m", "@s/m@1/sub": "@s/m/sub", "cdn/v1/x.js": "m"} {
		if got := x.Module(module); got != want {
			t.Errorf("Module(%q): got %q, want %q", module, got, want)
		}
	}
	for module, want := range map[string]bool{"m": true, "node:m": true, "n/a": true, "n/a/b": true, "n": false, "q": false, "na": false} {
		if got := x.Relevant(module); got != want {
			t.Errorf("Relevant(%q): got %v, want %v", module, got, want)
		}
	}
	if x.Words["Word"] == nil || set.For("go").Call("m.exact") != nil || set.For("cobol").Type("T") != nil {
		t.Error("words, or languages that are not told apart")
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "unlimited": -1, "512B": 512, "16KiB": 16 << 10, "100MiB": 100 << 20, "1GiB": 1 << 30} {
		set, err := load(map[string]string{"x.yaml": head + "defaults: {message_size: \"" + text + "\"}\n"})
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Pack("x").Defaults.MessageBytes; got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := frameworks.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	x := frameworks.Builtin().For("javascript")
	for b.Loop() {
		x.Call("zod.z.object")
		x.Call("some.application.module.function")
	}
}

// FuzzLoad: whatever a file holds, it is loaded, or refused with places in it.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatalf("no packs: %v", err)
	}
	for i, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if i%10 == 0 {
			f.Add(data[:min(len(data), 4<<10)])
		}
	}
	f.Add([]byte(head + "kinds: {a: {base: a, iter: \"a=message...\"}}\ncalls: {\"a.*\": {returns: \"tuple:a,=x\"}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := frameworks.LoadFS(fstest.MapFS{"x.yaml": &fstest.MapFile{Data: data}})
		if err == nil {
			p := set.Pack("x")
			for symbol := range p.Calls {
				set.For(p.Language).Call(symbol)
			}
			return
		}
		var problems *frameworks.Problems
		if !errors.As(err, &problems) {
			if len(data) > 1<<20 {
				return
			}
			t.Fatalf("got %v, want problems", err)
		}
		lines := 2 // and one behind each of the line breaks of YAML
		for _, br := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			lines += bytes.Count(data, []byte(br))
		}
		for _, p := range problems.List {
			if p.File != "x.yaml" || p.Line < 1 || p.Line > lines || p.Text == "" {
				t.Errorf("a problem that is nowhere: %+v in %d lines", p, lines)
			}
		}
	})
}
