package golang

import (
	"cmp"
	"iter"
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// maxDepth limits how deeply statements, expressions and types may nest. What
// is deeper is Unknown.
const maxDepth = 2000

// A lowerer lowers one file.
type lowerer struct {
	file     *ir.File
	root     syntax.Node
	inserted insertions
	types    map[string]syntax.Node // declared in this file: what each stands for, or no node for a type parameter
	generics map[string]bool        // functions and types of this file that have type parameters
	packages map[string]bool        // local names of imports
	operands map[int]*ir.Type       // those of types of composite literals, by node
	used     map[string]bool        // names in front of a dot; nil until needed
	iota     int                    // its value in the constant at hand, or noIota
	depth    int
}

const noIota = -1

func newLowerer(f *ir.File, tree *syntax.Tree, inserted insertions) *lowerer {
	return &lowerer{
		file:     f,
		root:     tree.Root(),
		inserted: inserted,
		types:    map[string]syntax.Node{},
		generics: map[string]bool{},
		packages: map[string]bool{},
		operands: map[int]*ir.Type{},
		iota:     noIota,
	}
}

func (l *lowerer) lower() {
	l.survey()
	l.file.Body = l.statements(nil, l.root)
	slices.SortStableFunc(l.file.Funcs, func(a, b *ir.Func) int { return cmp.Compare(a.Pos.Start, b.Pos.Start) })
	slices.SortStableFunc(l.file.Classes, func(a, b *ir.Class) int { return cmp.Compare(a.Pos.Start, b.Pos.Start) })
}

// survey collects what is to be known before anything is lowered: comments, and
// the types and generic functions of the file.
func (l *lowerer) survey() {
	for n := range l.root.Descendants() {
		switch n.Kind() {
		case "comment":
			l.file.Comments = append(l.file.Comments, ir.Comment{Pos: l.pos(n), Text: l.text(n)})
		case "type_spec", "type_alias":
			l.declareType(field(n, "name"), field(n, "type"))
			l.declareGeneric(n)
		case "type_parameter_declaration":
			for name := range fields(n, "name") {
				l.declareType(name, syntax.Node{})
			}
		case "function_declaration":
			l.declareGeneric(n)
		}
	}
}

func (l *lowerer) declareType(name, typ syntax.Node) {
	if _, known := l.types[name.Text()]; !known {
		l.types[name.Text()] = typ
	}
}

func (l *lowerer) declareGeneric(n syntax.Node) {
	if !field(n, "type_parameters").IsZero() {
		l.generics[field(n, "name").Text()] = true
	}
}

// enter reports whether the lowering may go one level deeper; if so, leave ends it.
func (l *lowerer) enter() bool {
	if l.depth >= maxDepth {
		return false
	}
	l.depth++
	return true
}

func (l *lowerer) leave() { l.depth-- }

// pos returns the place of n in the file as it was before it was mended.
func (l *lowerer) pos(n syntax.Node) ir.Pos {
	return ir.Pos{Start: l.inserted.original(n.Start()), End: l.inserted.original(n.End())}
}

// text returns what n says in the file as it was before it was mended.
func (l *lowerer) text(n syntax.Node) string { return l.file.Text(l.pos(n)) }

// span returns the place from the start of one node to the end of another.
func (l *lowerer) span(from, to syntax.Node) ir.Pos {
	return ir.Pos{Start: l.inserted.original(from.Start()), End: l.inserted.original(to.End())}
}

// parts goes through the children that are more than tokens and comments.
func parts(n syntax.Node) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) {
		for c := n.FirstChild(); !c.IsZero(); c = c.NextSibling() {
			if isPart(c) && !yield(c) {
				return
			}
		}
	}
}

func isPart(n syntax.Node) bool { return n.Named() && n.Kind() != "comment" }

// part returns the first of the parts, or no node.
func part(n syntax.Node) syntax.Node {
	for c := range parts(n) {
		return c
	}
	return syntax.Node{}
}

// fields goes through the parts that are the field of that name, without the
// separators that the grammar puts among them.
func fields(n syntax.Node, name string) iter.Seq[syntax.Node] {
	return func(yield func(syntax.Node) bool) {
		for c := range n.ChildrenByField(name) {
			if isPart(c) && !yield(c) {
				return
			}
		}
	}
}

// field returns the first part that is the field of that name, or no node.
func field(n syntax.Node, name string) syntax.Node {
	for c := range fields(n, name) {
		return c
	}
	return syntax.Node{}
}

// findToken returns the first child that is the given token, or no node.
func findToken(n syntax.Node, kind string) syntax.Node {
	for c := range n.Children() {
		if !c.Named() && c.Kind() == kind {
			return c
		}
	}
	return syntax.Node{}
}
