package source

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// A filter tells from a file's bytes whether it has to do with WebSockets. It
// is far cheaper than a parser, and nearly all files of a program stop here.
type filter struct {
	set   *frameworks.Set
	words map[ir.Lang]*wordSet // of the languages that were met
}

// always are words that make any file worth reading, compared without case.
var always = []string{"websocket", "socket.io", "sockjs"}

// uses are what follows the usual names of connections. They find snippets and
// helpers that get their connection from elsewhere.
var uses = []string{".on(", ".onmessage", ".send(", ".emit(", ".recv(", ".receive"}

func newFilter(set *frameworks.Set) *filter {
	return &filter{set: set, words: map[ir.Lang]*wordSet{}}
}

// relevant reports whether a source has to do with WebSockets. It must not be
// called from two goroutines at once.
func (f *filter) relevant(l ir.Lang, src []byte) bool {
	words := f.words[l]
	if words == nil {
		words = newWordSet(telling(l, f.set.For(string(l))), always)
		f.words[l] = words
	}
	return words.matches(src)
}

// telling are the words that make a file of a language worth reading.
func telling(l ir.Lang, idx *frameworks.Index) []string {
	words := slices.Sorted(maps.Keys(idx.Words))
	for _, name := range idx.TellingNames() {
		for _, use := range uses {
			words = append(words, name+use)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(idx.WebSocketModules)) {
		m = strings.TrimSuffix(strings.TrimSuffix(m, "/*"), ".*")
		words = append(words, moduleForms(l, m)...)
	}
	return words
}

// moduleForms are the ways in which an import of a module begins.
func moduleForms(l ir.Lang, module string) []string {
	if l == ir.Python {
		return []string{"import " + module, "from " + module}
	}
	var out []string
	for _, quote := range []string{`"`, "'", "`"} {
		out = append(out, quote+module+quote, quote+module+"/")
	}
	return out
}

// langOf is the language of a file name extension.
func langOf(ext string) ir.Lang {
	switch ext {
	case ".py", ".pyw":
		return ir.Python
	case ".go":
		return ir.Go
	}
	return ir.JavaScript
}

// filter reads all files and returns those that have to do with WebSockets. Go's
// files of a folder are one program: one of them brings all.
func (r *reader) filter() []*walked {
	dirs := map[string]bool{}
	kept := r.files[:0]
	for i, f := range r.files {
		if r.ctx.Err() != nil {
			return nil
		}
		if r.opt.Progress != nil && i&63 == 0 {
			r.opt.Progress("walk", i, len(r.files))
		}
		src, err := f.read()
		if err != nil {
			r.notes = append(r.notes, report.Note{Span: report.Span{Path: f.path}, Message: readFailure(err)})
			continue
		}
		if bytes.IndexByte(src[:min(len(src), headBytes)], 0) >= 0 {
			r.notes = append(r.notes, report.Note{Span: report.Span{Path: f.path}, Message: "not read: it is binary"})
			continue
		}
		if isGenerated(src) {
			delete(r.byPath, f.path)
			continue
		}
		kept = append(kept, f)
		r.stats.FilesWalked++
		r.stats.BytesWalked += int64(len(src))
		r.stats.Lines += bytes.Count(src, []byte("\n"))
		if len(src) > 0 && src[len(src)-1] != '\n' {
			r.stats.Lines++
		}
		if f.named || r.words.relevant(langOf(f.ext), src) {
			f.hit, f.src = true, src
			if f.ext == ".go" {
				dirs[dirOf(f.path)] = true
			}
		}
	}
	r.files = kept
	var out []*walked
	for _, f := range r.files {
		if f.hit || f.ext == ".go" && dirs[dirOf(f.path)] {
			r.tried[f.path] = true
			out = append(out, f)
		}
	}
	return out
}

func dirOf(p string) string {
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return "."
}
