package jsonscan

import (
	"hash/maphash"
	"slices"
)

// Doc is the index of one document: where each of its values lies, what kind it
// is, what its name is. [Scanner.Scan] fills it. It refers to the scanned bytes,
// which must stay unchanged as long as the Doc or a [Value] of it is used.
//
// The zero Doc is ready. A Doc keeps its memory for the next document, so that
// scanning allocates nothing once it has grown; its owner pools it, and calls
// [Doc.Release] before. It is not safe for concurrent use, not even for reading:
// views and checks use its scratch memory.
type Doc struct {
	src     []byte
	nodes   []node
	bad     Violation
	members int // in all objects so far
	count   int // nodes so far; during a scan, nodes is as long as it may become without a look at limits and memory
	lim     *Limits

	names keyset // of objects too large to be searched
	text  []byte // scratch: what strings with escape sequences stand for
	work  scratch
}

// node is one value, and the name it has if its container is an object. Nodes
// are in the order of the document, so that a container is followed by all that
// is in it.
type node struct {
	sig   uint64 // first bytes of the name, see signature
	key   uint32 // offset of the name as written, without its quote
	klen  uint32 // length of the name as written
	start uint32 // offset of the value's first byte
	end   uint32 // offset behind the value's last byte
	next  uint32 // index of the node behind this value and all that is in it
	info  uint32 // kind in the low bits, flags, and the number of children
}

const (
	kindMask   = 7
	countShift = 8

	// Flags of strings, of numbers, of booleans, and of the names of members.
	flagEscaped    = 1 << 3 // has escape sequences
	flagWide       = 1 << 4 // has bytes that are not ASCII
	flagInteger    = 1 << 3 // has neither a fraction nor an exponent
	flagExponent   = 1 << 4
	flagTrue       = 1 << 3
	flagKeyEscaped = 1 << 5
	flagKeyOdd     = 1 << 6 // is not plain ASCII as it is written
)

func (n *node) kind() Kind { return Kind(n.info & kindMask) }
func (n *node) count() int { return int(n.info >> countShift) }

// Kind is the type of a value.
type Kind uint8

// The kinds of values. Missing is that of a [Value] that was not found.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String returns the name that JSON Schema gives to k.
func (k Kind) String() string {
	return [...]string{"missing", "null", "boolean", "number", "string", "array", "object", "missing"}[k&kindMask]
}

// hashSeed keeps a peer from choosing names or values whose hashes collide.
var hashSeed = maphash.MakeSeed()

// Source returns the bytes that were scanned.
func (d *Doc) Source() []byte { return d.src }

// Root returns the document's value; it is missing before a successful scan.
func (d *Doc) Root() Value {
	if len(d.nodes) == 0 {
		return Value{}
	}
	return Value{d, 0}
}

// Release forgets the document and gives up memory beyond what most messages
// need, so that a pool of Docs does not keep what one large message took.
func (d *Doc) Release() {
	const keptNodes, keptBytes = 8192, 64 << 10
	d.src = nil
	d.nodes = d.nodes[:0]
	if cap(d.nodes) > keptNodes {
		d.nodes = nil
	}
	if cap(d.text) > keptBytes {
		d.text = nil
	}
	d.names.release(2 * keptNodes)
	d.work.release(keptNodes)
}

// begin makes d ready for src.
func (d *Doc) begin(src []byte, lim *Limits) {
	d.src, d.lim = src, lim
	d.nodes, d.count = d.nodes[:min(cap(d.nodes), lim.Values)], 0
	d.text = d.text[:0]
	d.bad = Violation{}
	d.members = 0
	d.names.reset()
}

// full reports whether there is no room for another node; then grow makes some.
func (d *Doc) full() bool { return d.count >= len(d.nodes) }

// grow makes room for more nodes, and reports false if there may be no more.
//
//go:noinline
func (d *Doc) grow() bool {
	if d.count >= d.lim.Values {
		return false
	}
	d.nodes = slices.Grow(d.nodes, max(16, d.count))
	d.nodes = d.nodes[:min(cap(d.nodes), d.lim.Values)]
	return true
}

// child makes a node where there is room. What leaf and name do not set is
// cleared.
func (d *Doc) child() *node {
	n := &d.nodes[d.count]
	n.info, n.klen = 0, 0
	d.count++
	return n
}

// end leaves d with the nodes that were made, or with none if something is wrong.
func (d *Doc) end() Violation {
	if !d.bad.OK() {
		d.count = 0
	}
	d.nodes = d.nodes[:d.count]
	return d.bad
}

// refuse notes what is wrong at offset i, and returns the offset that stands for
// failure.
//
//go:noinline
func (d *Doc) refuse(c Code, i int) int {
	d.bad = Violation{Code: c, Offset: i}
	return -1
}

// unexpected refuses the byte at offset i, or the end of the document there.
//
//go:noinline
func (d *Doc) unexpected(i int) int {
	if i >= len(d.src) {
		return d.refuse(SyntaxUnexpectedEnd, len(d.src))
	}
	return d.refuse(SyntaxUnexpectedByte, i)
}
