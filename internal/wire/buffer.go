package wire

import (
	"math/bits"
	"sync"
)

// Buffers come in powers of two, each with a little room on top, so that a message
// of exactly 64 KiB and its frame header do not take the next class.
const (
	smallestClass = 9  // 512 bytes
	largestClass  = 20 // 1 MiB; longer buffers are left to the garbage collector
	classes       = largestClass - smallestClass + 1
	classSlack    = 128
	unpooled      = classes
)

// buffer is a byte slice that came from a pool and knows which one.
type buffer struct {
	b     []byte
	class uint8
}

var bufferPools [classes]sync.Pool

// classSize returns the capacity of a class.
func classSize(class int) int { return 1<<(class+smallestClass) + classSlack }

// classFor returns the smallest class with room for n bytes, or unpooled.
func classFor(n int) int {
	if n <= classSize(0) {
		return 0
	}
	return min(bits.Len(uint(n-classSlack-1))-smallestClass, unpooled)
}

// bufferTaken and bufferGiven, if set, watch buffers come and go. Tests count them, and
// overwrite what is given back, so that a use after return shows.
var (
	bufferTaken func()
	bufferGiven func([]byte)
)

// newBuffer returns an empty buffer with room for at least n bytes.
func newBuffer(n int) *buffer {
	if bufferTaken != nil {
		bufferTaken()
	}
	class := classFor(n)
	if class == unpooled {
		return &buffer{b: make([]byte, 0, n), class: unpooled}
	}
	if p, ok := bufferPools[class].Get().(*buffer); ok {
		return p
	}
	return &buffer{b: make([]byte, 0, classSize(class)), class: uint8(class)}
}

// free gives p back to its pool. Nobody may hold a slice of it any more.
func (p *buffer) free() {
	if bufferGiven != nil {
		bufferGiven(p.b[:cap(p.b)])
	}
	if p.class == unpooled {
		return
	}
	p.b = p.b[:0]
	bufferPools[p.class].Put(p)
}

// reserve makes room for n more bytes. Capacity goes up by classes, and doubles beyond
// them, so that appending stays linear whatever the size of the pieces.
func (p *buffer) reserve(n int) {
	need := len(p.b) + n
	if need <= cap(p.b) {
		return
	}
	if need > classSize(classes-1) {
		need = max(need, 2*cap(p.b))
	}
	q := newBuffer(need)
	q.b = append(q.b, p.b...)
	*p, *q = *q, *p
	q.free()
}

// extend lengthens p by n bytes and returns them, to be overwritten.
func (p *buffer) extend(n int) []byte {
	p.reserve(n)
	from := len(p.b)
	p.b = p.b[:from+n]
	return p.b[from:]
}

// append adds data to p.
func (p *buffer) append(data []byte) {
	p.reserve(len(data))
	p.b = append(p.b, data...)
}

// drop frees *p, if there is one, and forgets it.
func drop(p **buffer) {
	if *p != nil {
		(*p).free()
		*p = nil
	}
}

// hold returns *p, getting a buffer for n bytes first if there is none.
func hold(p **buffer, n int) *buffer {
	if *p == nil {
		*p = newBuffer(n)
	}
	return *p
}
