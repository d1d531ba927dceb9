package js

import (
	"bytes"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A frame is an element, or a block of Svelte, that is open.
type frame struct {
	name string // of the element; of a block "#if", "#each" and so on
	body *[]ir.Stmt
	// chain is the last If of the body: what v-else, or {:else}, belongs to.
	chain *ir.If
	links int // how many chains of v-else-if, or {:else if}, the frame has gone on with
}

// follow makes the next condition of a chain, nil if there are too many: each is
// inside of the one before.
func (f *frame) follow(pos ir.Pos, cond ir.Expr) *ir.If {
	if f.links++; f.links > maxOpen {
		return nil
	}
	next := &ir.If{Pos: pos, Cond: cond}
	f.chain.Else = append(f.chain.Else, next)
	f.chain = next
	return next
}

// voidElements have no end tag.
var voidElements = set("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")

// draw lowers the markup: an Element for each element with code in it, inside
// of the loops and conditions that it is drawn in.
func (p *page) draw(items []item) {
	p.open = []frame{{body: &p.markup}}
	for i := range items {
		it := &items[i]
		switch it.kind {
		case commentItem:
			p.file.Comments = append(p.file.Comments, ir.Comment{Pos: it.pos(), Text: string(p.file.Source[it.start:it.end])})
		case openItem:
			p.openTag(it)
		case closeItem:
			p.closeFrame(it.name)
		case braceItem:
			p.brace(it.span)
		case textItem:
			if p.dialect.mustaches {
				p.mustaches(it.span)
			}
		}
	}
}

func (s span) pos() ir.Pos { return ir.Pos{Start: uint32(s.start), End: uint32(s.end)} }

func (p *page) top() *frame { return &p.open[len(p.open)-1] }

func (p *page) emit(s ir.Stmt) {
	body := p.top().body
	*body = append(*body, s)
}

// maxOpen caps how deep elements are nested; those below are drawn there.
const maxOpen = 500

func (p *page) push(name string, body *[]ir.Stmt) {
	if len(p.open) < maxOpen {
		p.open = append(p.open, frame{name: name, body: body})
	}
}

// closeFrame ends the innermost frame of that name, and those inside of it.
func (p *page) closeFrame(name string) {
	for i := len(p.open) - 1; i > 0; i-- {
		if strings.EqualFold(p.open[i].name, name) {
			p.open = p.open[:i]
			return
		}
	}
}

// openTag lowers an element. What it holds goes to the body that its v-if and
// v-for make.
func (p *page) openTag(it *item) {
	body := p.top().body
	if !p.dialect.braces {
		body = p.directives(it, body)
	}
	if e := p.element(it); e != nil {
		*body = append(*body, &ir.ExprStmt{Pos: e.Pos, X: e})
	}
	if !it.selfClosed && !voidElements[strings.ToLower(it.name)] && !isRaw(it.name) {
		p.push(it.name, body)
	}
}

// element returns the element of a tag, nil if there is no code in it.
func (p *page) element(it *item) *ir.Element {
	e := &ir.Element{Pos: it.pos(), Tag: it.name}
	hasCode := false
	for i := range it.attributes {
		a := &it.attributes[i]
		prop, isCode := p.binding(a)
		if prop.Value == nil {
			continue
		}
		prop.Pos = a.pos()
		hasCode = hasCode || isCode
		e.Attrs = append(e.Attrs, prop)
	}
	if !hasCode {
		return nil
	}
	return e
}

// mustaches lowers the {{ … }} of a text, each to an element of the tag around it.
func (p *page) mustaches(s span) {
	src := p.file.Source
	for {
		start := bytes.Index(src[s.start:s.end], []byte("{{"))
		if start < 0 {
			return
		}
		start += s.start + 2
		length := bytes.Index(src[start:s.end], []byte("}}"))
		if length < 0 {
			return
		}
		inner := span{start, start + length}
		p.drawn(p.top().name, inner)
		s.start = inner.end + 2
	}
}

// drawn emits an element with an expression as its child.
func (p *page) drawn(tag string, s span) {
	if x := p.expression(s); x != nil {
		p.emit(&ir.ExprStmt{Pos: s.pos(), X: &ir.Element{Pos: s.pos(), Tag: tag, Children: []ir.Expr{x}}})
	}
}
