package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// accepted are JSON texts by RFC 8259 that a scanner takes.
var accepted = []string{
	`0`, `-0`, `1`, `-1`, `10`, `1.5`, `-0.0`, `0e0`, `0E+1`, `1e-2`, `1.0e10`, `123456789012345678901234567890`, `1e308`, `4.9e-324`, `0e999999`, `0.000e-400`,
	`""`, `"a"`, `"\""`, `"\\"`, `"\/"`, `"\b\f\n\r\t"`, `"\u0000"`, `"\uD83D\uDE00"`, `"\uFFFF"`, `"é"`, `"😀"`, "\"\x7f\"", `"\u2028"`, "\"\u2028\"",
	`"` + strings.Repeat("a", 7) + `"`, `"` + strings.Repeat("a", 8) + `"`, `"` + strings.Repeat("a", 9) + `"`, `"1234567\n"`, `"12345678é"`,
	`true`, `false`, `null`, ` true `, "\t\r\n null\n",
	`[]`, `[ ]`, `[1]`, `[1,2]`, `[ 1 , 2 ]`, `[[[]]]`, `[{}]`, `[1,"a",true,null,{}]`,
	`{}`, `{ }`, `{"a":1}`, `{ "a" : 1 , "b" : 2 }`, `{"":0}`, `{"a":{"a":{"a":1}}}`, `{"a":1,"b":{"A":2}}`, `{"@":1,"\u0060":2}`, `{"ab":1,"a":2}`, `{"12345678":1,"123456789":2,"12345678\u0000":3}`,
	"{\n\t\"a\":\n[1,\r\n2]\n}", `{"a\u0000":1,"a":2}`, `{"constructo":1,"prototypes":2,"_proto_":3,"__proto":4}`,
	`{"k":"\uD834\uDD1E","\uD834\uDD1E":1}`,
}

