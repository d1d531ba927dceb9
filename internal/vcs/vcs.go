// Package vcs asks git which lines of a working tree have changed since a
// revision.
//
// It runs the git that is installed, and only reads: it changes neither the
// index nor a file. It is no library for git, and knows no findings.
package vcs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The reasons for which the changes can't be told. A message is in the error
// that wraps them.
var (
	ErrNoGit        = errors.New("git is not installed")
	ErrNoRepository = errors.New("not in a git repository")
	ErrNoRevision   = errors.New("no such revision")
)

// Changes are the lines that have changed since a revision, by the absolute
// path of their file, free of symbolic links.
type Changes struct {
	files map[string][]lineRange
}

// lineRange is a range of lines, both ends included.
type lineRange struct{ first, last int }

// wholeFile is the range of a file that is new.
var wholeFile = []lineRange{{1, math.MaxInt}}

// Touch reports whether a line from first to last of the file has changed, or
// lines next to them were removed. Path is taken relative to the working
// directory if it is not absolute.
func (c *Changes) Touch(path string, first, last int) bool {
	real, err := realPath(path)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(c.files[real], func(r lineRange) bool {
		return first <= r.last && max(first, last) >= r.first
	})
}

// Since returns what has changed in the repositories that hold the paths,
// committed or not, since revision. What counts is the last commit that both
// revision and the current one have in their history, as in a pull request:
// changes on the other side are none of ours. Files that git does not track are
// changed as a whole, unless it ignores them.
func Since(ctx context.Context, revision string, paths []string) (*Changes, error) {
	roots, err := topLevels(ctx, paths)
	if err != nil {
		return nil, err
	}
	c := &Changes{files: map[string][]lineRange{}}
	for _, root := range roots {
		if err := c.add(ctx, root, revision); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// topLevels returns the roots of the working trees that hold the paths.
func topLevels(ctx context.Context, paths []string) ([]string, error) {
	var roots []string
	for _, p := range paths {
		dir := p
		if info, err := os.Stat(p); err != nil {
			return nil, fmt.Errorf("find the repository: %w", err)
		} else if !info.IsDir() {
			dir = filepath.Dir(p)
		}
		out, err := git(ctx, dir, "rev-parse", "--show-toplevel")
		var refused *exec.ExitError
		switch {
		case errors.As(err, &refused) && isOutside(refused.Stderr):
			return nil, fmt.Errorf("%q: %w", p, ErrNoRepository)
		case errors.Is(err, ErrNoGit):
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("find the repository of %q: %w", p, err)
		}
		root := filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))
		if !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return roots, nil
}

// isOutside reports whether git says that it was called outside of a working
// tree: nowhere near a repository, within .git, or in a bare one.
func isOutside(said []byte) bool {
	return bytes.Contains(said, []byte("not a git repository")) || bytes.Contains(said, []byte("must be run in a work tree"))
}

// add finds the changes of one working tree.
func (c *Changes) add(ctx context.Context, root, revision string) error {
	base, err := mergeBase(ctx, root, revision)
	if err != nil {
		return err
	}
	// Every setting that changes the form of a diff is overruled.
	err = stream(ctx, root, func(r io.Reader) error { return c.readDiff(root, r) },
		"diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--find-renames", "--unified=0", "--inter-hunk-context=0",
		"--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--ignore-submodules=all", "--output-indicator-new=+", "--output-indicator-old=-", base, "--")
	if err != nil {
		return fmt.Errorf("compare with %q: %w", revision, err)
	}
	out, err := git(ctx, root, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return fmt.Errorf("list untracked files: %w", err)
	}
	for name := range strings.SplitSeq(string(out), "\x00") {
		if name != "" {
			c.files[filepath.Join(root, filepath.FromSlash(name))] = wholeFile
		}
	}
	return nil
}

// mergeBase returns the commit to compare with.
func mergeBase(ctx context.Context, root, revision string) (string, error) {
	out, err := git(ctx, root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		var refused *exec.ExitError
		if errors.As(err, &refused) {
			return "", fmt.Errorf("%w as %q in %q", ErrNoRevision, revision, root)
		}
		return "", err
	}
	commit := strings.TrimSpace(string(out))
	// A shallow clone may not hold the common ancestor; then the revision
	// itself is what can be compared with.
	if out, err := git(ctx, root, "merge-base", commit, "HEAD"); err == nil {
		commit = strings.TrimSpace(string(out))
	}
	return commit, nil
}

// command returns git with what keeps it from writing, asking and running
// programs that are merely named in the settings of a repository.
func command(ctx context.Context, dir string, args ...string) (*exec.Cmd, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNoGit
	}
	args = append([]string{"-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "--no-pager"}, args...)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1")
	return cmd, nil
}

// environ is the environment without what names a repository: in a hook of git
// it names one, but the paths decide which is meant.
func environ() []string {
	local := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(local, name)
	})
}

// git returns the output of a command.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd, err := command(ctx, dir, args...)
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	return out, withReason(ctx, err)
}

// stream hands the output of a command to read, which need not read all of it.
func stream(ctx context.Context, dir string, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd, err := command(ctx, dir, args...)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := read(bufio.NewReaderSize(out, 64<<10))
	if readErr != nil {
		cancel() // it would wait for ever to write the rest
	}
	err = cmd.Wait()
	if readErr != nil {
		return readErr
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		failed.Stderr = said.Bytes()
	}
	return withReason(ctx, err)
}

// withReason adds the first line that git wrote to an error of git.
func withReason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		reason, _, _ := strings.Cut(strings.TrimSpace(string(failed.Stderr)), "\n")
		return fmt.Errorf("git: %w: %s", err, strings.TrimPrefix(reason, "fatal: "))
	}
	return err
}

// realPath makes path absolute and free of symbolic links, as git's are.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}
