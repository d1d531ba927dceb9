package trading_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	weaknessID = regexp.MustCompile(`WS\d{3}`)
	place      = regexp.MustCompile(`[a-z]+/[a-z]+\.(?:js|py|go):\d+`)
)

// The tables of README name every comment FLAW with its line, and no other.
func TestReadmeNamesEveryFlaw(t *testing.T) {
	var got []string
	for _, line := range strings.Split(readFile(t, "README.md"), "\n") {
		id, isRow := strings.CutPrefix(line, "| WS")
		if !isRow {
			continue
		}
		for _, at := range place.FindAllString(line, -1) {
			got = append(got, "WS"+id[:3]+" "+at)
		}
	}
	marked := markedFlaws(t)
	if len(marked) < 40 {
		t.Fatalf("got %d comments FLAW, want those of three servers and the page", len(marked))
	}
	for _, flaw := range marked {
		if !slices.Contains(got, flaw) {
			t.Errorf("README.md: %s is missing", flaw)
		}
	}
	for _, flaw := range got {
		if !slices.Contains(marked, flaw) {
			t.Errorf("README.md: %s: that line has no such comment", flaw)
		}
	}
}

// markedFlaws returns "WS101 node/server.js:33" for every id in a comment FLAW.
func markedFlaws(t *testing.T) []string {
	t.Helper()
	var flaws []string
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() == "node_modules" {
			return fs.SkipDir
		}
		if entry.IsDir() || !slices.Contains([]string{".js", ".py", ".go"}, path.Ext(name)) || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		for i, line := range strings.Split(readFile(t, name), "\n") {
			if _, comment, found := strings.Cut(line, "FLAW "); found {
				for _, id := range weaknessID.FindAllString(comment, -1) {
					flaws = append(flaws, fmt.Sprintf("%s %s:%d", id, name, i+1))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return flaws
}

// The lock file pins what package.json asks for, by hash and without naming
// the host that it came from.
func TestLockFile(t *testing.T) {
	lock := readFile(t, "node/package-lock.json")
	if !strings.Contains(lock, `"integrity": "sha512-`) || strings.Contains(lock, `"resolved"`) || strings.Contains(lock, "://") {
		t.Error("node/package-lock.json: want hashes and no addresses: run npm install in examples/trading/node")
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
