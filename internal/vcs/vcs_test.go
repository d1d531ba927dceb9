package vcs_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/vcs"
)

// repository is a git repository in a temporary folder. Its settings are those
// of an unkind user: they change all of git's output that they can.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("git is missing: install it with apt-get install git")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	r := &repository{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	for _, setting := range [][]string{
		{"user.name", "t"}, {"user.email", "t@example.com"}, {"commit.gpgSign", "false"}, {"core.autocrlf", "false"},
		{"diff.noprefix", "true"}, {"diff.mnemonicPrefix", "true"}, {"color.ui", "always"}, {"diff.context", "9"}, {"diff.interHunkContext", "9"},
		{"diff.external", "false"}, {"core.quotePath", "true"}, {"diff.renames", "false"}, {"core.fsmonitor", "false"},
	} {
		r.git("config", setting[0], setting[1])
	}
	return r
}

func (r *repository) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (r *repository) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repository) commit() {
	r.t.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "--message", "change")
}

func (r *repository) since(revision string) *vcs.Changes {
	r.t.Helper()
	c, err := vcs.Since(context.Background(), revision, []string{r.dir})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// wantLines checks which of the first lines of a file have changed: one
// character a line, "x" for a changed one.
func (r *repository) wantLines(c *vcs.Changes, name, want string) {
	r.t.Helper()
	var got strings.Builder
	for n := range len(want) {
		if c.Touch(filepath.Join(r.dir, name), n+1, n+1) {
			got.WriteByte('x')
		} else {
			got.WriteByte('.')
		}
	}
	if got.String() != want {
		r.t.Errorf("%q: changed lines are %s, want %s", name, got.String(), want)
	}
}

const tenLines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

func TestSince(t *testing.T) {
	r := newRepository(t)
	r.write("same.js", tenLines)
	r.write("committed.js", tenLines)
	r.write("staged.js", tenLines)
	r.write("unstaged.js", tenLines)
	r.write("shrunk.js", tenLines)
	r.write("top.js", tenLines)
	r.write("moved.js", tenLines)
	r.write("gone.js", tenLines)
	r.write("noend.js", "1\n2\n3")
	r.write("sub/deep.js", tenLines)
	r.write(".gitignore", "ignored.js\n")
	r.commit()
	r.git("tag", "start")
	r.write("committed.js", strings.Replace(tenLines, "2\n3\n", "two\nthree\nmore\n", 1))
	r.git("mv", "moved.js", "renamed.js")
	r.git("rm", "--quiet", "gone.js")
	r.commit()
	r.write("staged.js", tenLines+"11\n")
	r.git("add", "staged.js")
	r.write("unstaged.js", "one\n"+tenLines[2:])
	r.write("shrunk.js", strings.Replace(tenLines, "5\n6\n", "", 1))
	r.write("top.js", tenLines[2:])
	// A line that looks like a header must not be taken for one.
	r.write("noend.js", "1\n-- a/same.js\n++ b/same.js\n@@ -1 +1 @@\n3")
	r.write("sub/deep.js", tenLines+"++ b/same.js\n")
	r.write("untracked.js", tenLines)
	r.write("ignored.js", tenLines)
	c := r.since("start")
	for name, want := range map[string]string{
		"same.js":      "..........",
		"committed.js": ".xxx.......",
		"staged.js":    "..........x",
		"unstaged.js":  "x.........",
		"shrunk.js":    "...xx...",
		"top.js":       "x.......",
		"renamed.js":   "..........",
		"gone.js":      "..........",
		"noend.js":     ".xxx.",
		"sub/deep.js":  "..........x",
		"untracked.js": "xxxxxxxxxx",
		"ignored.js":   "..........",
	} {
		r.wantLines(c, name, want)
	}
	if !c.Touch(filepath.Join(r.dir, "committed.js"), 1, 3) || c.Touch(filepath.Join(r.dir, "committed.js"), 5, 9) {
		t.Error("committed.js: lines 1 to 3 must be touched, 5 to 9 not")
	}
	if c.Touch(filepath.Join(r.dir, "absent.js"), 1, 9) {
		t.Error("a file that does not exist has changed")
	}
}

func TestSinceStrangeNames(t *testing.T) {
	r := newRepository(t)
	names := []string{"with space.js", "q\"uote.js", "back\\slash.js", "tab\there.js", "new\nline.js", "ümlaut.js", "-dash.js", ":(top)x.js", "b/b.js"}
	for _, n := range names {
		r.write(n, tenLines)
	}
	r.commit()
	for _, n := range names {
		r.write(n, tenLines+"11\n")
	}
	c := r.since("HEAD")
	for _, n := range names {
		r.wantLines(c, n, "..........x")
	}
	r.git("rm", "--quiet", "-r", "--cached", ".")
	c = r.since("HEAD")
	for _, n := range names {
		r.wantLines(c, n, "xxxxxxxxxxx")
	}
}

// A branch answers for its own changes, not for what happened on main since.
func TestSinceTheMergeBase(t *testing.T) {
	r := newRepository(t)
	r.write("a.js", tenLines)
	r.write("b.js", tenLines)
	r.commit()
	r.git("checkout", "--quiet", "-b", "topic")
	r.write("a.js", "one\n"+tenLines[2:])
	r.commit()
	r.git("checkout", "--quiet", "main")
	r.write("b.js", "one\n"+tenLines[2:])
	r.commit()
	r.git("checkout", "--quiet", "topic")
	c := r.since("main")
	r.wantLines(c, "a.js", "x.........")
	r.wantLines(c, "b.js", "..........")
}

func TestSinceFindsTheRepository(t *testing.T) {
	r := newRepository(t)
	r.write("sub/a.js", tenLines)
	r.commit()
	r.write("sub/a.js", "one\n"+tenLines[2:])
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.dir, link); err != nil {
		t.Fatal(err)
	}
	t.Chdir(link)
	t.Setenv("GIT_DIR", "/nonexistent") // as a hook may have it
	for _, p := range []string{".", "sub", "sub/a.js", link, filepath.Join(r.dir, "sub")} {
		c, err := vcs.Since(context.Background(), "HEAD", []string{p})
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		if !c.Touch("sub/a.js", 1, 1) || c.Touch("sub/a.js", 2, 2) {
			t.Errorf("%s: sub/a.js, relative to the working directory, must have changed in line 1 alone", p)
		}
	}
}

