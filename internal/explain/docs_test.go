package explain_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/explain"
)

const docs = "../../docs/weaknesses"

// TestDocsAreFresh fails when the catalogue has changed and docs/weaknesses
// has not.
func TestDocsAreFresh(t *testing.T) {
	want := explain.Docs()
	for name, data := range want {
		got, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Errorf("%v; run go generate ./internal/explain", err)
			continue
		}
		if !bytes.Equal(got, data) {
			t.Errorf("%s is stale; run go generate ./internal/explain", filepath.Join(docs, name))
		}
	}
	files, err := os.ReadDir(docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := want[f.Name()]; !ok {
			t.Errorf("%s is no page of an entry; run go generate ./internal/explain", filepath.Join(docs, f.Name()))
		}
	}
}

// TestDocsLinks checks that links between pages lead somewhere, and that IDs in
// code are left alone.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\((WS\d{3}\.md)\)`)
	pages := explain.Docs()
	links := 0
	for name, data := range pages {
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			links++
			if _, ok := pages[m[1]]; !ok {
				t.Errorf("%s links to %s, which is no page", name, m[1])
			}
		}
		inFence := false
		for _, l := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(l, "```") {
				inFence = !inFence
			}
			if inFence && link.MatchString(l) {
				t.Errorf("%s: link in a code block: %q", name, l)
			}
		}
	}
	if links < len(catalogue.All) {
		t.Errorf("got %d links between pages, want at least the index's %d", links, len(catalogue.All))
	}
	var plain bytes.Buffer
	if err := explain.Markdown(&plain, catalogue.OriginUnchecked, explain.MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	if link.Match(plain.Bytes()) {
		t.Error("links between pages without Links")
	}
}
