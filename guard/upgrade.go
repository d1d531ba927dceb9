package guard

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// terminal is where a guard's connections end: what differs between the
// gateway and the library.
type terminal interface {
	// open readies the far end of an admitted attempt, before the 101.
	open(ctx context.Context, a *attempt) (*opened, *Denial)
}

// opened is a far end that waits for the client's 101.
type opened struct {
	backend  *far        // nil for a handler
	handle   HandlerFunc // nil for a backend
	protocol string      // the sub-protocol it chose
}

func (o *opened) close() {
	if o.backend != nil {
		o.backend.conn.Close()
	}
}

// proxyTo ends connections at a backend; nil means the route's own.
type proxyTo struct{ backend *backend }

func (t proxyTo) open(ctx context.Context, a *attempt) (*opened, *Denial) {
	b := t.backend
	if b == nil {
		b = a.route.backend
	}
	if b == nil {
		return nil, backendDown("backend.none", "the route names no backend")
	}
	head, d := a.backendHeader(b, a.g.now())
	if d != nil {
		return nil, d
	}
	host := b.host
	if host == "" {
		host = a.r.Host
	}
	f, d := b.dial(ctx, head, host, a.forwardQuery(backendQuery(a.r.URL)), a.offer.application)
	if d != nil {
		return nil, d
	}
	return &opened{backend: f, protocol: f.protocol}, nil
}

// serveBy ends connections at a function in this process.
type serveBy struct{ handle HandlerFunc }

func (t serveBy) open(_ context.Context, a *attempt) (*opened, *Denial) {
	o := &opened{handle: t.handle}
	for _, p := range a.route.cfg.Subprotocols {
		if slices.Contains(a.offer.application, p) {
			o.protocol = p
			break
		}
	}
	return o, nil
}

// connect opens the far end, answers 101 and starts the connection. A dead
// backend is an answer that the client's network stack understands, not a
// socket that opens and drops.
func (a *attempt) connect(ctx context.Context, w http.ResponseWriter, t terminal) *Denial {
	deflate, extensions, d := a.negotiateDeflate()
	if d != nil {
		return d
	}
	o, d := t.open(ctx, a)
	if d != nil {
		return d
	}
	defer func() {
		if !a.started { // refused, failed, or on the way out with a panic
			o.close()
		}
	}()
	nc, d := a.takeOver(w)
	if d != nil {
		return d
	}
	if err := a.switchProtocols(nc, a.offer.answer(o.protocol), extensions, o); err != nil {
		a.abandon(err)
		return nil
	}
	a.start(ctx, nc, o, deflate, nil)
	return nil
}

// negotiateDeflate answers the client's offer of permessage-deflate.
func (a *attempt) negotiateDeflate() (*wire.Deflate, string, *Denial) {
	if !a.route.cfg.Compression {
		return nil, "", nil
	}
	params, response, err := wire.NegotiateDeflate(a.r.Header["Sec-Websocket-Extensions"], wire.DeflatePolicy{})
	if err != nil {
		return nil, "", malformed("request.extensions", "Sec-WebSocket-Extensions: %v", err)
	}
	return params, response, nil
}

// takeOver takes the socket from the HTTP server. Bytes behind the request are
// refused: no client may speak before the 101, and what a server buffered
// would be judged by other rules than the rest.
func (a *attempt) takeOver(w http.ResponseWriter) (net.Conn, *Denial) {
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, deny(nil, "server.hijack", http.StatusInternalServerError, "internal", "The server can't upgrade.").because("take over the socket: %v", err).always()
	}
	early := rw.Reader.Buffered()
	nc.SetDeadline(time.Time{})
	if u, ok := nc.(ConnUnwrapper); ok {
		nc = u.UnwrapConn()
	}
	a.socket = nc
	if early > 0 {
		writeRefusal(nc)
		a.hangUp()
		return nil, malformed("request.early-data", "%d bytes before the 101", early).sent()
	}
	return nc, nil
}

