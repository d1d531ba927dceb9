package golang_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

var positions = regexp.MustCompile(` @\d+`)

// shape is the dump of the statements of a source, without positions.
func shape(t testing.TB, src string) string {
	t.Helper()
	f := lower(t, src)
	var b strings.Builder
	for _, s := range f.Body {
		b.WriteString(ir.DumpNode(f, s))
	}
	return positions.ReplaceAllString(b.String(), "")
}

func TestLower(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"call of a table of functions", "handlers[m.Type](m)", `
exprstmt
  x: call
    fn: index
      x: name name="handlers"
      key: member name="Type"
        x: name name="m"
    args: arg
      value: name name="m"
`},
		{"call of a table of functions with two arguments", "handlers[m.Type](c, m)", `
exprstmt
  x: call
    fn: index
      x: name name="handlers"
      key: member name="Type"
        x: name name="m"
    args: arg
      value: name name="c"
    args: arg
      value: name name="m"
`},
		{"call of a table of functions without arguments", "h.hooks[name]()", `
exprstmt
  x: call
    fn: index
      x: member name="hooks"
        x: name name="h"
      key: name name="name"
`},
		{"call of a generic function with a type that is no name", "decode[[]byte](x, y)", `
exprstmt
  x: call
    fn: name name="decode"
    types: type kind=slice
      elems: type name="byte"
    args: arg
      value: name name="x"
    args: arg
      value: name name="y"
`},
		{"table in an imported package", "import \"example.com/p\"\nvar v = p.Table[key]", `
import module="example.com/p" local="p"
exprstmt
  x: assign decl=var
    target: name name="v"
    value: index
      x: member name="Table"
        x: name name="p"
      key: name name="key"
`},
		{"call of a table in a table", "a[b[c]](x)", `
exprstmt
  x: call
    fn: index
      x: name name="a"
      key: index
        x: name name="b"
        key: name name="c"
    args: arg
      value: name name="x"
`},
		{"call of a generic function with a predeclared type", "decode[string](x)", `
exprstmt
  x: call
    fn: name name="decode"
    types: type name="string"
    args: arg
      value: name name="x"
`},
		{"call of a generic function of an import", "import \"encoding/json\"\nvar v = json.Decode[local](x)", `
import module="encoding/json" local="json"
exprstmt
  x: assign decl=var
    target: name name="v"
    value: call
      fn: member name="Decode"
        x: name name="json"
      types: type name="local"
      args: arg
        value: name name="x"
`},
		{"variable named like a type of the file", "type client struct{}\nvar x = clients[client]", `
classdecl
  class: class name="client" kind=struct
exprstmt
  x: assign decl=var
    target: name name="x"
    value: index
      x: name name="clients"
      key: name name="client"
`},
		{"several results, one dropped", "_, b := f()", `
exprstmt
  x: assign decl=var
    target: list kind=tuple
      elems: name name="b"
    value: call
      fn: name name="f"
`},
		{"receive with ok", "v, ok = <-c", `
exprstmt
  x: assign
    target: list kind=tuple
      elems: name name="v"
      elems: name name="ok"
    value: unary op="<-"
      x: name name="c"
`},
		{"send", "h.in <- v", `
exprstmt
  x: call
    fn: member name="<-"
      x: member name="in"
        x: name name="h"
    args: arg
      value: name name="v"
`},
		{"swap", "a, b[0] = b[0], a", `
exprstmt
  x: assign
    target: list kind=tuple
      elems: name name="a"
      elems: index
        x: name name="b"
        key: lit kind=number value="0"
    value: list kind=tuple
      elems: index
        x: name name="b"
        key: lit kind=number value="0"
      elems: name name="a"
`},
		{"variables without value", "var a, b *T", `
exprstmt
  x: assign decl=var
    target: name name="a"
    type: type kind=pointer
      elems: type name="T"
exprstmt
  x: assign decl=var
    target: name name="b"
    type: type kind=pointer
      elems: type name="T"
`},
		{"and not", "x &^= 1", `
exprstmt
  x: assign op="&^"
    target: name name="x"
    value: lit kind=number value="1"
`},
		{"constants count", "const (\n\ta, b = iota, -iota\n\t_, _\n\tc, d\n)", `
exprstmt
  x: assign decl=const
    target: list kind=tuple
      elems: name name="a"
      elems: name name="b"
    value: list kind=tuple
      elems: lit kind=number value="0"
      elems: unary op="-"
        x: lit kind=number value="0"
exprstmt
  x: assign decl=const
    target: list kind=tuple
    value: list kind=tuple
      elems: lit kind=number value="1"
      elems: unary op="-"
        x: lit kind=number value="1"
exprstmt
  x: assign decl=const
    target: list kind=tuple
      elems: name name="c"
      elems: name name="d"
    value: list kind=tuple
      elems: lit kind=number value="2"
      elems: unary op="-"
        x: lit kind=number value="2"
`},
		{"iota as somebody's name", "iota := 1", `
exprstmt
  x: assign decl=var
    target: name name="iota"
    value: lit kind=number value="1"
`},
		{"if with initial statement", "if err := f(); err != nil {\n\treturn\n}", `
block
  body: exprstmt
    x: assign decl=var
      target: name name="err"
      value: call
        fn: name name="f"
  body: if
    cond: binary op="!=" strict=true
      x: name name="err"
      y: lit kind=null value="nil"
    then: return
`},
		{"range with one target", "for k := range m {\n}", `
loop keys=true
  target: name name="k"
  iter: name name="m"
`},
		{"range with a blank second target", "for k, _ := range m {\n}", `
loop keys=true
  target: name name="k"
  iter: name name="m"
`},
		{"range with a blank first target", "for _, v = range m {\n}", `
loop
  target: list kind=tuple
    elems: name name="v"
  iter: name name="m"
`},
		{"range without target", "for _ = range m {\n}", `
loop
  iter: name name="m"
`},
		{"label of a declaration leaves its scope alone", "retry:\n\tx := f()\n\tgoto retry", `
block label="retry"
exprstmt
  x: assign decl=var
    target: name name="x"
    value: call
      fn: name name="f"
jump kind=goto label="retry"
`},
		{"label of a loop", "outer:\n\tfor {\n\t\tbreak outer\n\t}", `
block label="outer"
  body: loop
    body: jump kind=break label="outer"
`},
		{"pointers and values of another package's type", "x := &ws.Upgrader{CheckOrigin: f}", `
exprstmt
  x: assign decl=var
    target: name name="x"
    value: unary op="&"
      x: object
        type: type name="ws.Upgrader"
        props: prop name="CheckOrigin"
          value: name name="f"
`},
		{"named map with names as keys", "type table map[int]func()\nvar t = table{opA: f}", `
classdecl
  class: class name="table"
    underlying: type kind=map
      elems: type name="int"
      elems: type kind=func
exprstmt
  x: assign decl=var
    target: name name="t"
    value: object
      type: type name="table"
      props: prop
        key: name name="opA"
        value: name name="f"
`},
		{"empty key", `x := map[string]int{"": 1}`, `
exprstmt
  x: assign decl=var
    target: name name="x"
    value: object
      type: type kind=map
        elems: type name="string"
        elems: type name="int"
      props: prop
        key: lit kind=string
        value: lit kind=number value="1"
`},
		{"slice keeps its bounds", "x = y[len(z):]", `
exprstmt
  x: assign
    target: name name="x"
    value: index
      x: name name="y"
      bounds: call
        fn: name name="len"
        args: arg
          value: name name="z"
`},
		{"new of a value", "x := new(*y.z)", `
exprstmt
  x: assign decl=var
    target: name name="x"
    value: call
      fn: name name="new"
      args: arg
        value: unary op="*"
          x: member name="z"
            x: name name="y"
`},
		{"new of a value that is no type", "x, y := new(int64(500)), new([]int)", `
exprstmt
  x: assign decl=var
    target: list kind=tuple
      elems: name name="x"
      elems: name name="y"
    value: list kind=tuple
      elems: call
        fn: name name="new"
        args: arg
          value: call
            fn: name name="int64"
            args: arg
              value: lit kind=number value="500"
      elems: call
        fn: name name="new"
        args: arg
          value: typeexpr
            type: type kind=slice
              elems: type name="int"
`},
		{"strings", "f(\"a\\x41\\u00e9\\\"\\n\", `b\\n`, 'c', '\\n', '\\'')", `
exprstmt
  x: call
    fn: name name="f"
    args: arg
      value: lit kind=string value="aAé\"\n"
    args: arg
      value: lit kind=string value="b\\n"
    args: arg
      value: lit kind=number value="99"
    args: arg
      value: lit kind=number value="10"
    args: arg
      value: lit kind=number value="39"
`},
		{"named results", "func f() (n int, _ string, err error) {\n\treturn\n}", `
funcdecl
  func: func name="f"
    results: type name="int"
    results: type name="string"
    results: type name="error"
    body: exprstmt
      x: assign decl=var
        target: name name="n"
        type: type name="int"
    body: exprstmt
      x: assign decl=var
        target: name name="err"
        type: type name="error"
    body: return
`},
		{"select with nothing", "select {}", `
switch
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, want := shape(t, test.src+"\n"), strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", test.src, got, want)
			}
		})
	}
}

func TestHoles(t *testing.T) {
	f := lower(t, "_, b, _ := f()\nfor _, v := range x {\n}\n")
	targets := f.Body[0].(*ir.ExprStmt).X.(*ir.Assign).Target.(*ir.List).Elems
	if len(targets) != 3 || targets[0] != nil || targets[1] == nil || targets[2] != nil {
		t.Errorf("got the targets %v, want a hole, a name and a hole", targets)
	}
	pair := f.Body[1].(*ir.Loop).Target.(*ir.List).Elems
	if len(pair) != 2 || pair[0] != nil || pair[1] == nil {
		t.Errorf("got the targets %v, want a hole and a name", pair)
	}
}

func TestFallthrough(t *testing.T) {
	f := lower(t, `switch x {
case 1:
	a()
	fallthrough // on purpose
case 2:
	if y {
		b()
	}
}
`)
	cases := f.Body[0].(*ir.Switch).Cases
	if !cases[0].Through || cases[1].Through {
		t.Errorf("got %v, %v, want the first case alone to run into the next", cases[0].Through, cases[1].Through)
	}
}

func TestComments(t *testing.T) {
	f := lower(t, "// one\nfunc f( /* two */ x int) {\n\tg(x, // three\n\t\ty)\n}\n")
	var got []string
	for _, c := range f.Comments {
		got = append(got, c.Text)
	}
	if want := "// one,/* two */,// three"; strings.Join(got, ",") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFunctionsEverywhere(t *testing.T) {
	f := lower(t, `
var a = map[string]func(){"a": func() {}}
var b = x[func() int { return 1 }():]
func outer() func() { return func() { defer func() {}() } }
type t struct{ f func() }
func (t) method() { go func() {}(); if v := func() int { return 2 }(); v > 0 { } }
`)
	if got, want := len(f.Funcs), 8; got != want {
		t.Fatalf("got %d functions, want %d", got, want)
	}
	for i, fn := range f.Funcs[1:] {
		if fn.Pos.Start < f.Funcs[i].Pos.Start {
			t.Errorf("function %d starts at %d, in front of the one before it", i+1, fn.Pos.Start)
		}
	}
}
