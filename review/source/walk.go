package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
)

// Bounds of one file. What is larger is no source that people write.
const (
	maxFileBytes = 4 << 20
	headBytes    = 4 << 10 // what tells generated and minified files
)

// A walked file is one of a known language that belongs to the program.
type walked struct {
	path     string // as reports name it
	real     string // as the system does
	ext      string
	size     int64
	src      []byte // kept between filter and parser
	hit      bool   // it has to do with WebSockets
	named    bool   // the caller asked for this file
	imported bool   // it is read only because others import it
}

// read returns the content; it is read once.
func (f *walked) read() ([]byte, error) {
	if f.src != nil {
		return f.src, nil
	}
	if f.size > maxFileBytes {
		return nil, errTooLarge
	}
	file, err := os.Open(f.real)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// The size may have changed since the walk.
	src, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(src) > maxFileBytes {
		return nil, errTooLarge
	}
	return src, nil
}

var errTooLarge = fmt.Errorf("larger than %d MiB", maxFileBytes>>20)

func readFailure(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return "not read: " + err.Error()
}

// leftOut are folders that hold other people's code, or none of the program's.
var leftOut = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, "bower_components": true, "jspm_packages": true, "vendor": true, "third_party": true, "third-party": true,
	"__pycache__": true, ".venv": true, "venv": true, ".tox": true, ".nox": true, "site-packages": true, ".mypy_cache": true, ".pytest_cache": true, ".next": true, ".nuxt": true,
	".yarn": true, ".pnpm-store": true, ".cache": true, "coverage": true, ".svelte-kit": true, ".output": true, ".idea": true, ".vscode": true,
}

// tests are folders of tests: what is weak there endangers nobody.
var tests = map[string]bool{
	"test": true, "tests": true, "__tests__": true, "__mocks__": true, "testdata": true, "spec": true, "specs": true, "e2e": true, "cypress": true, "fixtures": true, "__fixtures__": true, "testing": true, "mocks": true, "testutil": true, "testutils": true, "integration-tests": true, "playwright": true,
}

// built are folders of output, where a source folder or manifest lies beside
// them.
var built = map[string]bool{"dist": true, "build": true, "out": true, "target": true, "public/build": true, "lib-cov": true}

// walk collects the files below paths. A file that is named is taken whatever
// its name.
func (r *reader) walk(paths []string) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = ""
	}
	r.byPath = map[string]*walked{}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			r.add(p, info, cwd, true)
			continue
		}
		if err := r.walkDir(p, cwd); err != nil {
			return err
		}
	}
	slices.SortFunc(r.files, func(a, b *walked) int { return strings.Compare(a.path, b.path) })
	return nil
}

func (r *reader) walkDir(root, cwd string) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err != nil {
			if p == root {
				return err
			}
			r.notes = append(r.notes, report.Note{Span: report.Span{Path: display(p, cwd)}, Message: readFailure(err)})
			return nil
		}
		if d.IsDir() {
			if p != root && r.skipDir(p, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil // links could lead out of the tree, or in circles
		}
		info, err := d.Info()
		if err != nil {
			return nil // it went away
		}
		r.add(p, info, cwd, false)
		return nil
	})
}

func (r *reader) skipDir(p, name string) bool {
	switch {
	case name == "node_modules":
		// npm puts it beside a package.json. Elsewhere it is a folder of the
		// program that has that name.
		return exists(filepath.Join(filepath.Dir(p), "package.json")) || !exists(filepath.Join(filepath.Dir(p), "..", "package.json"))
	case leftOut[name] || tests[strings.ToLower(name)]:
		return true
	case built[name]:
		parent := filepath.Dir(p)
		return exists(filepath.Join(parent, "package.json")) || exists(filepath.Join(parent, "src")) || exists(filepath.Join(parent, "Cargo.toml"))
	}
	return false
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

// add takes a file if it is one of ours.
func (r *reader) add(p string, info fs.FileInfo, cwd string, named bool) {
	if r.addLock(p, cwd) {
		return
	}
	name := filepath.Base(p)
	ext := strings.ToLower(path.Ext(name))
	if lowerings[ext] == nil || strings.HasSuffix(name, ".d.ts") {
		return
	}
	if !named && (isTest(name) || isMinified(name)) {
		return
	}
	f := &walked{path: display(p, cwd), real: p, ext: ext, size: info.Size(), named: named}
	if r.byPath[f.path] != nil {
		return
	}
	r.byPath[f.path] = f
	r.files = append(r.files, f)
}

// display is a path as reports name it.
func display(p, cwd string) string {
	abs, err := filepath.Abs(p)
	if err != nil {
		return filepath.ToSlash(p)
	}
	if rel, err := filepath.Rel(cwd, abs); err == nil && cwd != "" && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(abs)
}

func isTest(name string) bool {
	lower := strings.ToLower(name)
	stem := strings.TrimSuffix(lower, path.Ext(lower))
	return strings.HasSuffix(lower, "_test.go") || strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, "_test") && path.Ext(lower) == ".py" ||
		strings.HasPrefix(lower, "test_") && path.Ext(lower) == ".py" || lower == "conftest.py" || strings.HasSuffix(stem, ".stories") || strings.HasSuffix(stem, ".cy") || strings.HasSuffix(stem, "-test") || strings.HasSuffix(stem, ".mock")
}

func isMinified(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, ".min.") || strings.Contains(lower, "-min.js") || strings.Contains(lower, ".bundle.") || strings.HasSuffix(lower, ".umd.js") ||
		strings.HasPrefix(lower, "@") && strings.Contains(lower, "--") // importmap's name of a package that it has downloaded
}

// isGenerated reports whether a file says that a program wrote it, or looks
// like it: minified code has few line ends.
func isGenerated(src []byte) bool {
	head := src[:min(len(src), headBytes)]
	if bytes.Contains(head, []byte("DO NOT EDIT")) && bytes.Contains(head, []byte("enerated")) || bytes.Contains(head, []byte("@generated")) {
		return true
	}
	const longLine = 5000
	if len(src) < longLine {
		return false
	}
	lines := bytes.Count(src, []byte("\n")) + 1
	if len(src)/lines > 400 {
		return true
	}
	// A bundle has a short licence on top and all code in one line.
	longest, at := 0, 0
	for i, b := range src {
		if b == '\n' {
			longest, at = max(longest, i-at), i+1
		}
	}
	longest = max(longest, len(src)-at)
	return longest > 20_000 && longest*2 > len(src)
}
