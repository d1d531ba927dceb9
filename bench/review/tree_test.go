//go:build linux

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes files below a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestCopySource(t *testing.T) {
	from := write(t, map[string]string{
		"index.js": "1", "lib/server.ts": "2", "lib/server.d.ts": "3", "lib/app.min.js": "4", "lib/app.test.js": "5", "lib/x_test.go": "6", "main.go": "7", "serve.py": "8",
		"README.md": "9", "package.json": "{}", "node_modules/ws/index.js": "10", "test/a.js": "11", "Tests/a.js": "12",
		"with/src/a.ts": "13", "with/dist/a.js": "14", "without/dist/a.mjs": "15",
		"large.js": strings.Repeat("x", maxFileBytes+1),
	})
	if err := os.Symlink(filepath.Join(from, "index.js"), filepath.Join(from, "link.js")); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "tree")
	if err := copySource(from, to); err != nil {
		t.Fatal(err)
	}
	want := []string{"index.js", "lib/server.ts", "main.go", "serve.py", "with/src/a.ts", "without/dist/a.mjs"}
	if got := list(t, to); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := copySource(filepath.Join(from, "nowhere"), to); err == nil {
		t.Error("got no error for a folder that isn't there")
	}
}

func TestTreeSizes(t *testing.T) {
	modules := write(t, map[string]string{"@a/b/src/x.ts": "12345\n", "@a/b/other.js": "not of the tree", "c/y.js": "123\n45\n", "c/z.py": "1"})
	tree, err := makeTree("some", modules, filepath.Join(t.TempDir(), "some"), []string{"@a/b/src", "c"})
	if err != nil {
		t.Fatal(err)
	}
	if tree.Files != 3 || tree.Bytes != 6+7+1 || tree.Lines != 3 {
		t.Errorf("got %+v, want 3 files of 14 bytes in 3 lines", tree.Tree)
	}
	for _, tt := range []struct {
		tool         *tool
		bytes, lines int64
	}{{astGrep("p", "r"), 14, 3}, {eslint("p"), 7, 2}} {
		if b, l := tree.size(tt.tool); b != tt.bytes || l != tt.lines {
			t.Errorf("%s: got %d bytes in %d lines, want %d in %d", tt.tool.name, b, l, tt.bytes, tt.lines)
		}
	}
	large, err := makeLarge(tree, filepath.Join(t.TempDir(), "large"), 7)
	if err != nil {
		t.Fatal(err)
	}
	if large.Lines != 9 || large.Files != 9 {
		t.Errorf("got %+v, want the tree three times: the least that has 7 lines", large.Tree)
	}
	if _, err := newTree("empty", t.TempDir()); err == nil {
		t.Error("got no error for a tree without source")
	}
}

func TestPackagesIn(t *testing.T) {
	modules := write(t, map[string]string{".bin/x": "", ".package-lock.json": "", "@a/b/index.js": "", "@a/c/index.js": "", "ws/index.js": ""})
	got, err := packagesIn(modules)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"@a/b", "@a/c", "ws"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What the trees are made of is in package.json.
func TestTreesAreOfPinnedPackages(t *testing.T) {
	raw, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range slices.Concat(libraries, applications) {
		parts := strings.SplitN(folder, "/", 3)
		name := parts[0]
		if strings.HasPrefix(name, "@") {
			name += "/" + parts[1]
		}
		// A package may come as a dependency of another: the lock file pins both.
		if !strings.Contains(string(lock), `"node_modules/`+name+`"`) {
			t.Errorf("%s: the lock file doesn't pin %s", folder, name)
		}
	}
	if strings.ContainsAny(string(raw), "^~*") {
		t.Error("package.json names a range of versions")
	}
}
