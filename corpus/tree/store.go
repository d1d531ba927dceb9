// Package tree brings versions of repositories onto the machine: it finds or
// clones the repository and lays the files of a commit out in a folder. It
// runs nothing that is in them, and keeps to the cache folder it is given.
package tree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/wswarden/wswarden/corpus/fact"
)

// ErrAbsent is the error for a version that can't be had here. It is no fault
// of the run.
var ErrAbsent = errors.New("absent")

// A Store keeps trees in a cache folder. Get may be called from several
// goroutines.
type Store struct {
	Cache   string // the folder that everything is kept in
	Mirrors string // a folder of bare repositories named owner+name, tried first; may be empty
	Forge   string // what comes before "/owner/name.git" to clone from; empty clones nothing

	mu      sync.Mutex       // held while a tree is made
	refused map[string]error // repositories that could not be cloned; guarded by mu
}

// Get gives the folder that the version is laid out in. It makes it where
// there is none yet, which can take minutes.
func (s *Store) Get(ctx context.Context, v fact.Version) (string, error) {
	to := filepath.Join(s.Cache, "trees", folder(v.Repo)+"@"+v.Commit[:12])
	if isFolder(to) {
		return to, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if isFolder(to) {
		return to, nil
	}
	dir, err := s.mirror(ctx, v)
	if err != nil {
		return "", err
	}
	part := to + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755)); err != nil {
		return "", fmt.Errorf("lay out %s: %w", v, err)
	}
	if err := extract(ctx, dir, v.Commit, part); err != nil {
		return "", fmt.Errorf("lay out %s: %w", v, errors.Join(err, os.RemoveAll(part)))
	}
	if err := os.Rename(part, to); err != nil {
		return "", fmt.Errorf("lay out %s: %w", v, err)
	}
	return to, nil
}

func isFolder(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.IsDir()
}
