package jsonscan_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestUniqueItems looks for equal elements that are written differently, in
// arrays that are compared by pairs and in those that are compared by hash.
func TestUniqueItems(t *testing.T) {
	s := compile(t, `{"uniqueItems":true}`)
	for _, pair := range []struct {
		a, b  string
		equal bool
	}{
		{`1`, `1.000`, true}, {`1`, `10e-1`, true}, {`100`, `1e2`, true}, {`0`, `-0.0e5`, true}, {`-1`, `1`, false}, {`0.1`, `0.10`, true}, {`1`, `10`, false},
		{`12345678901234567890123`, `1234567890123456789012300e-2`, true}, {`12345678901234567890123`, `12345678901234567890124`, false},
		{`"a"`, `"\u0061"`, true}, {`"\n"`, `"\u000a"`, true}, {`"a"`, `"b"`, false}, {`"1"`, `1`, false},
		{`true`, `true`, true}, {`true`, `false`, false}, {`null`, `null`, true}, {`null`, `false`, false}, {`0`, `false`, false},
		{`[1,[2]]`, `[1.0,[2e0]]`, true}, {`[1,2]`, `[2,1]`, false}, {`[]`, `{}`, false}, {`[[]]`, `[]`, false}, {`[[],1]`, `[[1]]`, false},
		{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1}`, true}, {`{"a":1,"b":2}`, `{"a":2,"b":1}`, false}, {`{"a":1}`, `{"\u0061":1}`, true}, {`{"\u0061":1}`, `{"\u0061":1}`, true},
		{`{"long_property_name":1}`, `{"long_property_nam\u0065":1}`, true}, {`{"long_property_name":1}`, `{"long_property_none":1}`, false}, {`{"a":1}`, `{"a":1,"b":2}`, false},
	} {
		for _, others := range []int{0, 8, 30} {
			var b strings.Builder
			for i := range others {
				fmt.Fprintf(&b, `"other %d",`, i)
			}
			document := "[" + pair.a + "," + b.String() + pair.b + "]"
			if got := !s.Check(scan(t, document).Root()).OK(); got != pair.equal {
				t.Errorf("%s: equal: got %v, want %v", document, got, pair.equal)
			}
		}
	}
}
