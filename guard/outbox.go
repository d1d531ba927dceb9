package guard

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// outbox writes to one socket for any number of goroutines. What the socket
// does not take at once waits in a queue of at most limit bytes; beyond it
// senders wait, which is the back-pressure on the other side. There is no
// goroutine and no queue while the reader keeps up.
type outbox struct {
	nc       net.Conn
	raw      syscall.RawConn // nil where a write may block
	attempt  func(fd uintptr) bool
	limit    int
	patience time.Duration
	broken   func(error) // called once, without mu
	nowait   bool        // senders don't wait: they look at full before they read more

	due   time.Time // when the reader is judged, zero while it keeps up; belongs to whoever set busy
	since int       // what it has taken in this time

	try  []byte // what attempt writes; belongs to whoever set busy
	took int
	fail error

	mu      sync.Mutex
	wake    sync.Cond // on mu: the queue shrank, or the end
	busy    bool      // somebody writes to nc; guarded by mu
	queue   []byte    // what waits; guarded by mu
	flying  int       // bytes of an earlier queue being written; guarded by mu
	waiting int       // senders that wait for room; guarded by mu
	sealed  bool      // nothing more is accepted; guarded by mu
	last    time.Time // when a peer that was hurried is given up, zero before; guarded by mu
	failed  bool      // some of what was accepted was not written; guarded by mu
	room    func()    // called once there is room, without mu; nil while nobody asks; guarded by mu
}

// errSlowReader says that a peer took less than a queue in the time it had.
var errSlowReader = errors.New("the reader is too slow")

// errSealed says that a Close frame has been sent, or the socket has failed.
var errSealed = errors.New("nothing more is sent")

// closePatience bounds the end of a connection whose peer does not co-operate.
const closePatience = time.Second

func (o *outbox) init(nc net.Conn, limit int, patience time.Duration, broken func(error)) {
	o.nc, o.raw, o.limit, o.patience, o.broken = nc, rawConn(nc), limit, patience, broken
	o.attempt = o.tryWrite
	o.wake.L = &o.mu
}

// send writes b, which holds whole frames. It waits while the queue is full.
// b is the caller's again afterwards.
func (o *outbox) send(b []byte) error {
	o.mu.Lock()
	for o.busy && !o.sealed && !o.nowait && len(o.queue)+o.flying+len(b) > o.limit {
		o.waiting++
		o.wake.Wait()
		o.waiting--
	}
	if o.sealed {
		o.mu.Unlock()
		return errSealed
	}
	return o.write(b, !o.nowait)
}

// full reports whether no more should be read for this socket.
func (o *outbox) full() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.busy && len(o.queue)+o.flying >= o.limit
}

// whenRoom calls f once there is room, and reports whether it will: it does
// not if there is room now, or the socket has failed.
func (o *outbox) whenRoom(f func()) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.busy || len(o.queue)+o.flying < o.limit {
		return false
	}
	o.room = f
	return true
}

// offer writes b if there is room, and reports whether it did. It never waits.
func (o *outbox) offer(b []byte) bool {
	o.mu.Lock()
	if o.sealed || o.busy && len(o.queue)+o.flying+len(b) > o.limit {
		o.mu.Unlock()
		return false
	}
	return o.write(b, false) == nil
}

// push writes b whether or not there is room. It never waits. It is for the few
// small frames of the guard's own that must go out.
func (o *outbox) push(b []byte) {
	o.mu.Lock()
	if o.sealed {
		o.mu.Unlock()
		return
	}
	o.write(b, false)
}

// seal writes the last frame, if there is one, whether or not there is room,
// and accepts nothing behind it. It never waits.
func (o *outbox) seal(last []byte) {
	o.mu.Lock()
	first := !o.sealed
	o.sealed = true
	o.wake.Broadcast()
	if !first || len(last) == 0 {
		o.mu.Unlock()
		return
	}
	o.write(last, false)
}

// hurry gives the peer closePatience to take a part of what is left, and
// closeTimeout for all of it.
func (o *outbox) hurry() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = time.Now().Add(closeTimeout)
	if o.busy {
		o.nc.SetWriteDeadline(time.Now().Add(closePatience))
	}
}

