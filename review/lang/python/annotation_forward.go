package python

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// forwardType reads an annotation that is written as a string, as one is for a
// class that is declared below. All its parts have the place of the string.
func forwardType(pos ir.Pos, text string) *ir.Type {
	p := forwardParser{pos: pos, rest: quotes.Replace(text)}
	t := p.union()
	if p.broken || strings.TrimSpace(p.rest) != "" {
		return &ir.Type{Pos: pos, Kind: ir.UnknownType}
	}
	return t
}

// quotes are around names that are written as strings in the string.
var quotes = strings.NewReplacer("'", " ", `"`, " ")

type forwardParser struct {
	pos    ir.Pos
	rest   string
	depth  int
	broken bool
}

// maxForwardDepth limits the brackets within brackets.
const maxForwardDepth = 20

// accept drops token from the front of the rest if it is there.
func (p *forwardParser) accept(token string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(p.rest), token)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *forwardParser) union() *ir.Type {
	members := []*ir.Type{p.named()}
	for p.accept("|") {
		members = append(members, p.named())
	}
	if len(members) == 1 {
		return members[0]
	}
	return unionType(p.pos, members)
}

func (p *forwardParser) named() *ir.Type {
	p.rest = strings.TrimSpace(p.rest)
	end := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune("[](),|{} \t\r\n", r) })
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	if name == "" {
		p.broken = true
	}
	if !p.accept("[") {
		return &ir.Type{Pos: p.pos, Name: name}
	}
	if p.depth++; p.depth > maxForwardDepth {
		p.broken = true
	}
	var args []*ir.Type
	for !p.broken && !p.accept("]") {
		args = append(args, p.union())
		if !p.accept(",") && !strings.HasPrefix(strings.TrimSpace(p.rest), "]") {
			p.broken = true
		}
	}
	p.depth--
	return newGeneric(p.pos, name, args)
}
