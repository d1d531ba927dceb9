package jsonscan_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func TestValueKinds(t *testing.T) {
	d := scan(t, ` {"n":null,"t":true,"f":false,"i":1,"s":"x","a":[1,2],"o":{"k":"v"}} `)
	root := d.Root()
	for _, c := range []struct {
		name string
		kind jsonscan.Kind
		raw  string
		len  int
	}{
		{"n", jsonscan.Null, "null", 0},
		{"t", jsonscan.Bool, "true", 0},
		{"f", jsonscan.Bool, "false", 0},
		{"i", jsonscan.Number, "1", 0},
		{"s", jsonscan.String, `"x"`, 0},
		{"a", jsonscan.Array, "[1,2]", 2},
		{"o", jsonscan.Object, `{"k":"v"}`, 1},
		{"missing", jsonscan.Missing, "", 0},
	} {
		v := root.Get(c.name)
		if v.Kind() != c.kind || string(v.Raw()) != c.raw || v.Len() != c.len || v.Exists() != (c.kind != jsonscan.Missing) {
			t.Errorf("%s: got %s %q with %d children, want %s %q with %d", c.name, v.Kind(), v.Raw(), v.Len(), c.kind, c.raw, c.len)
		}
		if start, end := v.Range(); string(d.Source()[start:end]) != c.raw {
			t.Errorf("%s: the range is that of %q, want %q", c.name, d.Source()[start:end], c.raw)
		}
	}
	if !root.Get("t").Bool() || root.Get("f").Bool() || root.Get("i").Bool() {
		t.Error("booleans are mixed up")
	}
	if root.Len() != 7 || root.Kind().String() != "object" {
		t.Errorf("got %s of %d members, want object of 7", root.Kind(), root.Len())
	}
}