// refused are texts that a scanner refuses, each with the code and the offset.
var refused = []struct {
	text   string
	code   jsonscan.Code
	offset int
}{
	{``, jsonscan.SyntaxEmpty, 0},
	{"  \n", jsonscan.SyntaxEmpty, 3},
	{"\xef\xbb\xbf{}", jsonscan.SyntaxByteOrderMark, 0},
	{"{}\xef\xbb\xbf", jsonscan.SyntaxTrailingBytes, 2},
	{`1 2`, jsonscan.SyntaxTrailingBytes, 2},
	{`{}{}`, jsonscan.SyntaxTrailingBytes, 2},
	{"null\x00", jsonscan.SyntaxTrailingBytes, 4},
	{"1\v", jsonscan.SyntaxTrailingBytes, 1},
	{"\v1", jsonscan.SyntaxUnexpectedByte, 0},
	{"\u00a01", jsonscan.SyntaxUnexpectedByte, 0},
	{`1/**/`, jsonscan.SyntaxTrailingBytes, 1},

	{`tru`, jsonscan.SyntaxLiteral, 0},
	{`True`, jsonscan.SyntaxLiteral, 0},
	{`nul1`, jsonscan.SyntaxLiteral, 0},
	{`[fals]`, jsonscan.SyntaxLiteral, 1},
	{`NaN`, jsonscan.SyntaxLiteral, 0},
	{`Infinity`, jsonscan.SyntaxLiteral, 0},
	{`undefined`, jsonscan.SyntaxLiteral, 0},
	{`truefalse`, jsonscan.SyntaxTrailingBytes, 4},

	{`-`, jsonscan.SyntaxUnexpectedEnd, 1},
	{`-a`, jsonscan.SyntaxNumber, 0},
	{`-Infinity`, jsonscan.SyntaxNumber, 0},
	{`+1`, jsonscan.SyntaxUnexpectedByte, 0},
	{`.5`, jsonscan.SyntaxUnexpectedByte, 0},
	{`01`, jsonscan.SyntaxNumber, 0},
	{`-01`, jsonscan.SyntaxNumber, 0},
	{`00`, jsonscan.SyntaxNumber, 0},
	{`1.`, jsonscan.SyntaxUnexpectedEnd, 2},
	{`[1.]`, jsonscan.SyntaxNumber, 1},
	{`1.e1`, jsonscan.SyntaxNumber, 0},
	{`[1e]`, jsonscan.SyntaxNumber, 1},
	{`[1e+]`, jsonscan.SyntaxNumber, 1},
	{`1e1.5`, jsonscan.SyntaxTrailingBytes, 3},
	{`0x10`, jsonscan.SyntaxTrailingBytes, 1},
	{`1_000`, jsonscan.SyntaxTrailingBytes, 1},
	{`１`, jsonscan.SyntaxUnexpectedByte, 0},
	{`1e309`, jsonscan.LimitNumberMagnitude, 0},
	{`[-1e309]`, jsonscan.LimitNumberMagnitude, 1},
	{`1e-400`, jsonscan.LimitNumberMagnitude, 0},
	{`1e99999999999999999999`, jsonscan.LimitNumberMagnitude, 0},
	{`[0.` + strings.Repeat("0", 63) + `]`, jsonscan.LimitNumberBytes, 1},

	{`"`, jsonscan.SyntaxUnexpectedEnd, 1},
	{`"abc`, jsonscan.SyntaxUnexpectedEnd, 4},
	{`"abcdefghijk`, jsonscan.SyntaxUnexpectedEnd, 12},
	{`"\`, jsonscan.SyntaxUnexpectedEnd, 2},
	{`"\"`, jsonscan.SyntaxUnexpectedEnd, 3},
	{`"\x41"`, jsonscan.SyntaxEscape, 1},
	{`"\'"`, jsonscan.SyntaxEscape, 1},
	{`"\u12"`, jsonscan.SyntaxEscape, 1},
	{`"\u12G4"`, jsonscan.SyntaxEscape, 1},
	{`"\U0041"`, jsonscan.SyntaxEscape, 1},
	{`"ab\u"`, jsonscan.SyntaxEscape, 3},
	{`"\uD800"`, jsonscan.SyntaxSurrogate, 1},
	{`"\uDC00"`, jsonscan.SyntaxSurrogate, 1},
	{`"\uD800\uD800"`, jsonscan.SyntaxSurrogate, 1},
	{`"\uD800\n"`, jsonscan.SyntaxSurrogate, 1},
	{`"\uD800x"`, jsonscan.SyntaxSurrogate, 1},
	{`{"\uDEAD":1}`, jsonscan.SyntaxSurrogate, 2},
	{"\"a\nb\"", jsonscan.SyntaxControlCharacter, 2},
	{"\"\x00\"", jsonscan.SyntaxControlCharacter, 1},
	{"\"12345678\x1f\"", jsonscan.SyntaxControlCharacter, 9},
	{"{\"a\tb\":1}", jsonscan.SyntaxControlCharacter, 3},
	{"\"\xff\"", jsonscan.SyntaxUTF8, 0},
	{"[\"\xc0\xaf\"]", jsonscan.SyntaxUTF8, 1},
	{"\"\xed\xa0\x80\"", jsonscan.SyntaxUTF8, 0},
	{"{\"\xff\":1}", jsonscan.SyntaxUTF8, 1},
	{"\"\xff1234567\"", jsonscan.SyntaxUTF8, 0},
	{"\"12345678\xff12345678\"", jsonscan.SyntaxUTF8, 0},
	{"{\"\xff1234567890\":1}", jsonscan.SyntaxUTF8, 1},
	{`'a'`, jsonscan.SyntaxUnexpectedByte, 0},

	{`[`, jsonscan.SyntaxUnexpectedEnd, 1},
	{`[1`, jsonscan.SyntaxUnexpectedEnd, 2},
	{`[1,`, jsonscan.SyntaxUnexpectedEnd, 3},
	{`[1,]`, jsonscan.SyntaxUnexpectedByte, 3},
	{`[,1]`, jsonscan.SyntaxUnexpectedByte, 1},
	{`[1,,2]`, jsonscan.SyntaxUnexpectedByte, 3},
	{`[1 2]`, jsonscan.SyntaxUnexpectedByte, 3},
	{`[1}`, jsonscan.SyntaxUnexpectedByte, 2},
	{`]`, jsonscan.SyntaxUnexpectedByte, 0},
	{`[]]`, jsonscan.SyntaxTrailingBytes, 2},

	{`{`, jsonscan.SyntaxUnexpectedEnd, 1},
	{`{"a"`, jsonscan.SyntaxUnexpectedEnd, 4},
	{`{"a":`, jsonscan.SyntaxUnexpectedEnd, 5},
	{`{"a":1`, jsonscan.SyntaxUnexpectedEnd, 6},
	{`{"a":1,`, jsonscan.SyntaxUnexpectedEnd, 7},
	{`{"a":1,}`, jsonscan.SyntaxUnexpectedByte, 7},
	{`{,}`, jsonscan.SyntaxUnexpectedByte, 1},
	{`{a:1}`, jsonscan.SyntaxUnexpectedByte, 1},
	{`{'a':1}`, jsonscan.SyntaxUnexpectedByte, 1},
	{`{1:1}`, jsonscan.SyntaxUnexpectedByte, 1},
	{`{"a" 1}`, jsonscan.SyntaxUnexpectedByte, 5},
	{`{"a"::1}`, jsonscan.SyntaxUnexpectedByte, 5},
	{`{"a":}`, jsonscan.SyntaxUnexpectedByte, 5},
	{`{"a":1]`, jsonscan.SyntaxUnexpectedByte, 6},
	{`{"a":1 "b":2}`, jsonscan.SyntaxUnexpectedByte, 7},

	{`{"a":1,"a":2}`, jsonscan.KeyDuplicate, 7},
	{`{"a":1,"\u0061":2}`, jsonscan.KeyDuplicate, 7},
	{`{"\u0061":1,"a":2}`, jsonscan.KeyDuplicate, 12},
	{`{"\u0061":1,"\u0061":2}`, jsonscan.KeyDuplicate, 12},
	{`{"a/b":1,"a\/b":2}`, jsonscan.KeyDuplicate, 9},
	{`{"😀":1,"\uD83D\uDE00":2}`, jsonscan.KeyDuplicate, 10},
	{`{"long_property_name":1,"b":{"long_property_name":1},"long_property_name":2}`, jsonscan.KeyDuplicate, 53},
	{`{"long_property_name":1,"long_property_n\u0061me":2}`, jsonscan.KeyDuplicate, 24},
	{`{"":1,"":2}`, jsonscan.KeyDuplicate, 6},
	{`[{"a":1},{"b":1,"b":1}]`, jsonscan.KeyDuplicate, 16},
	{`{"a":1,"A":2}`, jsonscan.KeyCaseVariant, 7},
	{`{"Quantity":1,"quantity":2}`, jsonscan.KeyCaseVariant, 14},
	{`{"long_property_name":1,"long_property_Name":2}`, jsonscan.KeyCaseVariant, 24},
	{`{"a":1,"\u0041":2}`, jsonscan.KeyCaseVariant, 7},
	{`{"key":1,"\u212aey":2}`, jsonscan.KeyCaseVariant, 9},
	{`{"ſ":1,"b":2,"S":3}`, jsonscan.KeyCaseVariant, 14},
	{`{"é":1,"É":2}`, jsonscan.KeyCaseVariant, 8},

	{`{"__proto__":1}`, jsonscan.KeyPrototype, 1},
	{`{"a":{"constructor":{}}}`, jsonscan.KeyPrototype, 6},
	{`{"prototype":1}`, jsonscan.KeyPrototype, 1},
	{`{"__pr\u006fto__":1}`, jsonscan.KeyPrototype, 1},
	{`{"\u005f\u005fproto\u005f\u005f":1}`, jsonscan.KeyPrototype, 1},
}

func TestScanAccepts(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d jsonscan.Doc
	for _, text := range accepted {
		if bad := s.Scan([]byte(text), &d); !bad.OK() {
			t.Errorf("%q: got %s at %d, want it accepted", text, bad.Code, bad.Offset)
			continue
		}
		if got, want := fmt.Sprint(decode(d.Root())), fmt.Sprint(decodeStandard(t, []byte(text))); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d jsonscan.Doc
	for _, c := range refused {
		bad := s.Scan([]byte(c.text), &d)
		if bad.Code != c.code || bad.Offset != c.offset {
			t.Errorf("%q: got %s at %d, want %s at %d", c.text, bad.Code, bad.Offset, c.code, c.offset)
		}
		if d.Root().Exists() {
			t.Errorf("%q: refused, but the document has a root", c.text)
		}
	}
}

// TestScanEverywhere moves each text through all positions relative to the words
// of eight bytes that strings are read by, and to the end of the document.
func TestScanEverywhere(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d jsonscan.Doc
	for before := range 9 {
		for after := range 9 {
			left, right := strings.Repeat(" ", before), strings.Repeat("\n", after)
			for _, text := range accepted {
				if bad := s.Scan([]byte(left+text+right), &d); !bad.OK() {
					t.Fatalf("%q: got %s at %d, want it accepted", left+text+right, bad.Code, bad.Offset)
				}
			}
			for _, c := range refused {
				if strings.HasPrefix(c.text, "\xef\xbb\xbf") {
					continue // only a byte order mark at the beginning
				}
				if bad := s.Scan([]byte(left+c.text+right), &d); bad.OK() {
					t.Fatalf("%q: accepted, want %s", left+c.text+right, c.code)
				}
			}
		}
	}
}

// TestScanTruncated holds that no proper beginning of a container is accepted.
func TestScanTruncated(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d jsonscan.Doc
	for i := range len(order256) {
		if bad := s.Scan([]byte(order256[:i]), &d); bad.OK() {
			t.Errorf("%q: accepted", order256[:i])
		}
	}
}

func TestLimits(t *testing.T) {
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%d":0`, i)
		}
		return "{" + strings.TrimPrefix(b.String(), ",") + "}"
	}
	elements := func(n int) string { return "[" + strings.TrimPrefix(strings.Repeat(",0", n), ",") + "]" }
	nested := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for _, c := range []struct {
		name   string
		limits jsonscan.Limits
		good   string
		bad    string
		code   jsonscan.Code
	}{
		{"depth", jsonscan.Limits{Depth: 3}, `[{"a":[]}]`, `[{"a":[{}]}]`, jsonscan.LimitDepth},
		{"default depth", jsonscan.Limits{}, nested(32), nested(33), jsonscan.LimitDepth},
		{"most depth", jsonscan.Limits{Depth: 1 << 30}, nested(1000), nested(1001), jsonscan.LimitDepth},
		{"object keys", jsonscan.Limits{ObjectKeys: 3}, members(3), members(4), jsonscan.LimitObjectKeys},
		{"object keys beyond the small", jsonscan.Limits{ObjectKeys: 40}, members(40), members(41), jsonscan.LimitObjectKeys},
		{"default object keys", jsonscan.Limits{}, members(256), members(257), jsonscan.LimitObjectKeys},
		{"keys", jsonscan.Limits{Keys: 4}, `[` + members(2) + `,` + members(2) + `]`, `[` + members(2) + `,` + members(3) + `]`, jsonscan.LimitKeys},
		{"elements", jsonscan.Limits{Elements: 3}, elements(3), elements(4), jsonscan.LimitElements},
		{"default elements", jsonscan.Limits{}, elements(4096), elements(4097), jsonscan.LimitElements},
		{"values", jsonscan.Limits{Values: 5}, `{"a":[1,2],"b":3}`, `{"a":[1,2,4],"b":3}`, jsonscan.LimitValues},
		{"values in members", jsonscan.Limits{Values: 3}, `{"a":1,"b":2}`, `{"a":1,"b":2,"c":3}`, jsonscan.LimitValues},
		{"key bytes", jsonscan.Limits{KeyBytes: 4}, `{"abcd":1}`, `{"abcde":1}`, jsonscan.LimitKeyBytes},
		{"key bytes as written", jsonscan.Limits{KeyBytes: 6}, `{"\u0061":1}`, `{"\u0061b":1}`, jsonscan.LimitKeyBytes},
		{"default key bytes", jsonscan.Limits{}, `{"` + strings.Repeat("a", 256) + `":1}`, `{"` + strings.Repeat("a", 257) + `":1}`, jsonscan.LimitKeyBytes},
		{"string bytes", jsonscan.Limits{StringBytes: 4}, `"abcd"`, `"abcde"`, jsonscan.LimitStringBytes},
		{"string bytes, long", jsonscan.Limits{StringBytes: 40}, `["` + strings.Repeat("a", 40) + `"]`, `["` + strings.Repeat("a", 41) + `"]`, jsonscan.LimitStringBytes},
		{"number bytes", jsonscan.Limits{NumberBytes: 4}, `-1.5`, `-1.55`, jsonscan.LimitNumberBytes},
		{"number magnitude without an exponent", jsonscan.Limits{NumberBytes: 1000}, strings.Repeat("9", 308), strings.Repeat("9", 310), jsonscan.LimitNumberMagnitude},
		{"number magnitude of a fraction", jsonscan.Limits{NumberBytes: 1000}, "0." + strings.Repeat("0", 300) + "1", "0." + strings.Repeat("0", 400) + "1", jsonscan.LimitNumberMagnitude},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := jsonscan.NewScanner(c.limits)
			var d jsonscan.Doc
			if bad := s.Scan([]byte(c.good), &d); !bad.OK() {
				t.Errorf("%.80q: got %s at %d, want it accepted", c.good, bad.Code, bad.Offset)
			}
			if bad := s.Scan([]byte(c.bad), &d); bad.Code != c.code {
				t.Errorf("%.80q: got %s at %d, want %s", c.bad, bad.Code, bad.Offset, c.code)
			}
		})
	}
}

func TestLoosened(t *testing.T) {
	var d jsonscan.Doc
	s := jsonscan.NewScanner(jsonscan.Limits{AllowPrototypeKeys: true, TrustUTF8: true})
	for _, text := range []string{`{"__proto__":{"constructor":1},"prototype":2}`, "\"\xff\"", "{\"\xff\":1}"} {
		if bad := s.Scan([]byte(text), &d); !bad.OK() {
			t.Errorf("%q: got %s, want it accepted", text, bad.Code)
		}
	}
}

// decode makes of v what decodeStandard makes of its text.
func decode(v jsonscan.Value) any {
	switch v.Kind() {
	case jsonscan.Bool:
		return v.Bool()
	case jsonscan.Number:
		return json.Number(v.Raw())
	case jsonscan.String:
		return string(v.AppendText(nil))
	case jsonscan.Array:
		list := []any{}
		for elem := range v.Elements() {
			list = append(list, decode(elem))
		}
		return list
	case jsonscan.Object:
		object := map[string]any{}
		for name, member := range v.Members() {
			object[string(name)] = decode(member)
		}
		return object
	}
	return nil
}

func decodeStandard(t testing.TB, text []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", text, err)
	}
	return v
}
