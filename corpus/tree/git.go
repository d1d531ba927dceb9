package tree

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// A repository that somebody else made may configure programs to run, and one
// that was cloned in part asks its origin for what it lacks. Neither is wanted.
var gitConfig = []string{
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.alternateRefsCommand=true",
	"-c", "uploadpack.packObjectsHook=",
}

// git makes a command on a bare repository; dir is empty where there is none yet.
func git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	all := gitConfig
	if dir != "" {
		all = append(all[:len(all):len(all)], "--git-dir="+dir)
	}
	cmd := exec.CommandContext(ctx, "git", append(all[:len(all):len(all)], args...)...)
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	return cmd
}

// run runs a command of git and gives the first line that it complains with.
func run(cmd *exec.Cmd) error {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n")
		if line == "" {
			return err
		}
		return fmt.Errorf("%w: %s", err, line)
	}
	return nil
}

// hasCommit tells whether a repository holds a commit.
func hasCommit(ctx context.Context, dir, commit string) bool {
	return git(ctx, dir, "cat-file", "-e", commit+"^{commit}").Run() == nil
}
