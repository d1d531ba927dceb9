package syntax

import "iter"

// A Node is a place in a tree. It is small and passed by value. The zero Node is
// no node: it has no kind, no text and no children, and every step from it leads
// to the zero Node again, so that chains of steps need one check at their end.
type Node struct {
	tree  *Tree
	index uint32
}

func (n Node) record() *record { return &n.tree.nodes[n.index] }

// IsZero reports whether n is no node.
func (n Node) IsZero() bool { return n.tree == nil }

// Tree returns the tree that n is part of.
func (n Node) Tree() *Tree { return n.tree }

// Index returns n's place in the preorder of its tree; the root's is 0.
func (n Node) Index() int { return int(n.index) }

// Kind returns the grammar's name of what n is, such as "call_expression", or
// the token itself, such as "(". It is "ERROR" for what can't be parsed.
func (n Node) Kind() string {
	if n.tree == nil {
		return ""
	}
	return n.tree.grammar.kind(n.record().symbol)
}

// KindID returns the number of n's kind in its language. A name that is both
// a kind and a token, such as "import", has a number for each.
func (n Node) KindID() uint16 {
	if n.tree == nil {
		return 0
	}
	return n.record().symbol
}

// Field returns the name of the field that n is in its parent, or "".
func (n Node) Field() string {
	if n.tree == nil {
		return ""
	}
	return n.tree.grammar.field(n.record().field)
}

// Named reports whether n is more than a token such as "(" or "if".
func (n Node) Named() bool { return n.tree != nil && n.tree.grammar.isNamed(n.record().symbol) }

// Missing reports whether the parser invented n to recover from an error.
func (n Node) Missing() bool { return n.has(flagMissing) }

// IsError reports whether n spans what can't be parsed.
func (n Node) IsError() bool { return n.has(flagError) }

// HasError reports whether n is or contains an ERROR or missing node.
func (n Node) HasError() bool { return n.has(flagHasError) }

// Extra reports whether n can be anywhere in the source, as a comment can.
func (n Node) Extra() bool { return n.has(flagExtra) }

func (n Node) has(flag uint8) bool { return n.tree != nil && n.record().flags&flag != 0 }

// Start returns the offset of n's first byte.
func (n Node) Start() uint32 {
	if n.tree == nil {
		return 0
	}
	return n.record().start
}

// End returns the offset behind n's last byte.
func (n Node) End() uint32 {
	if n.tree == nil {
		return 0
	}
	return n.record().end
}

// Bytes returns the source of n. It must not be changed.
func (n Node) Bytes() []byte {
	if n.tree == nil {
		return nil
	}
	r := n.record()
	return n.tree.Source[r.start:r.end:r.end]
}

// Text returns a copy of the source of n.
func (n Node) Text() string { return string(n.Bytes()) }

// Parent returns the node that n is a child of.
func (n Node) Parent() Node {
	if n.index == 0 {
		return Node{}
	}
	return Node{n.tree, n.record().parent}
}

// FirstChild returns the first child of n.
func (n Node) FirstChild() Node {
	if n.tree == nil || n.record().size == 1 {
		return Node{}
	}
	return Node{n.tree, n.index + 1}
}

// NextSibling returns the child of n's parent that follows n.
func (n Node) NextSibling() Node {
	if n.index == 0 {
		return Node{}
	}
	r := n.record()
	parent := &n.tree.nodes[r.parent]
	next := n.index + r.size
	if next == r.parent+parent.size {
		return Node{}
	}
	return Node{n.tree, next}
}

// Children goes through the children of n.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := n.FirstChild(); !c.IsZero(); c = c.NextSibling() {
			if !yield(c) {
				return
			}
		}
	}
}

// NamedChildren goes through the children of n that are Named. Comments are
// among them.
func (n Node) NamedChildren() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := range n.Children() {
			if c.Named() && !yield(c) {
				return
			}
		}
	}
}

// NumChildren counts the children of n.
func (n Node) NumChildren() int {
	count := 0
	for range n.Children() {
		count++
	}
	return count
}

// NumNamedChildren counts the children of n that are Named.
func (n Node) NumNamedChildren() int {
	count := 0
	for range n.NamedChildren() {
		count++
	}
	return count
}

// NamedChild returns the i-th child that is Named, counted from 0, or the zero
// Node.
func (n Node) NamedChild(i int) Node {
	for c := range n.NamedChildren() {
		if i == 0 {
			return c
		}
		i--
	}
	return Node{}
}

// ChildByField returns the first child that is the field of that name, or the
// zero Node.
func (n Node) ChildByField(name string) Node {
	for c := range n.ChildrenByField(name) {
		return c
	}
	return Node{}
}

// ChildrenByField goes through the children that are the field of that name.
// Separators can be among them.
func (n Node) ChildrenByField(name string) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if name == "" {
			return
		}
		for c := range n.Children() {
			if c.Field() == name && !yield(c) {
				return
			}
		}
	}
}

// Descendants goes through n and all nodes below it in preorder.
func (n Node) Descendants() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.tree == nil {
			return
		}
		for i := n.index; i < n.index+n.record().size; i++ {
			if !yield(Node{n.tree, i}) {
				return
			}
		}
	}
}
