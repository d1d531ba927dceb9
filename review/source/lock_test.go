package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/source"
)

// TestLocks holds the walk to lock files of the program itself, each once, and
// to a note for what can't be understood.
func TestLocks(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"package-lock.json":                `{"packages":{"node_modules/ws":{"version":"8.16.0"}}}`,
		"package.json":                     `{}`,
		"node_modules/ws/yarn.lock":        "ws@^7:\n  version \"7.0.0\"\n",
		"tests/requirements.txt":           "websockets==8.1\n",
		"server/requirements/prod.txt":     "websockets==9.1\n",
		"server/requirements/prod.txt.bak": "websockets==1.0\n",
		"tool/go.mod":                      "require (\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	src, err := source.Read(t.Context(), []string{dir, filepath.Join(dir, "package-lock.json")}, source.Options{Jobs: 1, Frameworks: frameworks.Builtin()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range src.Dependencies {
		got = append(got, strings.TrimPrefix(d.Path, filepath.ToSlash(dir)+"/")+" "+d.Name+" "+d.Version)
	}
	if want := "package-lock.json ws 8.16.0, server/requirements/prod.txt websockets 9.1"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, ", "), want)
	}
	if len(src.Notes) != 1 || !strings.HasSuffix(src.Notes[0].Path, "tool/go.mod") || !strings.Contains(src.Notes[0].Message, "not understood") {
		t.Errorf("got the notes %+v, want one of tool/go.mod", src.Notes)
	}
}
