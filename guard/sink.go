package guard

import "github.com/wswarden/wswarden/internal/wire"

// relay passes frames to the other socket as they came, still masked. All that
// passed in one read leaves in one write: adjacent units are one run of bytes. Where
// a message was changed, it and what passes behind it are copied together.
type relay struct {
	to  *end
	run []byte
	out joint
}

var _ sink = (*relay)(nil)

func (r *relay) pass(u wire.Unit, held bool) error {
	switch {
	case u.Raw == nil || r.out.open():
		return r.join(u)
	case adjacent(r.run, u.Raw) && !held:
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

// join copies what is to be sent next.
func (r *relay) join(u wire.Unit) error {
	r.out.begin()
	r.out.b = append(r.out.b, r.run...)
	r.run = nil
	if u.Raw != nil {
		r.out.b = append(r.out.b, u.Raw...)
	} else {
		r.out.b = wire.AppendMessage(r.out.b, u.Opcode, u.Payload, r.to.mask())
	}
	return r.out.sendFull(r.to)
}

func (r *relay) flush() error {
	if r.out.open() {
		return r.out.send(r.to)
	}
	if len(r.run) == 0 {
		return nil
	}
	run := r.run
	r.run = nil
	return r.to.out.send(run)
}

// joint is frames that leave in one write. It has a buffer only while there is
// data, as an intake has.
type joint struct {
	b   []byte // starts in buf
	buf *[readBuffer]byte
}

func (j *joint) open() bool { return j.buf != nil }

func (j *joint) begin() {
	if j.buf == nil {
		j.buf = readBuffers.Get().(*[readBuffer]byte)
		j.b = j.buf[:0]
	}
}

// sendFull sends what there is if it is much: what came in one read may have become
// long.
func (j *joint) sendFull(to *end) error {
	if len(j.b) < readBuffer {
		return nil
	}
	return j.send(to)
}

func (j *joint) send(to *end) error {
	if j.buf == nil {
		return nil
	}
	err := to.out.send(j.b)
	readBuffers.Put(j.buf)
	*j = joint{}
	return err
}

// adjacent reports whether b begins where a ends, in the same array.
func adjacent(a, b []byte) bool {
	return len(a) > 0 && len(b) > 0 && cap(a) > len(a) && &a[:len(a)+1][len(a)] == &b[0]
}

// reframe passes messages to a side that negotiated other extensions than the
// side they came from: their payload is framed anew.
type reframe struct {
	to      *end
	role    wire.Role     // of the guard's frames on that side
	deflate *wire.Deflate // nil: uncompressed
	out     joint
}

var _ sink = (*reframe)(nil)

// compressFrom is the size under which compressing costs more than it saves.
const compressFrom = 512

func (r *reframe) pass(u wire.Unit, _ bool) error {
	r.out.begin()
	if r.deflate != nil && !u.Opcode.IsControl() && len(u.Payload) >= compressFrom {
		r.out.b = r.deflate.AppendMessage(r.out.b, r.role, u.Opcode, u.Payload, r.to.mask())
	} else {
		r.out.b = wire.AppendMessage(r.out.b, u.Opcode, u.Payload, r.to.mask())
	}
	return r.out.sendFull(r.to)
}

func (r *reframe) flush() error { return r.out.send(r.to) }

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