// hangUp closes a socket that was taken over and has not become a connection,
// also on the way out with a panic: the HTTP server does not know it any more.
func (a *attempt) hangUp() {
	if a.socket != nil && !a.started {
		a.socket.Close()
	}
}

// ConnUnwrapper is what a listener's connection implements if it does nothing
// more once the request head has been read. The guard then uses the socket
// itself.
type ConnUnwrapper interface {
	// UnwrapConn is called once, after the connection was taken over.
	UnwrapConn() net.Conn
}

// sent marks a denial that was answered already.
func (d *Denial) sent() *Denial {
	d.answered = true
	return d
}

// writeRefusal answers on a socket that the HTTP server has given up.
func writeRefusal(nc net.Conn) {
	nc.SetWriteDeadline(time.Now().Add(closePatience))
	nc.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
}

// switchProtocols writes the 101 (RFC 6455 section 4.2.2).
func (a *attempt) switchProtocols(nc net.Conn, protocol, extensions string, o *opened) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
		wire.AcceptKey(a.r.Header.Get("Sec-WebSocket-Key")))
	if protocol != "" {
		fmt.Fprintf(&b, "Sec-WebSocket-Protocol: %s\r\n", protocol)
	}
	if extensions != "" {
		fmt.Fprintf(&b, "Sec-WebSocket-Extensions: %s\r\n", extensions)
	}
	if o != nil && o.backend != nil {
		// A balancer behind the guard may pin the client by a cookie.
		http.Header{"Set-Cookie": o.backend.cookies}.Write(&b)
	}
	b.WriteString("\r\n")
	nc.SetWriteDeadline(time.Now().Add(a.plan.cfg.Limits.Handshake))
	defer nc.SetWriteDeadline(time.Time{})
	_, err := nc.Write(b.Bytes())
	return err
}

// start makes the connection live and hands it to the driver. The index knows
// it before the markers are read once more, and the markers are read before
// anything is forwarded: a revocation either finds the connection in the index
// or has left a marker that is seen here.
func (a *attempt) start(ctx context.Context, nc net.Conn, o *opened, deflate *wire.Deflate, earlyUp []byte) {
	c := &conn{id: newID(connectionIDBytes), event: a.event, g: a.g, route: a.route, who: a.who, address: a.client.addr.String(), origin: clip(a.origin),
		place: a.place, trace: a.trace, since: a.g.now(), names: namesOf(&a.who.identity), authenticated: a.who.identity.Authenticated}
	if a.who.identity.Anonymous() {
		c.authenticated = c.since // what is revoked later than this ends it, as it does for others
	}
	c.rules.Store(a.route)
	c.heard.Store(c.since.UnixNano())
	var earlyDown []byte
	if o.backend != nil {
		earlyDown = o.backend.early
	}
	c.init(nc, o, deflate)
	a.route.counts.accepted.Add(1)
	a.g.record(a.route, Event{ID: a.event, Action: "handshake", Outcome: Allowed, Client: c.address, Origin: c.origin, User: c.who.identity.User,
		Session: c.who.identity.Session, Connection: c.id, Status: http.StatusSwitchingProtocols})
	admitted := a.g.live.add(c)
	c.life.start()
	if !admitted {
		c.drain("drained", 0) // too late for the guard
	}
	a.g.catchUp(c)
	if d := a.g.judgeMarkers(ctx, &a.who.identity); d != nil {
		c.refuse(d)
	}
	a.g.rechecks.join(c, &a.who)
	c.who.credential = nil
	a.started = true
	a.g.driver.start(c, earlyUp, earlyDown)
}

// abandon ends an attempt whose client went away.
func (a *attempt) abandon(err error) {
	a.hangUp()
	a.place.release()
	a.who.credential.wipe()
	e := Event{ID: a.event, Action: "handshake", Outcome: Denied, Rule: "client.lost", Detail: fmt.Sprintf("write the 101: %v", err), Client: a.client.addr.String()}
	a.end(e)
	a.g.record(a.route, e)
}
