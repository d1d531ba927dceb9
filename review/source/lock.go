package source

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/deps"
)

// A lock is a file that pins versions of dependencies.
type lock struct {
	path string // as reports name it
	real string // as the system does
}

// addLock takes a file if it is a lock file, and reports whether it is.
func (r *reader) addLock(p, cwd string) bool {
	if !deps.IsLock(filepath.ToSlash(p)) {
		return false
	}
	r.locks = append(r.locks, lock{display(p, cwd), p})
	return true
}

// readLocks reads the lock files, each once.
func (r *reader) readLocks() error {
	slices.SortFunc(r.locks, func(a, b lock) int { return strings.Compare(a.path, b.path) })
	r.locks = slices.CompactFunc(r.locks, func(a, b lock) bool { return a.path == b.path })
	for _, l := range r.locks {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		src, err := readBounded(l.real, deps.MaxFileBytes)
		if err != nil {
			r.notes = append(r.notes, report.Note{Span: report.Span{Path: l.path}, Message: readFailure(err)})
			continue
		}
		pins, err := deps.Parse(l.path, src)
		if err != nil {
			r.notes = append(r.notes, report.Note{Span: report.Span{Path: l.path}, Message: fmt.Sprintf("not understood, pinned versions may be missing: %v", err)})
		}
		r.deps = append(r.deps, pins...)
	}
	return nil
}

func readBounded(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(src)) > limit {
		err = fmt.Errorf("larger than %d MiB", limit>>20)
	}
	return src, err
}
