package syntax_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/wswarden/wswarden/review/syntax"
)

// BenchmarkParse parses sources of 64 KiB and visits every node. It is one
// parser, thus one processor.
func BenchmarkParse(b *testing.B) {
	parser := newParser(b, syntax.Options{})
	for _, name := range []string{"server.js", "gateway.ts", "chat.tsx", "server.py", "server.golang", "page.html"} {
		l := byExtension[filepath.Ext(name)]
		b.Run(l.String(), func(b *testing.B) {
			part, err := os.ReadFile(filepath.Join("testdata/trees", name))
			if err != nil {
				b.Fatal(err)
			}
			source := bytes.Repeat(part, 64<<10/len(part))
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			named := 0
			for b.Loop() {
				tree, err := parser.Parse(context.Background(), l, source)
				if err != nil {
					b.Fatal(err)
				}
				for n := range tree.Root().Descendants() {
					if n.Named() && n.Kind() != "comment" {
						named++
					}
				}
			}
			b.ReportMetric(float64(named)/float64(b.Elapsed().Seconds()), "nodes/s")
		})
	}
}

// BenchmarkNewInstance is what the first source of a parser costs more than the next.
func BenchmarkNewInstance(b *testing.B) {
	for b.Loop() {
		parser := newParser(b, syntax.Options{})
		mustParse(b, parser, syntax.Go, "package a")
		if err := parser.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