// TestMissing calls everything on values that are not there.
func TestMissing(t *testing.T) {
	var d jsonscan.Doc
	for _, v := range []jsonscan.Value{{}, d.Root(), d.Lookup(parsePath(t, "a[1].b")), scan(t, `1`).Root().Get("a"), scan(t, `[]`).Root().Index(0)} {
		useAll(v)
		if v.Exists() || v.Raw() != nil || v.Text() != nil || v.AppendText(nil) != nil || v.EqualText("") || v.Index(0).Exists() || v.Bool() {
			t.Errorf("got something of a missing value")
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{`""`, ""}, {`"abc"`, "abc"}, {`"a\nb"`, "a\nb"}, {`"\u00e9\/\\\"\b\f\r\t"`, "é/\\\"\b\f\r\t"},
		{`"\ud83d\ude00!"`, "😀!"}, {`"😀"`, "😀"}, {`"\u0000"`, "\x00"}, {`"\uffff\u0041"`, "\uffffA"},
	} {
		v := scan(t, c.raw).Root()
		if got := string(v.Text()); got != c.want || !v.EqualText(c.want) || v.EqualText(c.want+"x") {
			t.Errorf("%s: got %q, want %q", c.raw, got, c.want)
		}
		if got := string(v.AppendText([]byte("> "))); got != "> "+c.want {
			t.Errorf("%s: appended %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		raw     string
		n       int64
		integer bool // exactly an int64
		whole   bool // no fractional part
		f       float64
	}{
		{"0", 0, true, true, 0},
		{"-0", 0, true, true, math.Copysign(0, -1)},
		{"12", 12, true, true, 12},
		{"-12", -12, true, true, -12},
		{"1.0", 1, true, true, 1},
		{"1e3", 1000, true, true, 1000},
		{"12.50e1", 125, true, true, 125},
		{"1200e-2", 12, true, true, 12},
		{"0.5", 0, false, false, 0.5},
		{"1e-3", 0, false, false, 1e-3},
		{"0.0e5", 0, true, true, 0},
		{"9007199254740993", 9007199254740993, true, true, 9007199254740992},
		{"9223372036854775807", math.MaxInt64, true, true, 9.223372036854775807e18},
		{"9223372036854775808", 0, false, true, 9.223372036854775808e18},
		{"-9223372036854775808", math.MinInt64, true, true, -9.223372036854775808e18},
		{"-9223372036854775809", 0, false, true, -9.223372036854775809e18},
		{"18446744073709551617", 0, false, true, 18446744073709551617},
		{"1e308", 0, false, true, 1e308},
		{"0.1e1", 1, true, true, 1},
	} {
		v := scan(t, c.raw).Root()
		n, ok := v.Int64()
		if ok != c.integer || ok && n != c.n {
			t.Errorf("%s: got %d, %v, want %d, %v", c.raw, n, ok, c.n, c.integer)
		}
		if f, ok := v.Float64(); !ok || f != c.f || math.Signbit(f) != math.Signbit(c.f) {
			t.Errorf("%s: got %v, %v, want %v", c.raw, f, ok, c.f)
		}
		if v.IsInteger() != c.whole {
			t.Errorf("%s: is an integer: got %v, want %v", c.raw, v.IsInteger(), c.whole)
		}
	}
}

func TestIterate(t *testing.T) {
	d := scan(t, `{"a":[1,[2,{"x":3}],4],"b":{"c":{},"\u0064":5},"e":6}`)
	var got []string
	for name, v := range d.Root().Members() {
		got = append(got, string(name)+"="+string(v.Raw()))
	}
	if want := `a=[1,[2,{"x":3}],4] b={"c":{},"\u0064":5} e=6`; strings.Join(got, " ") != want {
		t.Errorf("members: got %s, want %s", got, want)
	}
	got = nil
	for v := range d.Root().Get("a").Elements() {
		got = append(got, string(v.Raw()))
	}
	if want := `1 [2,{"x":3}] 4`; strings.Join(got, " ") != want {
		t.Errorf("elements: got %s, want %s", got, want)
	}
	got = nil
	for name := range d.Root().Get("b").Members() {
		got = append(got, string(name))
		if len(got) == 2 {
			break
		}
	}
	if strings.Join(got, " ") != "c d" {
		t.Errorf("names: got %s, want c d", got)
	}
	for range d.Root().Get("e").Members() {
		t.Error("a number has members")
	}
}

func TestPath(t *testing.T) {
	const document = `{"type":"chat","data":{"action":"x","a.b":1,"list":[10,[20,{"n":30}]]},"":2,"q\"":3,"long_property_name":4,"[":5}`
	for _, c := range []struct{ path, want string }{
		{"", document},
		{"type", `"chat"`},
		{"data.action", `"x"`},
		{`data["a.b"]`, `1`},
		{`["data"].list[0]`, `10`},
		{"data.list[1][1].n", `30`},
		{`[""]`, `2`},
		{`["q\""]`, `3`},
		{`["["]`, `5`},
		{"long_property_name", `4`},
		{"long_property_nam", ``},
		{"typ", ``},
		{"type.x", ``},
		{"data[0]", ``},
		{"data.list[2]", ``},
		{"data.list.x", ``},
		{"[0]", ``},
	} {
		d := scan(t, document)
		p := parsePath(t, c.path)
		if got := string(d.Lookup(p).Raw()); got != c.want || p.String() != c.path {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
	if got := scan(t, `{"a.b":1}`).Lookup(jsonscan.NamePath("a.b")); string(got.Raw()) != "1" {
		t.Errorf("a.b: got %q, want 1", got.Raw())
	}
	for _, bad := range []string{".", ".a", "a.", "a..b", "a.[0]", "[", "[]", "[-1]", "[01]", "[+1]", "[x]", `["a`, `["a"`, `["a"x]`, `["\x"]`, "a]", `a"b`, "[0]a", "[99999999999999999999]"} {
		if p, err := jsonscan.ParsePath(bad); err == nil {
			t.Errorf("%s: parsed as %v", bad, p)
		}
	}
}

func TestAmbiguous(t *testing.T) {
	for _, c := range []struct {
		document, path string
		want           bool
	}{
		{`{"type":"a","x":1}`, "type", false},
		{`{"type":"a","Type":"b"}`, "type", true},
		{`{"TYPE":"b"}`, "type", true},
		{`{"Typ\u0065":"b"}`, "type", true},
		{`{"types":"b"}`, "type", false},
		{`{"data":{"kind":1}}`, "data.kind", false},
		{`{"data":{"kind":1,"Kind":2}}`, "data.kind", true},
		{`{"data":{"kind":1},"DATA":{}}`, "data.kind", true},
		{`[{"\u212aey":1}]`, "[0].key", true},
		{`[{"a":1}]`, "[0]", false},
		{`1`, "type", false},
	} {
		if got := scan(t, c.document).Ambiguous(parsePath(t, c.path)); got != c.want {
			t.Errorf("%s in %s: got %v, want %v", c.path, c.document, got, c.want)
		}
	}
}

func TestDocReuse(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d jsonscan.Doc
	large := "[" + strings.Repeat(`{"aaaaaaaaaa":1},`, 3000) + "1]"
	for _, text := range []string{`{"a":1}`, large, `[1,`, `{"b":{"c":2}}`, `{"b":1,"b":2}`, `[]`} {
		bad := s.Scan([]byte(text), &d)
		if bad.OK() && string(d.Root().Raw()) != text || !bad.OK() && d.Root().Exists() {
			t.Errorf("%.40s: got %.40s", text, d.Root().Raw())
		}
		d.Release()
		if d.Root().Exists() || d.Source() != nil {
			t.Errorf("%.40s: there is a document after Release", text)
		}
	}
	// What a check and a large object have taken is given up as well.
	wide := jsonscan.NewScanner(jsonscan.Limits{ObjectKeys: 1 << 16, Keys: 1 << 16})
	text := `{"text":"` + strings.Repeat(`\n`, 20<<10) + `"`
	for i := range 3000 {
		text += fmt.Sprintf(`,"key %d":0`, i)
	}
	text += "}"
	unique := compile(t, `{"uniqueItems":true,"minLength":2,"unevaluatedProperties":{"minLength":2}}`)
	for range 2 {
		for _, text := range []string{text, "[" + strings.Repeat("[1],", 2000) + "2]"} {
			if bad := wide.Scan([]byte(text), &d); !bad.OK() {
				t.Fatalf("%s at %d", bad.Code, bad.Offset)
			}
			if got, want := unique.Check(d.Root()).OK(), text[0] == '{'; got != want {
				t.Errorf("%.20s: got %v, want %v", text, got, want)
			}
			d.Release()
		}
	}
	// With lower limits a Doc that has grown must still hold to them.
	if bad := s.Scan([]byte(large), &d); !bad.OK() {
		t.Fatal(bad.Code)
	}
	if bad := jsonscan.NewScanner(jsonscan.Limits{Values: 3}).Scan([]byte(`[1,2,3]`), &d); bad.Code != jsonscan.LimitValues {
		t.Errorf("got %s, want %s", bad.Code, jsonscan.LimitValues)
	}
}
