package guard

import "github.com/wswarden/wswarden/internal/wire"

// relay passes frames to the other socket as they came, still masked. All that
// passed in one read leaves in one write: adjacent units are one run of bytes.
type relay struct {
	to  *end
	run []byte
}

var _ sink = (*relay)(nil)

func (r *relay) pass(u wire.Unit, held bool) error {
	if adjacent(r.run, u.Raw) && !held {
		r.run = r.run[:len(r.run)+len(u.Raw)]
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	if held {
		return r.to.out.send(u.Raw)
	}
	r.run = u.Raw
	return nil
}

func (r *relay) flush() error {
	if len(r.run) == 0 {
		return nil
	}
	run := r.run
	r.run = nil
	return r.to.out.send(run)
}

// adjacent reports whether b begins where a ends, in the same array.
func adjacent(a, b []byte) bool {
	return len(a) > 0 && len(b) > 0 && cap(a) > len(a) && &a[:len(a)+1][len(a)] == &b[0]
}

// reframe passes messages to a side that negotiated other extensions than the
// side they came from: their payload is framed anew.
type reframe struct {
	to      *end
	role    wire.Role         // of the guard's frames on that side
	deflate *wire.Deflate     // nil: uncompressed
	out     []byte            // starts in buf
	buf     *[readBuffer]byte // held only while there is data, as an intake's
}

var _ sink = (*reframe)(nil)

// compressFrom is the size under which compressing costs more than it saves.
const compressFrom = 512

func (r *reframe) pass(u wire.Unit, _ bool) error {
	if r.buf == nil {
		r.buf = readBuffers.Get().(*[readBuffer]byte)
		r.out = r.buf[:0]
	}
	if r.deflate != nil && !u.Opcode.IsControl() && len(u.Payload) >= compressFrom {
		r.out = r.deflate.AppendMessage(r.out, r.role, u.Opcode, u.Payload, r.to.mask())
	} else {
		r.out = wire.AppendMessage(r.out, u.Opcode, u.Payload, r.to.mask())
	}
	if len(r.out) >= readBuffer { // what came compressed in one read may be long
		return r.flush()
	}
	return nil
}

func (r *reframe) flush() error {
	if r.buf == nil {
		return nil
	}
	err := r.to.out.send(r.out)
	readBuffers.Put(r.buf)
	r.out, r.buf = nil, nil
	return err
}

// deliver passes messages to a handler in the same process, and answers
// control frames itself.
type deliver struct{ s *Session }

var _ sink = deliver{}

func (d deliver) pass(u wire.Unit, _ bool) error {
	if d.s.ctx.Err() != nil {
		return ErrSessionEnded // the rest of what came in one read
	}
	switch u.Opcode {
	case wire.Ping:
		d.s.c.client.out.offer(wire.AppendMessage(nil, wire.Pong, u.Payload, nil))
		return nil
	case wire.Pong:
		return nil
	}
	return d.s.deliver(Message{Binary: u.Opcode == wire.Binary, Data: u.Payload})
}

func (deliver) flush() error { return nil }
