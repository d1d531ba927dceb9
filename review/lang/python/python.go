// Package python lowers Python 3 to ir, with the statements of Python 2 where
// they can be told. It is no Python compiler: it resolves no names, and it reads
// code that Python would refuse, because reviews are asked about snippets, half
// of a file, and listings that lost their indentation.
//
// Scopes are the analysis's business, and Python never declares a variable: a
// name belongs to the innermost function around it that assigns it (parameters,
// loops, with, except, imports, def and class assign too), unless Func.Globals
// has it there. A class body is a scope that its methods don't see. The targets
// of a comprehension are its own.
package python

import (
	"fmt"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// Extensions lists the file name extensions that Lower reads.
var Extensions = []string{".py", ".pyw"}

// Lower returns the program in a source file. The places of functions and classes
// begin with their decorators; NamePos is where the name is. What it can't read is counted in
// Broken; an error means that nothing could be read, as when the file is larger
// or takes longer than the parser allows.
func Lower(path string, src []byte, parse lang.Parse) (*ir.File, error) {
	l := &lowerer{
		file:  &ir.File{Path: path, Lang: ir.Python, Source: src},
		parse: parse,
	}
	if err := l.lowerFile(); err != nil {
		return nil, fmt.Errorf("lower %q: %w", path, err)
	}
	return l.file, nil
}

// A lowerer holds what is known at one place of the file that it lowers.
type lowerer struct {
	file  *ir.File
	parse lang.Parse

	offsets offsets // from what was parsed to the file
	base    uint32  // where the tree at hand begins in what was parsed
	depth   int     // of nested expressions and statements

	fn    *ir.Func  // the function around, or nil
	class *ir.Class // the class whose body this is, or nil
	// typing says that the code is there for type checkers alone.
	typing  bool
	aliases map[string]alias
	// leftOut lowers the block that begins at an offset of what was parsed, if it
	// was left out there; see skeleton. It is nil where nothing was.
	leftOut func(start uint32) ([]ir.Stmt, bool)
}

// maxDepth limits nesting. No sane program gets near it, and what reads ir may
// then recurse.
const maxDepth = 1000

// nested runs lower one level deeper and reports whether that was allowed.
func (l *lowerer) nested(lower func()) bool {
	if l.depth >= maxDepth {
		return false
	}
	l.depth++
	lower()
	l.depth--
	return true
}

// pos returns the place of n in the file.
func (l *lowerer) pos(n syntax.Node) ir.Pos {
	if n.IsZero() {
		return ir.Pos{}
	}
	return l.place(n.Start(), n.End())
}

// place returns the place in the file of offsets in the tree at hand.
func (l *lowerer) place(start, end uint32) ir.Pos {
	return ir.Pos{Start: l.offsets.original(l.base + start), End: l.offsets.original(l.base + end)}
}

// span returns the place from the start of one node to the end of another.
func (l *lowerer) span(first, last syntax.Node) ir.Pos {
	return ir.Pos{Start: l.pos(first).Start, End: l.pos(last).End}
}

// comments collects the comments of a whole tree.
func (l *lowerer) comments(tree *syntax.Tree) {
	for n := range tree.Root().Descendants() {
		if n.Kind() == "comment" {
			l.file.Comments = append(l.file.Comments, ir.Comment{Pos: l.pos(n), Text: n.Text()})
		}
	}
}

// operands returns the children of n that mean something by themselves: neither
// tokens nor comments, nor what could not be parsed, which salvage keeps.
func operands(n syntax.Node) []syntax.Node {
	var list []syntax.Node
	for c := range n.NamedChildren() {
		if isNoise(c) || c.IsError() {
			continue
		}
		list = append(list, c)
	}
	return list
}

func isNoise(n syntax.Node) bool {
	switch n.Kind() {
	case "comment", "line_continuation":
		return true
	}
	return false
}

// operand returns the i-th of n's operands, or the zero Node.
func operand(n syntax.Node, i int) syntax.Node {
	if list := operands(n); i < len(list) {
		return list[i]
	}
	return syntax.Node{}
}

// hasToken reports whether a token such as "async" is a child of n.
func hasToken(n syntax.Node, token string) bool {
	for c := range n.Children() {
		if !c.Named() && c.Kind() == token {
			return true
		}
	}
	return false
}
