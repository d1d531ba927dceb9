package tree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/corpus/fact"
)

// cloneTime is how long a clone, or a fetch of one commit, may take.
const cloneTime = 20 * time.Minute

// mirror gives a bare repository that holds the version: one of the folder of
// mirrors, one cloned earlier, or one cloned now. The error is ErrAbsent where
// there is none.
func (s *Store) mirror(ctx context.Context, v fact.Version) (string, error) {
	dirs := mirrorsIn(s.Mirrors, v.Repo)
	cloned := filepath.Join(s.Cache, "mirrors", folder(v.Repo))
	if isRepository(cloned) {
		dirs = append(dirs, cloned)
	}
	i := slices.IndexFunc(dirs, func(dir string) bool { return hasCommit(ctx, dir, v.Commit) })
	switch {
	case i >= 0:
		return dirs[i], nil
	case s.Forge == "":
		return "", fmt.Errorf("%w: no mirror has commit %s of %s", ErrAbsent, v.Commit[:12], v.Repo)
	}
	if err := s.clone(ctx, v.Repo, cloned); err != nil {
		return "", err
	}
	if hasCommit(ctx, cloned, v.Commit) {
		return cloned, nil
	}
	// A commit of a branch that was deleted can still be had by its name.
	ctx, cancel := context.WithTimeout(ctx, cloneTime)
	defer cancel()
	if err := run(git(ctx, cloned, "fetch", "--quiet", "--no-tags", s.url(v.Repo), v.Commit)); err != nil {
		return "", fmt.Errorf("%w: fetch commit %s of %s: %v", ErrAbsent, v.Commit[:12], v.Repo, err)
	}
	return cloned, nil
}

// clone brings a repository from the forge, without large files. A repository
// that could not be had is not asked for again.
func (s *Store) clone(ctx context.Context, repo, to string) error {
	if isRepository(to) {
		return nil
	}
	if err := s.refused[repo]; err != nil {
		return err
	}
	err := s.cloneNow(ctx, repo, to)
	if err != nil && ctx.Err() == nil {
		if s.refused == nil {
			s.refused = map[string]error{}
		}
		s.refused[repo] = err
	}
	return err
}

func (s *Store) cloneNow(ctx context.Context, repo, to string) error {
	ctx, cancel := context.WithTimeout(ctx, cloneTime)
	defer cancel()
	part := to + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(filepath.Dir(to), 0o755)); err != nil {
		return fmt.Errorf("clone %q: %w", repo, err)
	}
	filter := fmt.Sprintf("--filter=blob:limit=%d", MaxFile)
	if err := run(git(ctx, "", "clone", "--quiet", "--mirror", filter, "--", s.url(repo), part)); err != nil {
		return errors.Join(fmt.Errorf("%w: clone %s: %v", ErrAbsent, repo, err), os.RemoveAll(part))
	}
	// What the filter left out is to be missing, not to be asked for file by file.
	forget := git(ctx, part, "config", "--remove-section", "remote.origin")
	if err := run(forget); err != nil {
		return fmt.Errorf("clone %q: %w", repo, err)
	}
	_ = git(ctx, part, "config", "--unset", "extensions.partialClone").Run() // fails where it isn't set
	if err := os.Rename(part, to); err != nil {
		return fmt.Errorf("clone %q: %w", repo, err)
	}
	return nil
}

func (s *Store) url(repo string) string {
	return strings.TrimSuffix(s.Forge, "/") + "/" + repo + ".git"
}

// mirrorsIn are the bare repositories in dir whose folder is named after repo,
// with anything behind it.
func mirrorsIn(dir, repo string) []string {
	if dir == "" {
		return nil
	}
	entries, _ := os.ReadDir(dir) // a folder that can't be read has no mirrors
	var found []string
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), folder(repo))
		// owner+name-other is another repository, owner+name.git is not.
		if !ok || strings.HasSuffix(rest, ".part") || (rest != "" && !strings.ContainsAny(rest[:1], ".+@")) {
			continue
		}
		for _, inner := range []string{"", "repo", "repo/.git", ".git"} {
			if at := filepath.Join(dir, e.Name(), inner); isRepository(at) {
				found = append(found, at)
				break
			}
		}
	}
	return found
}

func isRepository(dir string) bool {
	head, err := os.Lstat(filepath.Join(dir, "HEAD"))
	if err != nil || !head.Mode().IsRegular() {
		return false
	}
	objects, err := os.Lstat(filepath.Join(dir, "objects"))
	return err == nil && objects.IsDir()
}

// folder is the name of a repository as one part of a path.
func folder(repo string) string { return strings.ReplaceAll(repo, "/", "+") }
