package js

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// directives wraps the element in the loop and the conditions that Vue's
// directives make of it, and returns the body that it is drawn in.
func (p *page) directives(it *item, body *[]ir.Stmt) *[]ir.Stmt {
	if a := it.attribute("v-for", "x-for"); a != nil {
		body = p.forDirective(a, body)
	}
	if a := it.attribute("v-if", "x-if"); a != nil {
		return p.ifDirective(it, a, body)
	}
	if a := it.attribute("v-else-if", "v-else"); a != nil {
		return p.elseDirective(it, a, body)
	}
	return body
}

func (p *page) ifDirective(it *item, a *attribute, body *[]ir.Stmt) *[]ir.Stmt {
	cond := p.expression(a.value)
	if cond == nil {
		return body
	}
	s := &ir.If{Pos: it.pos(), Cond: cond}
	*body = append(*body, s)
	p.top().chain = s
	return &s.Then
}

// elseDirective continues the chain of the v-if before it.
func (p *page) elseDirective(it *item, a *attribute, body *[]ir.Stmt) *[]ir.Stmt {
	chain := p.top().chain
	if chain == nil {
		return body
	}
	if a.name == "v-else" {
		p.top().chain = nil
		return &chain.Else
	}
	cond := p.expression(a.value)
	if cond == nil {
		return body
	}
	if next := p.top().follow(it.pos(), cond); next != nil {
		return &next.Then
	}
	return body
}

// forDirective lowers "item in items" and "(item, index) of items".
func (p *page) forDirective(a *attribute, body *[]ir.Stmt) *[]ir.Stmt {
	target, iter, ok := p.forParts(a.value)
	if !ok {
		return body
	}
	loop := &ir.Loop{Pos: a.pos(), Iter: p.expression(iter)}
	p.bind(loop, target)
	*body = append(*body, loop)
	return &loop.Body
}

// forParts splits the value of v-for.
func (p *page) forParts(s span) (target, iter span, ok bool) {
	text := string(p.file.Source[s.start:s.end])
	for _, word := range []string{" in ", " of "} {
		if i := strings.Index(text, word); i >= 0 {
			return span{s.start, s.start + i}, span{s.start + i + len(word), s.end}, true
		}
	}
	return span{}, span{}, false
}

// bind gives a loop its target. Further names, those of index and key, are
// declared in its body.
func (p *page) bind(loop *ir.Loop, s span) {
	for i, target := range p.targets(s) {
		if i == 0 {
			loop.Target = target
			continue
		}
		loop.Body = append(loop.Body, &ir.ExprStmt{
			Pos: target.At(), X: &ir.Assign{Pos: target.At(), Target: target, Decl: ir.Let},
		})
	}
}

// targets lowers names and patterns, with or without parentheses around them,
// as the parameters of a function, which is not kept.
func (p *page) targets(s span) []ir.Expr {
	s = trim(p.file.Source, s)
	before, after := "(", ") => 0"
	if s.start < s.end && p.file.Source[s.start] == '(' {
		before, after = "", " => 0"
	}
	funcs, classes := len(p.file.Funcs), len(p.file.Classes)
	body := p.fragment(s, before, after)
	params, ok := arrowParams(body)
	if !ok {
		p.file.Funcs, p.file.Classes = p.file.Funcs[:funcs], p.file.Classes[:classes]
		return nil
	}
	p.file.Funcs = slices.Delete(p.file.Funcs, funcs, funcs+1)
	var list []ir.Expr
	for _, param := range params {
		var target ir.Expr = &ir.Name{Pos: param.Pos, Name: param.Name}
		if param.Pattern != nil {
			target = param.Pattern
		}
		if param.Default != nil {
			target = &ir.Default{Pos: param.Pos, Target: target, Value: param.Default}
		}
		list = append(list, target)
	}
	return list
}

// arrowParams returns the parameters of the arrow function that body consists of.
func arrowParams(body []ir.Stmt) ([]*ir.Param, bool) {
	if len(body) != 1 {
		return nil, false
	}
	x, ok := body[0].(*ir.ExprStmt)
	if !ok {
		return nil, false
	}
	lit, ok := x.X.(*ir.FuncLit)
	if !ok || len(lit.Func.Body) != 1 {
		return nil, false
	}
	zero, ok := lit.Func.Body[0].(*ir.Return)
	if !ok {
		return nil, false
	}
	_, ok = zero.X.(*ir.Lit)
	return lit.Func.Params, ok
}
