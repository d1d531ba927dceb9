package python

import (
	"bytes"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// pieces lowers a source that the parser stumbles over, by parsing its
// statements one by one, and those of the blocks of a broken one again one by
// one. An error then spoils no more than the simple statement, or the head of a
// compound one, that it is in.
type pieces struct {
	*lowerer
	source []byte
	depth  int
	bytes  int // that may still be parsed
	count  int // of pieces that may still be made
}

const (
	// maxPieceDepth limits the blocks in blocks that are taken apart.
	maxPieceDepth = 16
	// maxPieceCost limits how often, on average, a byte is parsed.
	maxPieceCost = 12
	// maxPieces limits the calls of the parser.
	maxPieces = 10_000
)

func (l *lowerer) lowerPieces(source []byte) {
	p := pieces{lowerer: l, source: source, bytes: maxPieceCost * len(source), count: maxPieces}
	l.file.Body = p.statements(logicalLines(source))
}

// statements lowers the lines of one block.
func (p *pieces) statements(lines []line) []ir.Stmt {
	var body []ir.Stmt
	for len(lines) > 0 {
		n := pieceLen(lines)
		if p.count--; p.count < 0 {
			n = len(lines)
		}
		body = p.piece(body, lines[:n])
		lines = lines[n:]
	}
	return body
}

// pieceLen returns the number of lines of the first statement.
func pieceLen(lines []line) int {
	indent := lines[0].indent
	n := 1
	for ; n < len(lines); n++ {
		decorated := lines[n-1].word == "@" && lines[n-1].indent == lines[n].indent
		if lines[n].indent <= indent && !decorated && !(lines[n].indent == indent && isClause(lines[n].word)) {
			break
		}
	}
	return n
}

func (p *pieces) piece(body []ir.Stmt, lines []line) []ir.Stmt {
	text := p.source[lines[0].start:lines[len(lines)-1].end]
	tree := p.tree(text)
	if tree == nil {
		p.file.Broken++
		return body
	}
	if tree.Errors > 0 && p.depth < maxPieceDepth {
		if text, blocks := skeleton(text, lines); len(blocks) > 0 {
			if tree := p.tree(text); tree != nil {
				return p.skeleton(body, tree, lines, blocks)
			}
		}
	}
	return p.whole(body, tree, lines)
}

// tree parses text, or returns nil if that can't be done or costs too much.
func (p *pieces) tree(text []byte) *syntax.Tree {
	if p.bytes -= len(text); p.bytes < 0 {
		return nil
	}
	tree, err := p.parse(syntax.Python, text)
	if err != nil {
		return nil
	}
	return tree
}

// whole lowers the tree of lines.
func (p *pieces) whole(body []ir.Stmt, tree *syntax.Tree, lines []line) []ir.Stmt {
	p.file.Broken += tree.Errors
	base := p.base
	p.base = lines[0].start
	defer func() { p.base = base }()
	if root := tree.Root(); root.IsError() {
		return p.fragments(body, root)
	}
	return append(body, p.block(tree.Root())...)
}

// A skeleton is a compound statement of which only the lines that begin blocks
// are left. Where the first line of a block was stands a 0, and all else is
// spaces, so that every offset stays what it was. It comes with the lines of its
// blocks by the offset of their 0 in the source.
func skeleton(text []byte, lines []line) ([]byte, map[uint32][]line) {
	base := lines[0].start
	text = bytes.Clone(text)
	blocks := make(map[uint32][]line)
	heads := headsOf(lines)
	for i := 0; i < len(lines); i++ {
		if heads[i] {
			continue
		}
		n := i + 1
		for n < len(lines) && !heads[n] {
			n++
		}
		blocks[lines[i].content] = lines[i:n]
		blank(text[lines[i].content-base : lines[n-1].end-base])
		text[lines[i].content-base] = '0'
		i = n - 1
	}
	return text, blocks
}

// headsOf tells the lines that begin blocks: the first, those of clauses, which
// are not indented deeper, and those of the cases of a match.
func headsOf(lines []line) []bool {
	heads := make([]bool, len(lines))
	for i, ln := range lines {
		isCase := lines[0].word == "match" && ln.word == "case" && ln.header && ln.indent == lines[1].indent
		heads[i] = ln.indent <= lines[0].indent || isCase
	}
	return heads
}

func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}

// skeleton lowers a skeleton, and the lines of its blocks where block comes upon
// them. Those that it never comes upon, because the head is broken too, follow.
func (p *pieces) skeleton(body []ir.Stmt, tree *syntax.Tree, lines []line, blocks map[uint32][]line) []ir.Stmt {
	p.depth++
	outer := p.leftOut
	p.leftOut = func(start uint32) ([]ir.Stmt, bool) {
		block, ok := blocks[start]
		if !ok {
			return nil, false
		}
		delete(blocks, start)
		return p.statements(block), true
	}
	defer func() { p.depth, p.leftOut = p.depth-1, outer }()

	if name, ok := brokenDefinition(tree, p.source, lines); ok {
		return p.definition(body, name, lines)
	}
	body = p.whole(body, tree, lines)
	for _, ln := range lines {
		if statements, ok := p.leftOut(ln.content); ok {
			body = append(body, statements...)
		}
	}
	return body
}

// brokenDefinition returns the line with the def or class of a definition that
// the parser can't make out.
func brokenDefinition(tree *syntax.Tree, source []byte, lines []line) (line, bool) {
	for c := range tree.Root().NamedChildren() {
		if isDefinition(c.Kind()) {
			return line{}, false
		}
	}
	for _, ln := range lines {
		switch ln.word {
		case "@":
		case "def", "class":
			return ln, true
		default:
			return line{}, false
		}
	}
	return line{}, false
}

// definition lowers a function or class of which only the name is to be seen.
func (p *pieces) definition(body []ir.Stmt, head line, lines []line) []ir.Stmt {
	p.file.Broken++
	pos := ir.Pos{Start: p.offsets.original(lines[0].content), End: p.offsets.original(lines[len(lines)-1].end)}
	name := definedName(p.source[head.content:head.end], head.word)
	lowerBody := func() []ir.Stmt {
		var body []ir.Stmt
		for _, ln := range lines {
			if statements, ok := p.leftOut(ln.content); ok {
				body = append(body, statements...)
			}
		}
		return body
	}
	if head.word == "class" {
		return append(body, p.classBody(&ir.Class{Pos: pos, Name: name}, lowerBody))
	}
	f := &ir.Func{Pos: pos, Name: name, Class: p.class}
	p.file.Funcs = append(p.file.Funcs, f)
	p.within(f, func() { f.Body = lowerBody() })
	return declare(body, f)
}

// definedName returns the word behind def or class.
func definedName(text []byte, keyword string) string {
	_, rest, _ := bytes.Cut(text, []byte(keyword))
	rest = bytes.TrimSpace(rest)
	if end := bytes.IndexAny(rest, "([: \t\r\n"); end >= 0 {
		rest = rest[:end]
	}
	return string(rest)
}
