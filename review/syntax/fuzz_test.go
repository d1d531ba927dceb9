package syntax_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wswarden/wswarden/review/syntax"
)

// FuzzParse: whatever the source, there is a well-formed tree or one of the
// errors that limits give, and the next source is parsed as if nothing had been.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/trees/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if l, ok := byExtension[filepath.Ext(file)]; ok {
			source, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(l-1), source)
		}
	}
	f.Add(uint8(syntax.JavaScript-1), []byte("`${`${/[/*"))
	f.Add(uint8(syntax.Python-1), []byte("if a:\n\tb\n  c\n\\\nf'{x!r:{y}}'"))
	f.Add(uint8(syntax.HTML-1), []byte("<svg><script></svg></script><!--"))
	f.Add(uint8(syntax.TSX-1), []byte("\xff<a b={<T,>(c)=>d}>\x00"))

	f.Add(uint8(syntax.Go-1), []byte("\x00"))

	parser := newParser(f, syntax.Options{MaxBytes: 16 << 10, MaxNodes: 5_000, MaxDepth: 500, Timeout: time.Second})
	const canary = "wss.on('connection', (ws) => { ws.send(`${a}`); });"
	want := mustParse(f, parser, syntax.JavaScript, canary).Root().String()
	f.Fuzz(func(t *testing.T, language uint8, source []byte) {
		l := syntax.Languages()[int(language)%len(syntax.Languages())]
		tree, err := parser.Parse(context.Background(), l, source)
		switch {
		case err == nil:
			if deepest := checkShape(t, tree); deepest > 500 || tree.Len() > 5_000 {
				t.Errorf("got %d nodes, %d deep", tree.Len(), deepest)
			}
			_ = tree.Root().String()
		case errors.Is(err, syntax.ErrTooLarge), errors.Is(err, syntax.ErrTimeout):
		default:
			t.Errorf("parse %s %q: %v", l, source, err)
		}
		if got := mustParse(t, parser, syntax.JavaScript, canary).Root().String(); got != want {
			t.Errorf("after %s %q: got %s, want %s", l, source, got, want)
		}
	})
}
