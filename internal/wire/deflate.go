package wire

import (
	"bytes"
	"compress/flate"
	"sync"
)

// The window sizes of RFC 7692 section 7.1.2, as powers of two.
const (
	minWindowBits = 8
	maxWindowBits = 15
)

// Deflate holds the negotiated parameters of permessage-deflate (RFC 7692 section
// 7.1). The zero value is the extension without parameters: 32 KiB windows and
// context takeover both ways.
type Deflate struct {
	// ServerNoContextTakeover and ClientNoContextTakeover: that end compresses every
	// message by itself.
	ServerNoContextTakeover, ClientNoContextTakeover bool
	// ServerMaxWindowBits and ClientMaxWindowBits: matches of that end reach back at
	// most 2^bits bytes, 8 to 15; zero stands for 15.
	ServerMaxWindowBits, ClientMaxWindowBits uint8
}

// takeover reports whether messages of that end may refer to earlier ones.
func (d *Deflate) takeover(from Role) bool {
	if from == FromClient {
		return !d.ClientNoContextTakeover
	}
	return !d.ServerNoContextTakeover
}

// window returns how far back the matches of that end may reach, in bytes.
func (d *Deflate) window(from Role) int {
	bits := d.ServerMaxWindowBits
	if from == FromClient {
		bits = d.ClientMaxWindowBits
	}
	if bits < minWindowBits || bits > maxWindowBits {
		bits = maxWindowBits
	}
	return 1 << bits
}

// minCompressed is the shortest payload that is worth a try.
const minCompressed = 64

// AppendMessage appends a message as one frame, compressed if that makes it shorter,
// as the end from writes it under the parameters d (nil: never compressed). Control
// frames are never compressed. key is as in [AppendFrame].
//
// It compresses every message by itself, whatever was negotiated: a context costs up
// to 1.2 MiB a connection. It cannot limit its window either, and needs not: in a
// message no longer than the window no match reaches further back, and a longer one
// goes out uncompressed, as RFC 7692 section 6 leaves open for every message.
func (d *Deflate) AppendMessage(dst []byte, from Role, op Opcode, payload []byte, key *[4]byte) []byte {
	if d == nil || op.IsControl() || len(payload) < minCompressed || !d.fits(from, len(payload)) {
		return AppendMessage(dst, op, payload, key)
	}
	p := newBuffer(len(payload))
	defer p.free()
	p.b = AppendCompressed(p.b, payload)
	if len(p.b) >= len(payload) {
		return AppendMessage(dst, op, payload, key)
	}
	return appendFrame(dst, Header{Fin: true, RSV1: true, Opcode: op}, p.b, key)
}

// fits reports whether a payload of n bytes can be compressed within the window.
func (d *Deflate) fits(from Role, n int) bool {
	w := d.window(from)
	return w == 1<<maxWindowBits || n <= w
}

// compressor is a flate.Writer and what it writes to.
type compressor struct {
	w   *flate.Writer
	out []byte
}

// Write appends to the output; it never fails.
func (c *compressor) Write(b []byte) (int, error) {
	c.out = append(c.out, b...)
	return len(b), nil
}

var compressors = sync.Pool{New: func() any {
	c := new(compressor)
	// The fastest level: what a gateway compresses is short, and nobody else's time.
	c.w, _ = flate.NewWriter(c, flate.BestSpeed) // fails for unknown levels only
	return c
}}

// AppendCompressed appends the payload of a message, compressed by itself (RFC 7692
// section 7.2.1), to dst. It belongs into frames of which the first has RSV1 set, and
// its matches may reach back 32 KiB.
func AppendCompressed(dst, payload []byte) []byte {
	c := compressors.Get().(*compressor)
	c.out = dst
	c.w.Reset(c)
	c.w.Write(payload) // writing to a compressor cannot fail
	c.w.Flush()
	dst = bytes.TrimSuffix(c.out, messageTail)
	c.out = nil
	compressors.Put(c)
	return dst
}
