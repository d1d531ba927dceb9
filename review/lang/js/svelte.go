package js

import (
	"bytes"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// braceBinding lowers name={x}, {name} and {...x}. on:click is "onclick".
func (p *page) braceBinding(a *attribute) (ir.Prop, bool) {
	if a.name == "" {
		inner := trim(p.file.Source, a.value)
		if bytes.HasPrefix(p.file.Source[inner.start:inner.end], []byte("...")) {
			inner.start += len("...")
			return ir.Prop{Spread: true, Value: p.expression(inner)}, true
		}
		return ir.Prop{Name: string(p.file.Source[inner.start:inner.end]), Value: p.expression(inner)}, true
	}
	name, _, _ := strings.Cut(a.name, "|")
	if event, ok := strings.CutPrefix(name, "on:"); ok {
		name = "on" + event
	}
	return ir.Prop{Name: name, Value: p.expression(a.value)}, true
}

// mixed lowers text with {…} in it, nil if there is no code in it.
func (p *page) mixed(s span) ir.Expr {
	src := p.file.Source[:s.end]
	t := &ir.Template{Pos: s.pos()}
	hasCode := false
	for at := s.start; at < s.end; {
		length := bytes.IndexByte(src[at:], '{')
		if length < 0 {
			length = s.end - at
		}
		if length > 0 {
			text := span{at, at + length}
			t.Parts = append(t.Parts, &ir.Lit{Pos: text.pos(), Kind: ir.String, Value: string(src[text.start:text.end])})
			at = text.end
			continue
		}
		end, ok := closing(src, at)
		if !ok {
			text := span{at, s.end}
			t.Parts = append(t.Parts, &ir.Lit{Pos: text.pos(), Kind: ir.String, Value: string(src[text.start:text.end])})
			break
		}
		if x := p.expression(span{at + 1, end}); x != nil {
			t.Parts = append(t.Parts, x)
			hasCode = true
		}
		at = end + 1
	}
	if !hasCode {
		return nil
	}
	if len(t.Parts) == 1 {
		return t.Parts[0]
	}
	return t
}

// brace lowers {…} in the text of a component.
func (p *page) brace(s span) {
	s = trim(p.file.Source, s)
	if s.start == s.end {
		return
	}
	word := string(p.file.Source[s.start:s.end])
	if i := strings.IndexAny(word, " \t\r\n"); i >= 0 {
		word = word[:i]
	}
	rest := trim(p.file.Source, span{s.start + len(word), s.end})
	switch word[0] {
	case '#':
		p.openBlock(word, s, rest)
	case ':':
		p.middleBlock(word, s, rest)
	case '/':
		p.closeFrame("#" + word[1:])
	case '@':
		p.special(word, s, rest)
	default:
		p.drawn(p.elementName(), s)
	}
}

// elementName returns the innermost open element.
func (p *page) elementName() string {
	for i := len(p.open) - 1; i > 0; i-- {
		if !strings.HasPrefix(p.open[i].name, "#") {
			return p.open[i].name
		}
	}
	return ""
}

// special lowers {@html x}, {@const x = y} and the like.
func (p *page) special(word string, s, rest span) {
	switch word {
	case "@const":
		body := p.fragment(rest, "const ", "")
		for _, b := range body {
			p.emit(b)
		}
	case "@debug":
	default:
		p.drawn(word, rest)
	}
}

func (p *page) openBlock(word string, s, rest span) {
	var body *[]ir.Stmt
	switch word {
	case "#if":
		x := p.expression(rest)
		if x == nil {
			x = &ir.Unknown{Pos: rest.pos()}
		}
		cond := &ir.If{Pos: s.pos(), Cond: x}
		p.emit(cond)
		p.push(word, &cond.Then)
		p.top().chain = cond
		return
	case "#each":
		body = p.each(s, rest)
	case "#await":
		body = p.await(s, rest)
	default: // #key, #snippet
		block := &ir.Block{Pos: s.pos()}
		p.emit(block)
		body = &block.Body
	}
	p.push(word, body)
}

// each lowers {#each items as item, index (key)}.
func (p *page) each(s, rest span) *[]ir.Stmt {
	iter, target := rest, span{}
	if i := bytes.LastIndex(p.file.Source[rest.start:rest.end], []byte(" as ")); i >= 0 {
		iter.end = rest.start + i
		target = span{iter.end + len(" as "), rest.end}
		target.end = keyStart(p.file.Source, target)
	}
	loop := &ir.Loop{Pos: s.pos(), Iter: p.expression(iter)}
	p.bind(loop, target)
	p.emit(loop)
	return &loop.Body
}

// keyStart returns where the (key) behind a target starts.
func keyStart(src []byte, target span) int {
	text := src[target.start:target.end]
	if len(text) > 0 && text[len(text)-1] == ')' {
		if i := bytes.LastIndex(text, []byte(" (")); i > 0 {
			return target.start + i
		}
	}
	return target.end
}

// await lowers {#await promise}, with or without "then value".
func (p *page) await(s, rest span) *[]ir.Stmt {
	block := &ir.Block{Pos: s.pos()}
	p.emit(block)
	promise, target := rest, span{}
	if i := bytes.LastIndex(p.file.Source[rest.start:rest.end], []byte(" then ")); i >= 0 {
		promise.end = rest.start + i
		target = span{promise.end + len(" then "), rest.end}
	}
	if x := p.expression(promise); x != nil {
		p.awaited(&block.Body, target, x)
	}
	return &block.Body
}

// awaited binds what a promise gives to a target.
func (p *page) awaited(body *[]ir.Stmt, target span, promise ir.Expr) {
	var x ir.Expr = &ir.Await{Pos: promise.At(), X: promise}
	if targets := p.targets(target); len(targets) > 0 {
		x = &ir.Assign{Pos: target.pos(), Target: targets[0], Value: x, Decl: ir.Const}
	}
	*body = append(*body, &ir.ExprStmt{Pos: promise.At(), X: x})
}

// middleBlock lowers {:else}, {:else if x}, {:then value} and {:catch error}.
func (p *page) middleBlock(word string, s, rest span) {
	for len(p.open) > 1 && !strings.HasPrefix(p.top().name, "#") {
		p.open = p.open[:len(p.open)-1]
	}
	top := p.top()
	switch {
	case word == ":else" && top.name == "#if" && top.chain != nil:
		p.elseBlock(top, s, rest)
	case word == ":then" && top.name == "#await":
		if promise := firstAwait(*top.body); promise != nil {
			p.awaited(top.body, rest, promise)
		}
	}
}

func (p *page) elseBlock(top *frame, s, rest span) {
	text := p.file.Source[rest.start:rest.end]
	if !bytes.HasPrefix(text, []byte("if")) {
		top.body = &top.chain.Else
		return
	}
	x := p.expression(span{rest.start + len("if"), rest.end})
	if x == nil {
		return
	}
	if next := top.follow(s.pos(), x); next != nil {
		top.body = &next.Then
	}
}

// firstAwait returns what the block of an {#await} waits for.
func firstAwait(body []ir.Stmt) ir.Expr {
	if len(body) == 0 {
		return nil
	}
	if s, ok := body[0].(*ir.ExprStmt); ok {
		if a, ok := s.X.(*ir.Await); ok {
			return a.X
		}
	}
	return nil
}

func trim(src []byte, s span) span {
	for s.start < s.end && isSpace(src[s.start]) {
		s.start++
	}
	for s.end > s.start && isSpace(src[s.end-1]) {
		s.end--
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
