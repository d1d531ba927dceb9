package claims_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/claims"
)

func TestDecode(t *testing.T) {
	got, err := claims.Decode([]byte(` {"s":"x","i":9007199254740993,"f":1.5,"e":1e3,"big":18446744073709551616,` +
		`"t":true,"n":null,"a":[1,"b",[]],"o":{"s":"other"}} `))
	if err != nil {
		t.Fatalf("Decode: %v", err)
	}
	want := object{
		"s": "x", "i": int64(9007199254740993), "f": 1.5, "e": 1e3, "big": 18446744073709551616.0,
		"t": true, "n": nil, "a": []any{int64(1), "b", []any{}}, "o": object{"s": "other"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Decode: %#v, want %#v", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	nested := func(n int) string {
		return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`
	}
	if _, err := claims.Decode([]byte(nested(15))); err != nil {
		t.Errorf("Decode of 16 levels: %v", err)
	}
	for _, tc := range []struct{ name, data, want string }{
		{"nothing", "", "claims not a JSON object"},
		{"a list", "[]", "claims not a JSON object"},
		{"a string", `"sub"`, "claims not a JSON object"},
		{"null", "null", "claims not a JSON object"},
		{"cut off", `{"a":1`, "claims not a JSON object"},
		{"comma too many", `{"a":1,}`, "claims not a JSON object"},
		{"comma too few", `{"a":[1 2]}`, "claims not a JSON object"},
		{"more behind", `{} {}`, "claims not a JSON object"},
		{"comment", `{/**/}`, "claims not a JSON object"},
		{"NaN", `{"a":NaN}`, "claims not a JSON object"},
		{"leading zero", `{"a":01}`, "claims not a JSON object"},
		{"control character", "{\"a\":\"\n\"}", "claims not a JSON object"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "claims not a JSON object"},
		{"byte order mark", "\ufeff{}", "claims not a JSON object"},
		{"a name twice", `{"a":1,"a":1}`, "claims have a duplicate name"},
		{"a name twice, escaped", `{"sub":1,"\u0073ub":2}`, "claims have a duplicate name"},
		{"a name twice, inside", `{"a":[{"b":1,"b":2}]}`, "claims have a duplicate name"},
		{"names that decode to the same", `{"\ud800":1,"\ud801":2}`, "claims have a duplicate name"},
		{"17 levels", nested(16), "claims nested too deeply"},
		{"thousands of levels", nested(9000), "claims nested too deeply"},
		{"number out of range", `{"a":1e999}`, "claims have a number out of range"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := claims.Decode([]byte(tc.data))
			if got != nil || err == nil || err.Error() != tc.want {
				t.Errorf("Decode: %v, %v; want %q", got, err, tc.want)
			}
		})
	}
}

// FuzzDecode: never panics, takes nothing that encoding/json does not take,
// and gives the same object after a trip through it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,2.5,{"b":null}],"c":"\u0000"}`, `{"a":1,"a":2}`, `[]`, `{"a":1e400}`, `{"a":-0}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := claims.Decode(data)
		if err != nil {
			if got != nil {
				t.Fatalf("Decode(%q): an object beside the error", data)
			}
			return
		}
		var loose map[string]any
		if err := json.Unmarshal(data, &loose); err != nil {
			t.Fatalf("Decode took %q, encoding/json says %v", data, err)
		}
		if len(loose) != len(got) {
			t.Fatalf("Decode(%q): %d names, encoding/json finds %d", data, len(got), len(loose))
		}
		written, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("Marshal(%v): %v", got, err)
		}
		again, err := claims.Decode(written)
		if err != nil {
			t.Fatalf("Decode of %q, which Decode gave: %v", written, err)
		}
		rewritten, err := json.Marshal(again)
		if err != nil || string(rewritten) != string(written) {
			t.Fatalf("%q became %q (%v)", written, rewritten, err)
		}
		// Whatever it is, it makes an identity or a reason.
		id, err := claims.Names{User: "a"}.Identity(got)
		if (id == nil) == (err == nil) {
			t.Fatalf("Identity: %v, %v", id, err)
		}
	})
}
