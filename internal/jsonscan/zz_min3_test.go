//go:build minbench

package jsonscan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func TestWorst(t *testing.T) {
	s := jsonscan.NewScanner(jsonscan.Limits{})
	loose := jsonscan.NewScanner(jsonscan.Limits{ObjectKeys: 1 << 20, Keys: 1 << 20, Values: 1 << 20, Elements: 1 << 20, KeyBytes: 1 << 20, Depth: 1000})
	rep := func(f func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < 64<<10; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f(i))
		}
		return b.String()
	}
	docs := map[string]string{
		"ints":      "[" + rep(func(int) string { return "1" }) + "]",
		"objs":      "[" + rep(func(int) string { return "{}" }) + "]",
		"keys":      "{" + rep(func(i int) string { return fmt.Sprintf(`"%d":1`, i) }) + "}",
		"keysprefix": "{" + rep(func(i int) string { return fmt.Sprintf(`"aaaaaaaaaaaaaaaa%d":1`, i) }) + "}",
		"esckeys":   "[" + rep(func(int) string { return "{" + strings.Join(func() (l []string) { for i := range 16 { l = append(l, `"`+strings.Repeat(`\u0061`, 40)+fmt.Sprintf(`%x":1`, i)) }; return }(), ",") + "}" }) + "]",
		"esckeys17":   "[" + rep(func(int) string { return "{" + strings.Join(func() (l []string) { for i := range 40 { l = append(l, `"`+strings.Repeat(`\u0061`, 10)+fmt.Sprintf(`%x":1`, i)) }; return }(), ",") + "}" }) + "]",
		"bigesc":   "{" + strings.Join(func() (l []string) { for i := range 16 { l = append(l, `"`+strings.Repeat(`\u0061`, 680)+fmt.Sprintf(`%x":1`, i)) }; return }(), ",") + "}",
		"numbers":   "[" + rep(func(i int) string { return "1.234567890123456789e-300" }) + "]",
		"text":      `"` + strings.Repeat("é", 32<<10) + `"`,
		"escapes":   `"` + strings.Repeat(`\ud83d\ude00`, 5<<10) + `"`,
	}
	for name, doc := range docs {
		for i, sc := range []*jsonscan.Scanner{s, loose} {
			var d jsonscan.Doc
			best := time.Hour
			var v jsonscan.Violation
			for range 30 {
				st := time.Now()
				v = sc.Scan([]byte(doc), &d)
				best = min(best, time.Since(st))
			}
			fmt.Printf("%-12s %d %-14s %8v %.1f ns/B\n", name, i, v.Code, best, float64(best)/float64(len(doc)))
		}
	}
	u, _ := jsonscan.Compile([]byte(`{"uniqueItems":true}`), jsonscan.Options{})
	for name, doc := range docs {
		var d jsonscan.Doc
		if !loose.Scan([]byte(doc), &d).OK() { continue }
		st := time.Now()
		v := u.Check(d.Root())
		fmt.Printf("unique %-12s %-14s %v\n", name, v.Code, time.Since(st))
	}
	tree := strings.Repeat(`{"c":`, 30) + `1` + strings.Repeat(`}`, 30)
	a, _ := jsonscan.Compile([]byte(`{"anyOf":[{"type":"object","properties":{"c":{"$ref":"#"}},"required":["x"]},{"type":"object","properties":{"c":{"$ref":"#"}},"required":["y"]}]}`), jsonscan.Options{})
	d := scan(t, tree)
	st := time.Now()
	v := a.Check(d.Root())
	fmt.Printf("anyOf %s %v\n", v.Code, time.Since(st))
}
