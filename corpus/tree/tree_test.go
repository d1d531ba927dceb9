package tree_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/tree"
)

// repository makes a repository of two commits and gives their names.
func repository(t *testing.T, dir string) (first, second string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("git is missing: apt-get install -y git")
	}
	write(t, dir, "src/a.js", "one\ntwo\n")
	write(t, dir, "logo.png", "\x89PNG\x00\x00")
	write(t, dir, "huge.js", strings.Repeat("x", tree.MaxFile+1))
	write(t, dir, "test/b.js", "kept\n")
	write(t, dir, ".gitattributes", "test export-ignore\n")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.js")); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "init", "--quiet", "--initial-branch=main")
	command(t, dir, "add", ".")
	command(t, dir, "commit", "--quiet", "-m", "first")
	first = command(t, dir, "rev-parse", "HEAD")
	write(t, dir, "src/a.js", "three\n")
	command(t, dir, "commit", "--quiet", "-am", "second")
	return first, command(t, dir, "rev-parse", "HEAD")
}

func command(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestGetFromMirror(t *testing.T) {
	for _, folder := range []string{"o+n", "o+n.git", "o+n/repo"} {
		t.Run(folder, func(t *testing.T) {
			work, mirrors := t.TempDir(), t.TempDir()
			first, second := repository(t, work)
			command(t, work, "clone", "--quiet", "--bare", work, filepath.Join(mirrors, folder))
			s := &tree.Store{Cache: t.TempDir(), Mirrors: mirrors}
			for commit, want := range map[string]string{first: "one\ntwo\n", second: "three\n"} {
				dir, err := s.Get(t.Context(), fact.Version{Repo: "o/n", Commit: commit})
				if err != nil {
					t.Fatal(err)
				}
				if got, want := files(t, dir), []string{".gitattributes", "src/a.js", "test/b.js"}; !slices.Equal(got, want) {
					t.Errorf("files at %s: got %q, want %q", commit, got, want)
				}
				if got, _ := os.ReadFile(filepath.Join(dir, "src/a.js")); string(got) != want {
					t.Errorf("src/a.js at %s: got %q, want %q", commit, got, want)
				}
			}
		})
	}
}

func TestGetPassesOverMissingObjects(t *testing.T) {
	work, mirrors := t.TempDir(), t.TempDir()
	first, _ := repository(t, work)
	bare := filepath.Join(mirrors, "o+n")
	command(t, work, "clone", "--quiet", "--bare", "--no-hardlinks", work, bare)
	gone := command(t, work, "rev-parse", first+":src/a.js")
	if err := os.Remove(filepath.Join(bare, "objects", gone[:2], gone[2:])); err != nil {
		t.Fatal(err)
	}
	s := &tree.Store{Cache: t.TempDir(), Mirrors: mirrors}
	dir, err := s.Get(t.Context(), fact.Version{Repo: "o/n", Commit: first})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), []string{".gitattributes", "test/b.js"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGetClones(t *testing.T) {
	forge := t.TempDir()
	work := filepath.Join(forge, "o", "n.git")
	if err := os.MkdirAll(work, 0o755); err != nil {
		t.Fatal(err)
	}
	first, second := repository(t, work)
	command(t, work, "config", "uploadpack.allowFilter", "true")
	// The second commit is on no branch any more.
	command(t, work, "config", "uploadpack.allowAnySHA1InWant", "true")
	command(t, work, "reset", "--quiet", "--hard", first)
	s := &tree.Store{Cache: t.TempDir(), Forge: "file://" + forge}
	for _, commit := range []string{first, second} {
		dir, err := s.Get(t.Context(), fact.Version{Repo: "o/n", Commit: commit})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := files(t, dir), []string{".gitattributes", "src/a.js", "test/b.js"}; !slices.Equal(got, want) {
			t.Errorf("at %s: got %q, want %q", commit, got, want)
		}
	}
}

func TestGetAbsent(t *testing.T) {
	work, mirrors := t.TempDir(), t.TempDir()
	repository(t, work)
	command(t, work, "clone", "--quiet", "--bare", work, filepath.Join(mirrors, "o+n"))
	command(t, work, "clone", "--quiet", "--bare", work, filepath.Join(mirrors, "o+name"))
	forge := "file://" + t.TempDir()
	other := strings.Repeat("1", 40)
	cases := []struct {
		name, repo, forge string
	}{
		{"commit not in the mirror", "o/n", ""},
		{"no mirror", "o/x", ""},
		{"name of a mirror goes on", "o/nam", ""},
		{"nothing to clone", "o/x", forge},
		{"nothing to fetch", "o/n", forge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &tree.Store{Cache: t.TempDir(), Mirrors: mirrors, Forge: c.forge}
			_, err := s.Get(t.Context(), fact.Version{Repo: c.repo, Commit: other})
			if !errors.Is(err, tree.ErrAbsent) {
				t.Errorf("got error %v, want %v", err, tree.ErrAbsent)
			}
		})
	}
}

func TestGetEndsWithItsContext(t *testing.T) {
	work, mirrors := t.TempDir(), t.TempDir()
	first, _ := repository(t, work)
	command(t, work, "clone", "--quiet", "--bare", work, filepath.Join(mirrors, "o+n"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &tree.Store{Cache: t.TempDir(), Mirrors: mirrors}
	if _, err := s.Get(ctx, fact.Version{Repo: "o/n", Commit: first}); err == nil {
		t.Error("got no error")
	}
}

func TestLines(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.js", "1\n2\n3")
	write(t, dir, "b.PY", "1\n\n")
	write(t, dir, "readme.md", "1\n")
	write(t, dir, "lib.min.js", "1\n")
	write(t, dir, "bundle.js", strings.Repeat("x", 5000)+"\n")
	write(t, dir, "node_modules/x/i.js", "1\n")
	write(t, dir, "packages/node_modules/own/i.js", "1\n")
	write(t, dir, "vendor/v.go", "1\n")
	write(t, dir, "empty.go", "")
	got, err := tree.Lines(dir)
	if err != nil || got != 6 {
		t.Errorf("got %d, %v, want 6", got, err)
	}
}
