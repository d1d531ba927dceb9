//go:build minbench

package jsonscan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func TestMin2(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true, ObjectKeys: 10000})
	var d jsonscan.Doc
	per := func(name, doc string, n int) {
		msg := []byte(doc)
		if v := s.Scan(msg, &d); !v.OK() {
			t.Fatal(v.Code)
		}
		fmt.Printf("%s %.2f  ", name, minOf(func() { s.Scan(msg, &d) })/float64(n))
	}
	per("int", "["+strings.Repeat("1,", 63)+"1]", 64)
	per("int3", "["+strings.Repeat("123,", 63)+"1]", 64)
	per("str3", "["+strings.Repeat(`"abc",`, 63)+"1]", 64)
	per("str10", "["+strings.Repeat(`"abcdefghij",`, 63)+"1]", 64)
	per("str36", "["+strings.Repeat(`"abcdefghijabcdefghijabcdefghijabcdef",`, 63)+"1]", 64)
	per("obj12", `[{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1}]`, 12)
	per("objlong12", `[{"a3456789":1,"b3456789":1,"c3456789":1,"d3456789":1,"e3456789":1,"f3456789":1,"g3456789":1,"h3456789":1,"i3456789":1,"j3456789":1,"k3456789":1,"l3456789":1}]`, 12)
	per("emptyobj", "["+strings.Repeat(`{},`, 63)+"1]", 64)
	fmt.Println()
}
