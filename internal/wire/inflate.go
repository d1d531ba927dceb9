package wire

import "sync"

// inflater undoes DEFLATE (RFC 1951) for data that arrives in pieces of any size.
//
// compress/flate cannot do this: it pulls from a reader, and an input that ends in
// the middle is an error to it, so that a message would have to be collected before
// its first byte is inflated, and judged only then. This one takes what is there,
// gives out every byte that it determines, keeps at most eight bytes of input and
// allocates nothing. It finds earlier output in the buffer that it writes to and in
// the dictionary, so that it has no window of its own.
//
// What it takes, zlib and compress/flate read in the same way. It refuses messages on which
// inflaters disagree: cut short, empty where one byte stands for an empty message, going on
// behind a last block.
type inflater struct {
	in     []byte // what is left of the piece being written
	hold   uint64 // bits taken from it and not yet used, the next one lowest
	held   uint   // how many
	state  inflateState
	final  bool // the block is marked as the last one
	ended  bool // such a block is over
	stored int  // bytes to come of a block without compression

	litCount, distCount, clCount int // the sizes of the alphabets of a dynamic block
	have                         int // lengths read so far
	lengths                      [litSymbols + distSymbols]uint8

	lit, dist   huffman // the tables in force: the fixed ones, or those below
	litEntries  [litEntries]uint32
	distEntries [distEntries]uint32

	dict   []byte // what came before the output: the tail of earlier messages
	window int    // how far back a match may reach

	clear [1024]byte // scratch for unmasking; a multiple of four, so that the key stays in step
}

type inflateState uint8

const (
	atBlockHead inflateState = iota
	atStoredHead
	inStored
	atDynamicHead
	inCodeLengths
	inLengths
	inBlock
)

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

// newInflater returns an inflater at the start of a message.
func newInflater(dict []byte, window int) *inflater {
	z := inflaters.Get().(*inflater)
	z.reset(dict, window)
	return z
}

// reset makes z ready for a message. dict is not copied and must not change before
// the message has ended.
func (z *inflater) reset(dict []byte, window int) {
	z.in, z.hold, z.held, z.state, z.final, z.ended = nil, 0, 0, atBlockHead, false, false
	z.dict, z.window = dict, window
}

// free gives z back to its pool.
func (z *inflater) free() {
	z.in, z.dict = nil, nil
	inflaters.Put(z)
}

// messageTail is what a sender has cut off the end of a compressed message: RFC 7692
// section 7.2.2, "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the
// payload of the message."
var messageTail = []byte{0x00, 0x00, 0xFF, 0xFF}

// finish ends a message: it writes its tail and demands that the last block be over.
// A message that is cut short is refused, although inflaters that stop where the
// input stops deliver its beginning.
func (z *inflater) finish(out *buffer, limit int) *Violation {
	if v := z.write(messageTail, out, limit); v != nil {
		return v
	}
	if z.state != atBlockHead || z.held != 0 {
		return ErrInflate
	}
	return nil
}

// write inflates the next piece and appends to out, which may hold up to limit bytes
// in all. It returns ErrInflate or ErrInflatedSize, with everything that came before
// the fault in out.
func (z *inflater) write(piece []byte, out *buffer, limit int) *Violation {
	z.in = piece
	for {
		more, v := z.step(out, limit)
		if v != nil || more {
			z.in = nil
			return v
		}
	}
}

// step goes from one state to the next. more: the piece is used up.
func (z *inflater) step(out *buffer, limit int) (more bool, v *Violation) {
	switch z.state {
	case atBlockHead:
		return z.blockHead()
	case atStoredHead:
		return z.storedHead()
	case inStored:
		return z.copyStored(out, limit)
	case atDynamicHead:
		return z.dynamicHead()
	case inCodeLengths:
		return z.readCodeLengths()
	case inLengths:
		return z.readLengths()
	default:
		return z.block(out, limit)
	}
}

// need makes sure that n bits are held and reports false if the piece has too few.
func (z *inflater) need(n uint) bool {
	for z.held < n {
		if len(z.in) == 0 {
			return false
		}
		z.hold |= uint64(z.in[0]) << z.held
		z.held += 8
		z.in = z.in[1:]
	}
	return true
}

// take uses n held bits.
func (z *inflater) take(n uint) uint {
	v := uint(z.hold & (1<<n - 1))
	z.hold >>= n
	z.held -= n
	return v
}

// align drops the bits up to the next byte.
func (z *inflater) align() { z.take(z.held % 8) }

func (z *inflater) blockHead() (more bool, v *Violation) {
	if !z.need(3) {
		return true, nil
	}
	z.final = z.take(1) == 1
	kind := z.take(2)
	if z.ended && kind != 0 {
		return false, ErrInflate
	}
	switch kind {
	case 0:
		z.align()
		z.state = atStoredHead
	case 1:
		z.lit, z.dist = fixedLit, fixedDist
		z.state = inBlock
	case 2:
		z.state = atDynamicHead
	default:
		return false, ErrInflate
	}
	return false, nil
}

// endBlock goes on with the next block. RFC 7692 section 7.2.3.4 lets a message hold a
// block that is marked as the last one, and starts the next one at a byte boundary.
//
// From then on only empty blocks are taken, although section 7.2.1 lets data follow: zlib
// stops at the mark, and what is behind it would be a part of the message for this reader
// and not for the server that the message is forwarded to.
func (z *inflater) endBlock() {
	z.state = atBlockHead
	if z.final {
		z.align()
		z.ended = true
	}
}

func (z *inflater) storedHead() (more bool, v *Violation) {
	if !z.need(32) {
		return true, nil
	}
	n, inverted := z.take(16), z.take(16)
	if n != inverted^0xFFFF || z.ended && n != 0 {
		return false, ErrInflate
	}
	z.stored = int(n)
	z.state = inStored
	return false, nil
}

func (z *inflater) copyStored(out *buffer, limit int) (more bool, v *Violation) {
	for z.stored > 0 {
		if z.held == 0 && len(z.in) == 0 {
			return true, nil
		}
		if len(out.b) >= limit {
			return false, ErrInflatedSize
		}
		if z.held > 0 {
			out.append([]byte{byte(z.take(8))})
			z.stored--
			continue
		}
		n := min(z.stored, len(z.in), limit-len(out.b))
		out.append(z.in[:n])
		z.in = z.in[n:]
		z.stored -= n
	}
	z.endBlock()
	return false, nil
}
