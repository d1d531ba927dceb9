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
	words map[ir.Lang][][]byte
}

// always are words that make any file worth reading, compared without case.
var always = [][]byte{[]byte("websocket"), []byte("socket.io"), []byte("sockjs")}

func newFilter(set *frameworks.Set) *filter {
	f := &filter{words: map[ir.Lang][][]byte{}}
	for _, l := range []ir.Lang{ir.JavaScript, ir.Python, ir.Go} {
		idx := set.For(string(l))
		for _, w := range slices.Sorted(maps.Keys(idx.Words)) {
			f.words[l] = append(f.words[l], []byte(w))
		}
		for _, name := range idx.TellingNames() {
			// Snippets and helpers that get their connection from elsewhere.
			for _, use := range []string{".on(", ".onmessage", ".send(", ".emit(", ".recv(", ".receive"} {
				f.words[l] = append(f.words[l], []byte(name+use))
			}
		}
		for _, m := range slices.Sorted(maps.Keys(idx.WebSocketModules)) {
			m = strings.TrimSuffix(strings.TrimSuffix(m, "/*"), ".*")
			for _, form := range moduleForms(l, m) {
				f.words[l] = append(f.words[l], []byte(form))
			}
		}
	}
	return f
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

// relevant reports whether a source has to do with WebSockets.
func (f *filter) relevant(l ir.Lang, src []byte) bool {
	for _, w := range always {
		if containsFold(src, w) {
			return true
		}
	}
	for _, w := range f.words[l] {
		if containsWord(src, w) {
			return true
		}
	}
	return false
}

// containsFold reports whether src contains the lower-case word, in any case.
func containsFold(src, word []byte) bool {
	lo, up := word[0], word[0]-'a'+'A'
	for i := 0; i+len(word) <= len(src); {
		j := bytes.IndexByte(src[i:], lo)
		k := bytes.IndexByte(src[i:], up)
		if j < 0 && k < 0 {
			return false
		}
		if j < 0 || k >= 0 && k < j {
			j = k
		}
		i += j
		if i+len(word) <= len(src) && bytes.EqualFold(src[i:i+len(word)], word) {
			return true
		}
		i++
	}
	return false
}

// containsWord reports whether src contains the word with no letter or digit
// around it.
func containsWord(src, word []byte) bool {
	for at := 0; ; {
		i := bytes.Index(src[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !isWord(src[i-1]) || !isWord(word[0])) && (end == len(src) || !isWord(src[end]) || !isWord(word[len(word)-1])) {
			return true
		}
		at = i + 1
	}
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
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
