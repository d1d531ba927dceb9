package jsonscan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// TestLargeObjects looks for duplicates where names are found by hash, among
// nested objects with the same names.
func TestLargeObjects(t *testing.T) {
	const n = 200
	object := func(extra string) string {
		var b strings.Builder
		b.WriteByte('{')
		for i := range n {
			fmt.Fprintf(&b, `"common_prefix_%d":`, i)
			if i%50 == 10 {
				b.WriteByte('{')
				for j := range 30 {
					fmt.Fprintf(&b, `"common_prefix_%d":0,`, j)
				}
				b.WriteString(`"x":1},`)
			} else {
				b.WriteString("0,")
			}
		}
		return b.String() + extra + "}"
	}
	s := jsonscan.NewScanner(jsonscan.Limits{})
	lenient := jsonscan.NewScanner(jsonscan.Limits{AllowCaseVariants: true})
	var d jsonscan.Doc
	for range 3 { // the table is used again
		if bad := s.Scan([]byte(object(`"last":0`)), &d); !bad.OK() {
			t.Fatalf("got %s at %d, want it accepted", bad.Code, bad.Offset)
		}
		for _, again := range []string{`"common_prefix_0":0`, `"common_prefix_199":0`, `"common_prefix_10":0`, `"common\u005fprefix_77":0`} {
			if bad := s.Scan([]byte(object(again)), &d); bad.Code != jsonscan.KeyDuplicate {
				t.Errorf("%s repeated: got %s, want %s", again, bad.Code, jsonscan.KeyDuplicate)
			}
		}
		for _, again := range []string{`"Common_prefix_0":0`, `"common_PREFIX_199":0`, `"common_prefi\u0058_77":0`, `"ſ":0,"S":1`} {
			if bad := s.Scan([]byte(object(again)), &d); bad.Code != jsonscan.KeyCaseVariant {
				t.Errorf("%s: got %s, want %s", again, bad.Code, jsonscan.KeyCaseVariant)
			}
			if bad := lenient.Scan([]byte(object(again)), &d); !bad.OK() {
				t.Errorf("%s: got %s where case variants are accepted", again, bad.Code)
			}
		}
	}
}

func TestEpochs(t *testing.T) {
	var d jsonscan.Doc
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, `"k%d":0,`, i)
	}
	for range 3 {
		if bad := suiteScanner.Scan([]byte("{"+b.String()+`"x":0}`), &d); !bad.OK() {
			t.Fatalf("got %s, want it accepted", bad.Code)
		}
		d.LastEpoch()
		if bad := suiteScanner.Scan([]byte("{"+b.String()+`"k7":0}`), &d); bad.Code != jsonscan.KeyDuplicate {
			t.Fatalf("got %s, want %s", bad.Code, jsonscan.KeyDuplicate)
		}
	}
}
