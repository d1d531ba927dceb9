package syntax

import (
	"bytes"
	"slices"
	"sync"
)

// A Tree is the syntax tree of one source: all its nodes in one array, in
// preorder. It is immutable and safe for concurrent use.
type Tree struct {
	Language Language
	// Source is what was parsed. It must not be changed as long as the tree is used.
	Source []byte
	// Errors is the number of ERROR and missing nodes in the tree.
	Errors int
	// Truncated says which limits left nodes out of the tree.
	Truncated Truncation

	grammar *grammar
	nodes   []record
	lines   struct {
		once   sync.Once
		starts []uint32
	}
}

// Truncation is a set of limits that were hit; zero means that the tree is whole.
type Truncation uint8

// The limits that shorten a tree.
const (
	TooManyNodes Truncation = 1 << iota // Options.MaxNodes
	TooDeep                             // Options.MaxDepth
)

// String names the limits that were hit, or is empty.
func (t Truncation) String() string {
	return [...]string{"", "too many nodes", "too deep", "too many nodes, too deep"}[t&(TooManyNodes|TooDeep)]
}

// A record is one node. The records of what is below it follow it.
type record struct {
	start, end uint32
	parent     uint32 // index; the root's is its own
	size       uint32 // how many nodes it and what is below it are
	symbol     uint16
	field      uint8
	flags      uint8
}

// The flags of a record, as the module sets them.
const (
	flagMissing = 1 << iota
	flagError
	flagHasError
	flagExtra
)

// Root returns the node that all others are below.
func (t *Tree) Root() Node { return Node{t, 0} }

// Len returns the number of nodes.
func (t *Tree) Len() int { return len(t.nodes) }

// At returns the node that has the index i. It panics if there is none.
func (t *Tree) At(i int) Node {
	_ = t.nodes[i]
	return Node{t, uint32(i)}
}

// Position returns the line of a byte offset and its column in bytes, both
// counted from 1. An offset behind the source is taken for its end.
func (t *Tree) Position(offset uint32) (line, column int) {
	t.lines.once.Do(func() { t.lines.starts = lineStarts(t.Source) })
	offset = min(offset, uint32(len(t.Source)))
	i, found := slices.BinarySearch(t.lines.starts, offset)
	if !found {
		i--
	}
	return i + 1, int(offset-t.lines.starts[i]) + 1
}

func lineStarts(source []byte) []uint32 {
	starts := make([]uint32, 1, bytes.Count(source, []byte{'\n'})+1)
	for i, b := range source {
		if b == '\n' {
			starts = append(starts, uint32(i)+1)
		}
	}
	return starts
}