func TestSinceFails(t *testing.T) {
	r := newRepository(t)
	r.write("a.js", tenLines)
	r.commit()
	outside := t.TempDir()
	tests := []struct {
		name, revision, path string
		want                 error
	}{
		{"outside", "HEAD", outside, vcs.ErrNoRepository},
		{"within .git", "HEAD", filepath.Join(r.dir, ".git"), vcs.ErrNoRepository},
		{"an unknown revision", "nosuch", r.dir, vcs.ErrNoRevision},
		{"an option", "--help", r.dir, vcs.ErrNoRevision},
		{"nothing", "", r.dir, vcs.ErrNoRevision},
		{"a tree", "HEAD^{tree}", r.dir, vcs.ErrNoRevision},
		{"no such path", "HEAD", filepath.Join(r.dir, "absent"), os.ErrNotExist},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := vcs.Since(context.Background(), tt.revision, []string{tt.path}); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := vcs.Since(ctx, "HEAD", []string{r.dir}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
	t.Run("without git", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := vcs.Since(context.Background(), "HEAD", []string{r.dir}); !errors.Is(err, vcs.ErrNoGit) {
			t.Errorf("got %v, want %v", err, vcs.ErrNoGit)
		}
	})
}

// The program must leave the repository as it was.
func TestSinceOnlyReads(t *testing.T) {
	r := newRepository(t)
	r.write("a.js", tenLines)
	r.commit()
	r.write("a.js", tenLines) // the same, with another time: git would note that in the index
	index := filepath.Join(r.dir, ".git", "index")
	before, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	r.wantLines(r.since("HEAD"), "a.js", "..........")
	after, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	if string(after) != string(before) {
		t.Error("the index has changed")
	}
}
