package golang_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/golang"
)

// outline lists the named functions with their parameters, and the calls with
// the functions around them, up to an offset.
func outline(f *ir.File, end uint32) []string {
	var list []string
	for _, fn := range f.Funcs {
		inside := fmt.Sprintf("func %s/%d", fn.Name, len(fn.Params))
		if fn.Recv != nil {
			inside = f.Text(fn.Recv.Pos) + " " + inside
		}
		ir.InspectStmts(fn.Body, func(n ir.Node) bool {
			if call, ok := n.(*ir.Call); ok && call.End <= end {
				line, column := f.Line(call.Start)
				list = append(list, fmt.Sprintf("%s: %d:%d %s", inside, line, column, f.Text(call.Fn.At())))
			}
			return true
		})
	}
	slices.Sort(list)
	return list
}

// TestCutOff lowers a file up to each of its lines: what its functions call up
// to there is found in these functions.
func TestCutOff(t *testing.T) {
	whole, err := os.ReadFile("testdata/hub.go")
	if err != nil {
		t.Fatal(err)
	}
	parse := parser(t)
	full, err := golang.Lower("hub.go", whole, parse)
	if err != nil {
		t.Fatal(err)
	}
	for end, b := range whole {
		if b != '\n' {
			continue
		}
		f, err := golang.Lower("hub.go", whole[:end], parse)
		if err != nil {
			t.Fatal(err)
		}
		got, want := outline(f, uint32(end)), outline(full, uint32(end))
		for _, call := range want {
			if !slices.Contains(got, call) {
				line, _ := full.Line(uint32(end))
				t.Errorf("cut behind line %d: %s is missing", line, call)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"no package clause", "func f(a int) {\n\tg(a)\n}\n", []string{"func f/1: 2:2 g"}},
		{"left-out code", "func f() {\n\t...\n\tg(a, ...)\n\t...\n}\n", []string{"func f/0: 3:2 g"}},
		{"brace that is missing in the middle", `package x

func (s *S) one(a int) {
	if a > 0 {
		first(a)

}

func (s *S) two(a, b int) error {
	second(b)
}

func three[T any](t T) { third(t) }
`, []string{"func three/1: 13:26 third", "s *S func one/1: 5:3 first", "s *S func two/2: 10:2 second"}},
		{"struct that isn't closed", `type T struct {
	A int

func (t *T) f() {
	g()
}
`, []string{"t *T func f/0: 5:2 g"}},
		{"parenthesis that is missing", `func f() {
	a(b(1
}
func g() { c() }
`, []string{"func f/0: 2:2 a", "func f/0: 2:4 b", "func g/0: 4:12 c"}},
		{"brace too many", `func f() {
	a()
	}
}
func g() { c() }
`, []string{"func f/0: 2:2 a", "func g/0: 5:12 c"}},
		{"brackets in strings, runes and comments", "func f() {\n\ta(\"(\\\"{\", '{', `[\n(`) // {\n\t/* ( */\n\tb(", []string{"func f/0: 2:2 a", "func f/0: 5:2 b"}},
		{"callback that isn't closed", "http.HandleFunc(\"/ws\", func(w http.ResponseWriter, r *http.Request) {\n\tg(r)\n", []string{"func /2: 2:2 g"}},
		{"string that isn't closed", "func f() {\n\ta(\"x)\n\tb()\n}\nfunc g() { c() }\n", []string{"func g/0: 5:12 c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := lower(t, test.src)
			got := outline(f, uint32(len(test.src)))
			for _, want := range test.want {
				if !slices.Contains(got, want) {
					t.Errorf("%s\ngot\n%s\nwant\n%s\nin\n%s", test.src, strings.Join(got, "\n"), want, dump(t, f))
				}
			}
		})
	}
}

func TestBrokenIsCounted(t *testing.T) {
	for src, broken := range map[string]bool{
		"func f() {}\n":                          false,
		"func f() { x := new(1); _ = x }\n":      false, // newer than the grammar, but not broken
		"func f() {\n":                           true,
		"func f() { a b c }\n":                   true,
		"func f() {\n\tif x {\n}\nfunc g() {}\n": true,
	} {
		if f := lower(t, src); (f.Broken > 0) != broken {
			t.Errorf("%q: got %d broken places, want some: %v", src, f.Broken, broken)
		}
	}
}
