package guard

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	// closeTimeout is how long one side may take to answer a Close frame.
	closeTimeout = 5 * time.Second
	// lingerBytes bounds what is read and thrown away from a client that was
	// cut off, so that the Close frame is not lost to a reset.
	lingerBytes = 256 << 10
)

// conn is one guarded connection, from its 101 to its end. It belongs to its
// driver, which leaves each direction once; the last leave tears it down.
type conn struct {
	id      string
	event   string // of the handshake
	g       *Guard
	route   *route                // as it was at the handshake
	rules   atomic.Pointer[route] // as a reload has left it; a direction keeps its own copy between messages
	who     passport
	address string // of the client, for records
	origin  string
	place   *reservation
	since   time.Time

	talk    dialect.Conversation // nil without a message policy
	trace   Trace                // nil where nothing follows the connection
	client  end
	far     *end // nil where the far end is a handler
	session *Session
	up      direction // what the client sends
	down    direction // what the backend sends; unused with a handler

	names         subjectNames           // what revocations find it by; guarded by live.mu
	authenticated time.Time              // of the sign-in that it rests on; guarded by live.mu
	linked        [subjectKinds]siblings // in the index of names; guarded by live.mu
	again         *recheck               // what judges its credential again, nil if nothing; guarded by rechecks.mu

	life    lifetime
	heard   atomic.Int64 // when the client last sent anything, in Unix nanoseconds
	running atomic.Int32 // directions that the driver has not left yet

	dismissed atomic.Bool // cause is set

	mu         sync.Mutex
	cause      *ending            // why it ends; nil while it lives; guarded by mu
	concluded  bool               // conclude was called; guarded by mu
	cancelWait context.CancelFunc // of what a message waits for, nil while none does; guarded by mu
}

// end is one socket of a connection.
type end struct {
	nc  net.Conn
	in  intake
	out outbox
	key bool // what the guard itself sends here must be masked

	closeSent bool // guarded by conn.mu
	closeRead bool // guarded by conn.mu
}

// ending is why a connection ends, and what either side hears of it.
type ending struct {
	denial   *Denial // nil where nothing was refused
	outcome  string  // for the record: closed, lost, refused, drained …
	toClient closing
	toFar    closing
}

// closing is a Close frame; code 0 sends none.
type closing struct {
	code   CloseCode
	reason string
}

func (c *conn) init(client net.Conn, o *opened, deflate *wire.Deflate) {
	l := c.route.cfg.Limits
	if m := c.route.messageRules; m != nil {
		c.talk = m.dialect.Open(dialect.Opening{Subprotocol: o.protocol})
	}
	c.client.nc = client
	c.client.in.init(client)
	c.client.out.init(client, l.SendQueue, l.SendTimeout, c.clientBroken)
	if o.backend != nil {
		c.initRelay(o.backend, deflate)
	} else {
		c.initSession(o.handle, deflate)
	}
	c.life.init(c)
}

// initRelay connects both directions with a backend.
func (c *conn) initRelay(backend *far, deflate *wire.Deflate) {
	l := c.route.cfg.Limits
	c.far = &end{nc: backend.conn, key: true}
	c.far.in.init(backend.conn)
	c.far.out.init(backend.conn, l.SendQueue, l.SendTimeout, c.farBroken)
	up, down := c.route.fromClient, c.route.fromServer
	up.Raw, down.Raw = true, true
	up.Payload, down.Payload = c.talk != nil, c.talk != nil
	if deflate == nil {
		c.up.init(c, &c.client, up, &relay{to: c.far})
		c.down.init(c, c.far, down, &relay{to: &c.client})
		return
	}
	up.Payload, down.Payload, up.Deflate = true, true, deflate
	c.up.init(c, &c.client, up, &reframe{to: c.far, role: wire.FromClient})
	c.down.init(c, c.far, down, &reframe{to: &c.client, role: wire.FromServer, deflate: deflate})
}

