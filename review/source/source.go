// Package source finds and reads the files of a review: it walks folders,
// leaves out what is not the program's own production code, keeps what has to
// do with WebSockets with all that it imports, and lowers it to ir.
//
// It judges nothing. A file that can't be read or understood is a note.
package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang/golang"
	"github.com/wswarden/wswarden/review/lang/js"
	"github.com/wswarden/wswarden/review/lang/python"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/syntax"
)

// Options are the settings of Read.
type Options struct {
	CacheDir   string
	Jobs       int
	Frameworks *frameworks.Set
	Progress   func(stage string, done, total int) // may be nil
}

// Sources are the files of a review.
type Sources struct {
	Files        []*ir.File // in the order of their paths
	Dependencies []model.Dependency
	Notes        []report.Note
	Stats        report.Stats
}

// importDepth is how many imports away from a file that has to do with
// WebSockets others are still read. What matters there (a check of an origin, a
// store of sessions) is rarely farther than two.
const importDepth = 2

// minImported and importedPerFile bound the files that are read only because
// they are imported: a few times as many as those that import them.
const (
	minImported     = 150
	importedPerFile = 4
)

// lowerings are the languages by file name extension.
var lowerings = map[string]func(string, []byte, func(syntax.Language, []byte) (*syntax.Tree, error)) (*ir.File, error){}

func init() {
	for _, ext := range js.Extensions {
		lowerings[ext] = js.Lower
	}
	for _, ext := range python.Extensions {
		lowerings[ext] = python.Lower
	}
	for _, ext := range golang.Extensions {
		lowerings[ext] = golang.Lower
	}
}

// Read finds and reads the files below paths. It fails where a path doesn't
// exist, the parser can't start, or ctx ends.
func Read(ctx context.Context, paths []string, opt Options) (*Sources, error) {
	r := &reader{opt: opt, ctx: ctx, words: newFilter(opt.Frameworks), parsed: map[string]*ir.File{}, tried: map[string]bool{}}
	if err := r.walk(paths); err != nil {
		return nil, err
	}
	if err := r.readLocks(); err != nil {
		return nil, err
	}
	relevant := r.filter()
	if len(relevant) > 0 {
		pool, err := syntax.NewPool(ctx, opt.Jobs, syntax.Options{CacheDir: opt.CacheDir})
		if err != nil {
			return nil, fmt.Errorf("start the parser: %w", err)
		}
		defer pool.Close()
		r.pool = pool
		if err := r.parseAll(relevant); err != nil {
			return nil, err
		}
	}
	return r.sources(), nil
}

type reader struct {
	ctx       context.Context
	opt       Options
	words     *filter
	pool      *syntax.Pool
	files     []*walked
	byPath    map[string]*walked
	goDirs    *goDirs // made when it is first asked for
	goModules []goModule
	stats     report.Stats
	notes     []report.Note
	locks     []lock
	deps      []model.Dependency

	mu     sync.Mutex // guards what follows
	parsed map[string]*ir.File
	tried  map[string]bool
}

// parseAll parses the files that have to do with WebSockets, then what they
// import, and what these import.
func (r *reader) parseAll(list []*walked) error {
	room := max(minImported, importedPerFile*len(list))
	for depth := 0; len(list) > 0; depth++ {
		if err := r.parse(list); err != nil {
			return err
		}
		if depth == importDepth {
			return nil
		}
		// Breadth first: the nearest ones are read for sure.
		next := r.imports(list)
		list = next[:min(len(next), room)]
		room -= len(list)
	}
	return nil
}

// parse parses files, several at once.
func (r *reader) parse(list []*walked) error {
	jobs := make(chan *walked)
	var wg sync.WaitGroup
	done := 0
	for range min(r.opt.Jobs, len(list)) {
		wg.Go(func() {
			for f := range jobs {
				r.parseOne(f)
				r.mu.Lock()
				done++
				if r.opt.Progress != nil {
					r.opt.Progress("parse", done, len(list))
				}
				r.mu.Unlock()
			}
		})
	}
	for _, f := range list {
		if r.ctx.Err() != nil {
			break
		}
		jobs <- f
	}
	close(jobs)
	wg.Wait()
	return r.ctx.Err()
}

func (r *reader) parseOne(f *walked) {
	src, err := f.read()
	if err != nil {
		r.note(f, readFailure(err))
		return
	}
	parse := func(l syntax.Language, src []byte) (*syntax.Tree, error) { return r.pool.Parse(r.ctx, l, src) }
	file, err := lower(f, src, parse)
	switch {
	case err != nil && r.ctx.Err() != nil:
	case errors.Is(err, syntax.ErrTooLarge):
		r.note(f, fmt.Sprintf("not read: %d bytes are more than a source file has", len(src)))
	case err != nil:
		r.note(f, "not read: "+err.Error())
	case file != nil:
		if file.Broken > 0 {
			r.note(f, fmt.Sprintf("%d places could not be parsed; findings may be missing there", file.Broken))
		}
		file.Imported = f.imported
		if file.Lang == ir.Go {
			file.ImportPath = r.importPath(f.path)
		}
		r.mu.Lock()
		r.parsed[f.path] = file
		r.stats.FilesParsed++
		r.stats.BytesParsed += int64(len(src))
		r.mu.Unlock()
	}
}

// lower calls a lowering. A panic in it is a defect of ours, which must not
// keep the other files from being reviewed.
func lower(f *walked, src []byte, parse func(syntax.Language, []byte) (*syntax.Tree, error)) (file *ir.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("lower %q: internal error: %v", f.path, p)
		}
	}()
	return lowerings[f.ext](f.path, src, parse)
}

func (r *reader) note(f *walked, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, report.Note{Span: report.Span{Path: f.path}, Message: text})
}

// imports returns the files that those of the list import and that weren't
// read yet. Go's files of one folder are read together.
func (r *reader) imports(list []*walked) []*walked {
	want := map[string]bool{}
	for _, f := range list {
		file := r.parsed[f.path]
		if file == nil {
			continue
		}
		r.eachImport(file, func(name string) {
			for _, p := range r.candidates(file, name) {
				want[p] = true
			}
		})
	}
	var out []*walked
	for _, f := range r.files {
		if want[f.path] && !r.tried[f.path] {
			r.tried[f.path] = true
			f.imported = true
			out = append(out, f)
		}
	}
	return out
}

// eachImport calls f with the name of every module that a file imports.
func (r *reader) eachImport(file *ir.File, f func(string)) {
	for _, e := range file.Exports {
		if e.From != "" {
			f(e.From)
		}
	}
	ir.InspectStmts(file.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Import:
			f(n.Module)
			if file.Lang == ir.Python {
				sep := "."
				if strings.HasSuffix(n.Module, ".") {
					sep = ""
				}
				for _, name := range n.Names {
					f(n.Module + sep + name.Name)
				}
			}
		case *ir.Call:
			if name, ok := n.Fn.(*ir.Name); ok && (name.Name == "require" || name.Name == "import") && len(n.Args) > 0 {
				if l, ok := n.Args[0].Value.(*ir.Lit); ok && l.Kind == ir.String {
					f(l.Value)
				}
			}
		}
		return true
	})
}

func (r *reader) sources() *Sources {
	out := &Sources{Notes: r.notes, Stats: r.stats, Dependencies: r.deps}
	for _, f := range r.parsed {
		out.Files = append(out.Files, f)
	}
	slices.SortFunc(out.Files, func(a, b *ir.File) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(out.Notes, func(a, b report.Note) int { return strings.Compare(a.Path, b.Path) })
	return out
}
