package js

import (
	"cmp"
	"iter"
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// maxDepth caps the recursion of a lowering, and so the depth of what it makes.
// Deeper code becomes Unknown.
const maxDepth = 2000

// A lowerer turns one tree into ir. A file that holds several pieces of code has
// a lowerer for each, and they all fill the same ir.File.
type lowerer struct {
	file *ir.File
	// base is where in the file the parsed source starts. It is negative where
	// something was put in front of it.
	base  int
	depth int
	// namespaces counts the namespaces around: exports in one aren't the file's.
	namespaces int
	// loose holds what was found in broken places of the current statement.
	loose []ir.Stmt
}

// pos returns the place of n in the file.
func (l *lowerer) pos(n syntax.Node) ir.Pos {
	return ir.Pos{Start: l.offset(n.Start()), End: l.offset(n.End())}
}

func (l *lowerer) offset(o uint32) uint32 {
	return uint32(min(max(int(o)+l.base, 0), len(l.file.Source)))
}

// program lowers a whole tree to statements, and counts its broken places.
func (l *lowerer) program(tree *syntax.Tree) []ir.Stmt {
	l.file.Broken += tree.Errors
	l.comments(tree)
	root := tree.Root()
	if root.IsError() {
		return l.broken(nil, root)
	}
	return l.block(root)
}

func (l *lowerer) comments(tree *syntax.Tree) {
	for n := range tree.Root().Descendants() {
		if !n.Extra() {
			continue
		}
		if kind := n.Kind(); kind == "comment" || kind == "html_comment" {
			l.file.Comments = append(l.file.Comments, ir.Comment{Pos: l.pos(n), Text: n.Text()})
		}
	}
}

// sortFile puts what several pieces of code have added into the order of the
// source, and what is around before what is inside.
func sortFile(f *ir.File) {
	slices.SortStableFunc(f.Funcs, func(a, b *ir.Func) int { return inOrder(a.Pos, b.Pos) })
	slices.SortStableFunc(f.Classes, func(a, b *ir.Class) int { return inOrder(a.Pos, b.Pos) })
	slices.SortStableFunc(f.Comments, func(a, b ir.Comment) int { return inOrder(a.Pos, b.Pos) })
}

func inOrder(a, b ir.Pos) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// field returns the first child in a field that is no token, or the zero Node.
func field(n syntax.Node, name string) syntax.Node {
	for c := range n.ChildrenByField(name) {
		if c.Named() && !c.Extra() {
			return c
		}
	}
	return syntax.Node{}
}

// only returns the first child that is code, or the zero Node.
func only(n syntax.Node) syntax.Node {
	for c := range code(n) {
		return c
	}
	return syntax.Node{}
}

// code goes through the children of n that are neither tokens nor comments nor broken.
func code(n syntax.Node) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) {
		for c := range n.NamedChildren() {
			if !c.Extra() && !c.IsError() && !yield(c) {
				return
			}
		}
	}
}

// token reports whether n has the token as a child.
func token(n syntax.Node, text string) bool {
	for c := range n.Children() {
		if !c.Named() && c.Kind() == text && !c.Missing() {
			return true
		}
	}
	return false
}

// child returns the first child of a kind, or the zero Node.
func child(n syntax.Node, kind string) syntax.Node {
	for c := range n.Children() {
		if c.Kind() == kind {
			return c
		}
	}
	return syntax.Node{}
}