// write queues b behind what is being written, or writes it. It waits for the
// socket only if wait allows it. o.mu is held on entry and released.
func (o *outbox) write(b []byte, wait bool) error {
	if o.busy {
		o.queue = append(o.queue, b...)
		o.mu.Unlock()
		return nil
	}
	o.busy = true
	if !wait && o.raw == nil {
		o.queue = append(o.queue, b...)
		o.mu.Unlock()
		go o.flush()
		return nil
	}
	o.mu.Unlock()
	returned := false
	defer func() {
		if !returned { // a panic, which is its owner's to recover
			o.abandon(errSealed)
		}
	}()

	n, err := o.writeSome(b)
	if rest := b[n:]; err == nil && wait && len(rest) > o.limit {
		err = o.writeAll(rest)
	} else if err == nil && len(rest) > 0 {
		o.mu.Lock()
		o.queue = append(append(make([]byte, 0, len(rest)+len(o.queue)), rest...), o.queue...)
		o.mu.Unlock()
	}
	returned = true
	if err != nil {
		o.abandon(err)
		return err
	}
	o.rest()
	return nil
}

// rest ends a turn of writing: what has been queued meanwhile is left to a
// goroutine that lives until the queue is empty.
func (o *outbox) rest() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) > 0 {
		go o.flush()
		return
	}
	o.busy, o.due = false, time.Time{}
	o.wake.Broadcast()
}

// flush empties the queue. It ends with the socket at the latest, whose writes
// have a deadline.
func (o *outbox) flush() {
	defer func() {
		if v := recover(); v != nil {
			o.abandon(panicError{v})
		}
	}()
	for {
		o.mu.Lock()
		chunk := o.queue
		o.queue, o.flying = nil, len(chunk)
		if len(chunk) == 0 {
			o.busy, o.due = false, time.Time{}
		}
		o.wake.Broadcast()
		room := o.room
		if len(chunk) < o.limit {
			o.room = nil
		} else {
			room = nil
		}
		o.mu.Unlock()
		if room != nil {
			room()
		}
		if len(chunk) == 0 {
			return
		}
		if err := o.writeAll(chunk); err != nil {
			o.abandon(err)
			return
		}
	}
}

// writeSome writes what the socket takes without waiting; all of it where that
// can't be known.
func (o *outbox) writeSome(b []byte) (int, error) {
	if o.raw == nil {
		return len(b), o.writeAll(b)
	}
	o.try, o.took, o.fail = b, 0, nil
	err := o.raw.Write(o.attempt)
	o.try = nil
	if err == nil {
		err = o.fail
	}
	return o.took, err
}

func (o *outbox) tryWrite(fd uintptr) bool {
	n, again, err := writeNow(fd, o.try)
	o.took = n
	if !again {
		o.fail = err
	}
	return true
}

// writeAll waits for the socket. Under TLS a write that was cut short can't be
// gone on with, and so is the end: smaller ones see in time what was taken.
func (o *outbox) writeAll(b []byte) error {
	most := max(o.limit, 1)
	if o.raw == nil {
		most = max(o.limit/8, 1)
	}
	for len(b) > 0 {
		o.mu.Lock()
		if o.due.IsZero() {
			o.due, o.since = time.Now().Add(o.patience), 0
		}
		if !o.last.IsZero() {
			o.due = earlier(time.Now().Add(min(o.patience, closePatience)), o.last)
		}
		o.nc.SetWriteDeadline(o.due)
		o.mu.Unlock()
		n, err := o.nc.Write(b[:min(len(b), most)])
		b = b[n:]
		late := errors.Is(err, os.ErrDeadlineExceeded)
		if err != nil && !late {
			return err
		}
		if !o.keepsUp(n, late) {
			return errSlowReader
		}
	}
	o.nc.SetWriteDeadline(time.Time{}) // or the next attempt would find it passed
	return nil
}

// keepsUp counts what the reader has taken, and judges it when its time is up:
// it must have taken a whole queue, or something where the queue is not full.
func (o *outbox) keepsUp(n int, late bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since += n
	if late && (!o.last.IsZero() || o.raw == nil || o.since == 0 || o.since < o.limit && o.crowded()) {
		return false
	}
	if late || o.since >= o.limit {
		o.due = time.Time{}
	}
	return true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// crowded reports whether there is no room for what is to be sent. o.mu must
// be held.
func (o *outbox) crowded() bool {
	return o.waiting > 0 || o.room != nil || len(o.queue)+o.flying >= o.limit
}

// abandon ends the outbox after a failed write.
func (o *outbox) abandon(err error) {
	_, panicked := err.(panicError)
	o.mu.Lock()
	first := !o.sealed
	o.sealed, o.failed, o.busy, o.queue, o.flying = true, true, false, nil, 0
	o.wake.Broadcast()
	o.mu.Unlock()
	if first || panicked {
		o.broken(err)
	}
}

// settle waits until everything that was accepted is written or given up, and
// reports whether it was written. The outbox must be sealed and hurried, which
// bounds the wait by closeTimeout.
func (o *outbox) settle() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.busy {
		o.wake.Wait()
	}
	return !o.failed
}