// initSession connects the client with a handler.
func (c *conn) initSession(handle HandlerFunc, deflate *wire.Deflate) {
	c.session = &Session{c: c, handle: handle, deflate: deflate}
	c.session.ctx, c.session.cancel = context.WithCancel(context.Background())
	c.session.out.init(c, dialect.Server)
	up := c.route.fromClient
	up.Payload, up.Deflate = true, deflate
	c.up.init(c, &c.client, up, deliver{c.session})
}

// clientBroken ends the connection when the client can't be written to.
func (c *conn) clientBroken(err error) {
	if !errors.Is(err, errSlowReader) {
		c.lost(&c.client, err)
		return
	}
	d := cut(catalogue.SendUnbounded, "send.slow", CloseSlowConsumer, "slow-consumer", RetryWait).
		because("the client took less than limits.send_queue within limits.send_timeout")
	c.refuse(d)
}

// farBroken ends the connection when the backend can't be written to.
func (c *conn) farBroken(err error) { c.lost(c.far, err) }

// refuse ends the connection for d.
func (c *conn) refuse(d *Denial) { c.end(c.refusal(d)) }

// refusal is the end for d.
func (c *conn) refusal(d *Denial) ending {
	return ending{denial: d, outcome: "refused", toClient: closing{d.Close, d.reason(c.event)}, toFar: closing{code: CloseGoingAway}}
}

// lost ends the connection after a socket failed or ended without a Close
// frame. The other side hears what it can act on.
func (c *conn) lost(e *end, err error) {
	var p panicError
	switch {
	case errors.As(err, &p):
		c.g.panicked(p.value)
		c.refuse(internalError())
	case c.hasClosed(e):
		// It said all that it had to say and did not wait for the answer.
		c.end(ending{outcome: "closed"})
	case e == &c.client:
		c.end(ending{outcome: "client lost", toFar: closing{code: CloseGoingAway}})
	default:
		d := cut(nil, "backend.lost", CloseUpstream, "upstream", RetryWait)
		c.end(ending{outcome: "backend lost", toClient: c.answerTo(d), toFar: closing{code: CloseGoingAway}})
	}
}

// answerTo returns the Close frame for a client: the answer to its own, if it
// has sent one, else what d says.
func (c *conn) answerTo(d *Denial) closing {
	if c.hasClosed(&c.client) {
		return closing{code: CloseNormal}
	}
	return closing{d.Close, d.reason(c.event)}
}

// hasClosed reports whether e has sent its Close frame.
func (c *conn) hasClosed(e *end) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return e.closeRead
}

// end lets the connection end for the first cause given: both sides get their
// Close frame unless they had one, and whoever waits for data wakes up. It
// reports whether e is that cause.
func (c *conn) end(e ending) bool {
	if !c.dismiss(e) {
		return false
	}
	c.conclude()
	return true
}

// dismiss is the part of an end that is urgent: it reports whether e is the
// first cause, sends the client its Close frame, and lets nothing more of it
// pass. conclude must follow. The frames go out under mu, so that the teardown,
// which needs it too, can't close a socket before.
func (c *conn) dismiss(e ending) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return false
	}
	if c.client.closeSent {
		e.toClient = closing{} // it has another one already
	}
	c.cause = &e
	c.dismissed.Store(true)
	c.client.conclude(e.toClient)
	return true
}

// conclude is the rest of an end, after dismiss: the far end gets its Close
// frame, and whoever waits for data wakes up. It is done once, and before the
// teardown: a socket that is gone must not be woken, its number may be another
// one's.
func (c *conn) conclude() {
	if !c.tellFar() {
		return
	}
	c.life.stop()
	if c.session != nil {
		c.session.cancel()
	}
}

// tellFar reports whether it is called for the first time.
func (c *conn) tellFar() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.concluded {
		return false
	}
	c.concluded = true
	if c.far != nil {
		c.far.conclude(c.cause.toFar)
	}
	if c.cancelWait != nil {
		c.cancelWait()
	}
	c.g.driver.wake(c)
	return true
}

