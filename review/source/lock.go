package source

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

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

// A goModule is a folder with a go.mod, and the name that stands in it.
type goModule struct{ dir, name string }

// importPath is the path by which the folder of a Go file is imported: the name of
// the nearest module above it, and the folders between.
func (r *reader) importPath(name string) string {
	dir, best := dirOf(name), goModule{}
	for _, m := range r.goModules {
		if m.name != "" && (m.dir == "." && !path.IsAbs(dir) || dir == m.dir || strings.HasPrefix(dir, m.dir+"/")) && (best.name == "" || len(m.dir) > len(best.dir) || best.dir == ".") {
			best = m
		}
	}
	if best.name == "" {
		return ""
	}
	if best.dir == "." {
		return path.Join(best.name, dir)
	}
	return path.Join(best.name, strings.TrimPrefix(dir, best.dir))
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
		if path.Base(l.path) == "go.mod" {
			r.goModules = append(r.goModules, goModule{dirOf(l.path), modfile.ModulePath(src)})
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
