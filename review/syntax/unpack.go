package syntax

import "encoding/binary"

// Where things are in what the module's parse returns, and in one of its nodes;
// build/shim.c has the structs. All numbers are little endian.
const (
	resultNodes     = 0 // address
	resultCount     = 4
	resultTruncated = 8

	nodeStart  = 0
	nodeEnd    = 4
	nodeDepth  = 8 // 24 bits
	nodeFlags  = 11
	nodeSymbol = 12
	nodeField  = 14
	nodeSize   = 16

	maxDepth = 1<<24 - 1
)

// A flatTree is what the module makes of a source.
type flatTree struct {
	nodes     []record
	errors    int
	truncated Truncation
}

// unpack turns the depths of nodes into parents and sizes. Whatever is packed,
// what it returns without an error is one tree, and within the source.
func unpack(packed []byte, sourceSize uint32) (flatTree, error) {
	count := len(packed) / nodeSize
	if count == 0 {
		return flatTree{}, errMalformed
	}
	t := flatTree{nodes: make([]record, count)}
	var path []uint32 // the node at hand and its ancestors
	for i := range t.nodes {
		packed := packed[i*nodeSize:][:nodeSize]
		r := record{
			start:  binary.LittleEndian.Uint32(packed[nodeStart:]),
			end:    binary.LittleEndian.Uint32(packed[nodeEnd:]),
			symbol: binary.LittleEndian.Uint16(packed[nodeSymbol:]),
			field:  packed[nodeField],
			flags:  packed[nodeFlags],
		}
		depth := int(binary.LittleEndian.Uint32(packed[nodeDepth:]) & maxDepth)
		if depth > len(path) || (depth == 0) != (i == 0) || r.start > r.end || r.end > sourceSize {
			return flatTree{}, errMalformed
		}
		t.close(path[depth:], i)
		path = path[:depth]
		if depth > 0 {
			r.parent = path[depth-1]
		}
		path = append(path, uint32(i))
		t.nodes[i] = r
		if r.flags&(flagMissing|flagError) != 0 {
			t.errors++
		}
	}
	t.close(path, count)
	return t, nil
}

// close sets the sizes of nodes that have nothing below them from end on.
func (t *flatTree) close(nodes []uint32, end int) {
	for _, n := range nodes {
		t.nodes[n].size = uint32(end) - n
	}
}
