package js_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/lang/js"
	"github.com/wswarden/wswarden/review/syntax"
)

// BenchmarkLower lowers the guide's largest sample; "alone" leaves out what the
// parser takes.
func BenchmarkLower(b *testing.B) {
	const name = "testdata/guide/12-secure-server.js"
	src := []byte(read(b, name))
	tree, err := parse(syntax.JavaScript, src)
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name  string
		parse func(syntax.Language, []byte) (*syntax.Tree, error)
	}{
		{"parsed", parse},
		{"alone", func(syntax.Language, []byte) (*syntax.Tree, error) { return tree, nil }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := js.Lower(name, src, bench.parse); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