// conclude sends cl as the last frame unless there was one, and lets no more
// time pass than it needs. conn.mu must be held.
func (e *end) conclude(cl closing) {
	if !e.closeSent {
		e.closeSent = true
		e.seal(cl)
	}
	e.out.hurry()
}

// seal sends cl as the last frame.
func (e *end) seal(cl closing) {
	var frame []byte
	if cl.code != 0 {
		frame = wire.AppendClose(nil, wire.CloseCode(cl.code), cl.reason, e.mask())
	}
	e.out.seal(frame)
}

// mask returns the masking key for a frame of the guard's own.
func (e *end) mask() *[4]byte {
	if !e.key {
		return nil
	}
	k := wire.NewMaskKey()
	return &k
}

// closed notes a Close frame from one side. The other one has closeTimeout for
// its own.
func (c *conn) closed(from *end) {
	c.mu.Lock()
	from.closeRead = true
	both := c.far == nil || c.client.closeRead && c.far.closeRead
	c.mu.Unlock()
	if both {
		c.end(ending{outcome: "closed"})
		return
	}
	c.life.closeBy(c.g.now().Add(closeTimeout))
}

// claimClose reports whether a Close frame may be sent to e, which is done
// once.
func (c *conn) claimClose(e *end) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !e.closeSent
	e.closeSent = true
	return first
}

// ending returns why the connection ends, nil while it lives.
func (c *conn) ending() *ending {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// leave is called as the driver leaves a direction. The last one to leave tears
// the connection down, which waits for peers.
func (c *conn) leave() {
	if c.running.Add(-1) > 0 {
		return
	}
	defer c.g.live.remove(c) // also when an Auditor panics
	if !c.end(ending{outcome: "closed"}) {
		c.conclude() // whoever dismissed it may not have come so far
	}
	c.g.rechecks.leave(c)
	c.up.reader.Release()
	c.client.close(c.hasClosed(&c.client))
	if c.far != nil {
		c.down.reader.Release()
		c.far.close(c.hasClosed(c.far))
	}
	c.place.release()
	c.record()
}

// close closes the socket. A peer that was cut off gets the time to read why:
// closing a socket with unread data resets it, and the Close frame would be
// lost. One that does not take what was sent is reset, or the kernel would keep
// its data for minutes.
func (e *end) close(answered bool) {
	defer e.nc.Close()
	if !e.out.settle() {
		under := socketOf(e.nc)
		if tcp, ok := under.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		under.Close()
		return
	}
	if !answered {
		lingerOn(e.nc)
	}
}

// socketOf returns what is under TLS. Closing it does not wait for the peer to
// take an alert.
func socketOf(nc net.Conn) net.Conn {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok {
		return t.NetConn()
	}
	return nc
}

// lingerOn reads what still comes, for closePatience at most.
func lingerOn(nc net.Conn) {
	half, ok := nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	nc.SetReadDeadline(time.Now().Add(closePatience))
	b := smallBuffers.Get().(*[smallBuffer]byte)
	defer smallBuffers.Put(b)
	for total := 0; total < lingerBytes; {
		n, err := nc.Read(b[:])
		total += n
		if err != nil {
			return
		}
	}
}

// record writes the end to the audit log.
func (c *conn) record() {
	cause := c.ending()
	e := Event{ID: c.event, Action: "connection", Outcome: Allowed, Detail: cause.outcome, Connection: c.id, Client: c.address, Origin: c.origin,
		User: c.who.identity.User, Session: c.who.identity.Session, Duration: c.g.now().Sub(c.since), Close: cause.toClient.code}
	if d := cause.denial; d != nil {
		e.Outcome, e.Weakness, e.Rule, e.Detail = Denied, d.Weakness, d.Rule, d.Detail
		c.g.counts.refuse(c.route, d, Denied)
	}
	if cause.toClient.code != 0 {
		c.route.counts.close(cause.toClient.code)
	}
	if c.trace != nil {
		c.trace.End(e)
	}
	c.g.record(c.route, e)
}
