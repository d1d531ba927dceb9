package review_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review"
	"github.com/wswarden/wswarden/review/rule"
	"github.com/wswarden/wswarden/review/rules/ws101"
	"github.com/wswarden/wswarden/review/rules/ws303"
)

// TestExamples: what examples lack is a remark, unless they are what the caller
// asked for; what they do wrong is as grave as anywhere.
func TestExamples(t *testing.T) {
	const server = `const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 8080 });
wss.on('connection', (ws) => {
  ws.on('message', (data) => { eval(String(data)); });
});
`
	dir := t.TempDir()
	for _, name := range []string{"server.js", "examples/chat/server.js", "packages/ui/Playground/server.js", "exampled/server.js"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(server), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		roots []string
		want  map[string]catalogue.Severity // of WS101 by path
	}{
		{"the whole", []string{"."}, map[string]catalogue.Severity{
			"server.js": catalogue.High, "examples/chat/server.js": catalogue.Low, "packages/ui/Playground/server.js": catalogue.Low, "exampled/server.js": catalogue.High}},
		{"an example", []string{"examples"}, map[string]catalogue.Severity{"examples/chat/server.js": catalogue.High}},
		{"both", []string{".", "examples/chat"}, map[string]catalogue.Severity{
			"server.js": catalogue.High, "examples/chat/server.js": catalogue.High, "packages/ui/Playground/server.js": catalogue.Low, "exampled/server.js": catalogue.High}},
		{"a file", []string{"examples/chat/server.js"}, map[string]catalogue.Severity{"examples/chat/server.js": catalogue.High}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var roots []string
			for _, r := range c.roots {
				roots = append(roots, filepath.Join(dir, r))
			}
			rep, err := review.Run(t.Context(), roots, review.Options{Rules: []*rule.Rule{ws101.Rule, ws303.Rule}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]catalogue.Severity{}
			for _, f := range rep.Findings {
				path, err := filepath.Rel(dir, f.Path)
				if err != nil {
					t.Fatal(err)
				}
				if f.Weakness == catalogue.OriginUnchecked {
					got[filepath.ToSlash(path)] = f.Severity
				} else if f.Severity != catalogue.Critical {
					t.Errorf("%s: got eval at %s, want critical", path, f.Severity)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("got findings in %v, want %v", got, c.want)
			}
			for path, want := range c.want {
				if got[path] != want {
					t.Errorf("%s: got %s, want %s", path, got[path], want)
				}
			}
		})
	}
}
