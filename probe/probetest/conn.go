package probetest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// writeTimeout is the patience of the hardened twin with one write.
const writeTimeout = time.Second

// maxQueue bounds the queue of the twin that does not bound it.
const maxQueue = 64 << 20

// conn is an open connection of the twin. One goroutine reads, one writes, one
// watches the clock.
type conn struct {
	s        *Server
	nc       net.Conn
	frames   frameReader
	inflates bool // permessage-deflate is on

	end  sync.Once
	left chan struct{} // closed when the connection is over

	mu      sync.Mutex
	who     *who      // guarded by mu; nil: nobody
	pending bool      // guarded by mu: the credential is still to come
	roles   []string  // guarded by mu: those of connect time
	seen    time.Time // guarded by mu: when the client last sent a frame
	queue   [][]byte  // guarded by mu
	queued  int       // guarded by mu: bytes in queue
	closing bool      // guarded by mu: a Close frame is the last in queue
	wake    chan struct{}

	// Of the reading goroutine.
	messages, controls bucket
	nonces             map[string]bool
}

func newConn(s *Server, nc net.Conn, r io.Reader, w *who) *conn {
	c := &conn{
		s: s, nc: nc, who: w, left: make(chan struct{}), wake: make(chan struct{}, 1), seen: time.Now(), nonces: map[string]bool{},
		messages: bucket{size: s.opts.Burst}, controls: bucket{size: s.opts.Controls},
	}
	c.frames = frameReader{c: c, br: bufio.NewReaderSize(r, 16<<10)}
	if w != nil {
		c.roles = s.book.rolesOf(w.session.user)
	}
	return c
}

// run serves the connection to its end.
func (c *conn) run() {
	c.s.hub.join(c)
	var helpers sync.WaitGroup
	helpers.Go(func() { defer c.s.recovered(); c.write() })
	helpers.Go(func() { defer c.s.recovered(); c.watch() })
	c.welcome()
	err := c.read()
	var v *wire.Violation
	switch {
	case errors.As(err, &v):
		c.s.record("frames: %s", v.Rule)
		c.close(v.Code, string(v.Rule))
		c.drain()
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.s.record("too slow")
		c.close(1008, "too slow")
		c.drain()
	case errors.Is(err, errClosed):
		c.drain()
	}
	c.s.hub.leave(c)
	c.finish()
	helpers.Wait()
}

// finish cuts the connection.
func (c *conn) finish() {
	c.end.Do(func() {
		close(c.left)
		c.nc.Close()
	})
}

// errClosed says that a Close frame was sent or answered.
var errClosed = errors.New("closed")

// drain waits for the client to go once a Close frame is under way, but not for
// long.
func (c *conn) drain() {
	c.nc.SetReadDeadline(time.Now().Add(writeTimeout))
	io.Copy(io.Discard, c.frames.br)
}

// close sends a Close frame behind what is queued, and ends the connection.
func (c *conn) close(code wire.CloseCode, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.queue = append(c.queue, wire.AppendClose(nil, code, reason, nil))
	c.closing = true
	c.signal()
}

// signal needs c.mu.
func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// send queues a frame. It never waits: who reads too slowly loses the
// connection.
func (c *conn) send(op wire.Opcode, payload []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.s.opts.SendQueue
	if c.s.is(SendUnbounded) {
		limit = maxQueue
	}
	if c.closing {
		return
	}
	frame := wire.AppendMessage(nil, op, payload, nil)
	if c.queued+len(frame) > limit && c.queued > 0 {
		c.queue, c.closing = nil, true
		c.finish()
		return
	}
	c.queue = append(c.queue, frame)
	c.queued += len(frame)
	c.signal()
}

// write sends what is queued until the connection is over.
func (c *conn) write() {
	for {
		select {
		case <-c.left:
			return
		case <-c.wake:
		}
		for {
			c.mu.Lock()
			queue, closing := c.queue, c.closing
			c.queue = nil
			c.mu.Unlock()
			if len(queue) == 0 {
				if closing {
					c.hangUp()
					return
				}
				break
			}
			for _, frame := range queue {
				if !c.s.is(SendUnbounded) {
					c.nc.SetWriteDeadline(time.Now().Add(writeTimeout))
				}
				if _, err := c.nc.Write(frame); err != nil {
					c.finish()
					return
				}
				c.mu.Lock()
				c.queued = max(0, c.queued-len(frame))
				c.mu.Unlock()
			}
		}
	}
}

// hangUp ends the sending half, so that the client reads the Close frame, and
// leaves it a moment to answer.
func (c *conn) hangUp() {
	if half, ok := c.nc.(*net.TCPConn); ok {
		half.CloseWrite()
	}
	c.nc.SetReadDeadline(time.Now().Add(writeTimeout))
	select {
	case <-c.left:
	case <-time.After(writeTimeout):
		c.finish()
	}
}

// watch ends the connection by the clock: its age, the end of the credential,
// silence, and the deadline of the in-band credential.
func (c *conn) watch() {
	s := c.s
	age := time.NewTimer(s.opts.MaxAge)
	defer age.Stop()
	beat := time.NewTicker(s.opts.Idle / 3)
	defer beat.Stop()
	credential := time.NewTimer(s.opts.HeaderTimeout)
	defer credential.Stop()
	for {
		select {
		case <-c.left:
			return
		case <-age.C:
			if !s.is(AgeUnbounded) {
				c.close(1008, "max age")
			}
		case <-credential.C:
			if c.isPending() && !s.is(AuthUnhurried) {
				c.close(1008, "no credential")
			}
		case <-beat.C:
			c.beat()
		}
	}
}

func (c *conn) beat() {
	c.mu.Lock()
	w, silent := c.who, time.Since(c.seen)
	c.mu.Unlock()
	if w != nil && !w.expires.IsZero() && !time.Now().Before(w.expires) && !c.s.is(ExpiryIgnored) {
		c.close(1008, "credential expired")
		return
	}
	if c.s.is(IdleUnbounded) {
		return
	}
	if silent > c.s.opts.Idle {
		c.close(1008, "idle")
		return
	}
	c.send(wire.Ping, []byte("beat"))
}

func (c *conn) isPending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pending
}

// user returns who is connected, or "".
func (c *conn) user() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.who == nil {
		return ""
	}
	return c.who.session.user
}

// bucket is a token bucket that regains 20 a second.
type bucket struct {
	size int
	used float64
	last time.Time
}

func (b *bucket) take() bool {
	now := time.Now()
	if !b.last.IsZero() {
		b.used = max(0, b.used-20*now.Sub(b.last).Seconds())
	}
	b.last = now
	b.used++
	return b.used <= float64(b.size)
}
