package js

import (
	"bytes"
	"path"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// A dialect is how a kind of page or component writes code into its markup.
type dialect struct {
	// braces says that {…} is code, also as the value of an attribute.
	braces bool
	// mustaches says that {{ … }} in text is code.
	mustaches bool
	// frontmatter says that code between two lines "---" may come first.
	frontmatter bool
}

// dialects are those of pages and components by extension.
var dialects = map[string]dialect{
	".html":   {},
	".htm":    {},
	".ejs":    {},
	".vue":    {mustaches: true},
	".svelte": {braces: true},
	".astro":  {braces: true, frontmatter: true},
}

// A page collects what its scripts and its markup mean. Scripts come first in
// the body of the file, as all of them share a scope with the markup, which is
// drawn later.
type page struct {
	file      *ir.File
	reader    *reader
	dialect   dialect
	languages []syntax.Language
	parsed    int   // pieces of code
	err       error // of the first piece that could not be parsed at all

	scripts, markup []ir.Stmt
	open            []frame
}

// lowerPage lowers a page or component.
func lowerPage(f *ir.File, parse lang.Parse, d dialect) error {
	f.Client = true
	p := &page{file: f, reader: newReader(parse, len(f.Source)), dialect: d, languages: languagesFor(".js")}
	markup := 0
	if d.frontmatter {
		markup = p.frontmatter()
	}
	items := split(f.Source, markup, d.braces)
	for i := range items {
		if items[i].kind == openItem && strings.EqualFold(items[i].name, "script") {
			p.script(&items[i])
		}
	}
	p.draw(items)
	if d.mustaches {
		p.assemble()
	}
	f.Body = append(p.scripts, p.markup...)
	if p.parsed == 0 {
		return p.err
	}
	return nil
}

// frontmatter lowers the code in front of the markup, and returns where that starts.
func (p *page) frontmatter() int {
	p.languages = languagesFor(".tsx")
	const fence = "---"
	src := p.file.Source
	start := bytes.Index(src, []byte(fence))
	if start < 0 || len(bytes.TrimSpace(src[:start])) > 0 {
		return 0
	}
	start += len(fence)
	length := bytes.Index(src[start:], []byte("\n"+fence))
	if length < 0 {
		return 0
	}
	end := start + length
	p.scripts = append(p.scripts, p.lower(src[start:end], start)...)
	return end + len("\n"+fence)
}

// split returns the items of the markup from a place on.
func split(src []byte, from int, braces bool) []item {
	m := &markup{src: src, at: from, braces: braces}
	var items []item
	for {
		it, ok := m.next()
		if !ok {
			return items
		}
		items = append(items, it)
	}
}

// script lowers the content of a script element.
func (p *page) script(it *item) {
	language := p.value(it, "lang")
	if language == "" {
		language = p.value(it, "type")
	}
	switch {
	case !isCode(language):
		return
	case language == "tsx":
		p.languages = languagesFor(".tsx")
	case language == "ts" || strings.HasSuffix(language, "typescript"):
		p.languages = languagesFor(".ts")
	}
	p.scripts = append(p.scripts, p.lower(p.file.Source[it.content.start:it.content.end], it.content.start)...)
}

// value returns the value of an attribute in lower case without parameters, ""
// without one.
func (p *page) value(it *item, name string) string {
	a := it.attribute(name)
	if a == nil {
		return ""
	}
	value, _, _ := strings.Cut(string(p.file.Source[a.value.start:a.value.end]), ";")
	return strings.ToLower(strings.TrimSpace(value))
}

// isCode reports whether a script of a type or language is JavaScript or
// TypeScript, and not data or a template.
func isCode(language string) bool {
	switch language {
	case "", "module", "js", "jsx", "ts", "tsx", "text/babel", "text/jsx":
		return true
	}
	return strings.HasSuffix(language, "javascript") || strings.HasSuffix(language, "ecmascript") ||
		strings.HasSuffix(language, "typescript")
}

// lower lowers a piece of code that starts at a place in the file. If it can't
// be parsed at all, that is a broken place.
func (p *page) lower(code []byte, base int) []ir.Stmt {
	best, err := p.reader.read(p.languages, code)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		p.file.Broken++
		return nil
	}
	p.parsed++
	l := &lowerer{file: p.file, base: base + best.base}
	return l.program(best.tree)
}

// lowerScript lowers a file that is code as a whole.
func lowerScript(f *ir.File, parse lang.Parse) error {
	best, err := newReader(parse, len(f.Source)).read(languagesFor(path.Ext(f.Path)), f.Source)
	if err != nil {
		return err
	}
	l := &lowerer{file: f, base: best.base}
	f.Body = l.program(best.tree)
	return nil
}
