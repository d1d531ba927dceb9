package front

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/internal/serve/head"
)

// maxDiscard bounds what is read and thrown away of data that nobody asked for.
const maxDiscard = 64 << 10

// errEarlyData says that a client keeps sending behind a request that was not
// answered yet.
var errEarlyData = errors.New("data followed the request before it was answered")

// conn is a connection with one judged request on it, as net/http sees it.
// Reading yields that request and nothing behind it.
type conn struct {
	net.Conn
	pass *pass

	request []byte    // what was read of the request; owned by Read
	missing int64     // bytes of its body still to come; owned by Read
	bodyBy  time.Time // when they must be here

	early atomic.Bool // data came behind the request
}

// tlsConn has net/http set Request.TLS.
type tlsConn struct{ *conn }

func (c tlsConn) ConnectionState() tls.ConnectionState {
	return c.Conn.(*tls.Conn).ConnectionState()
}

// newConn returns what net/http is to serve. It gives the place p back when it
// is closed.
func newConn(inner net.Conn, p *pass, h *head.Parser, bodyBy time.Time) net.Conn {
	c := &conn{Conn: inner, pass: p, request: h.Bytes(), missing: h.Missing(), bodyBy: bodyBy}
	if _, ok := inner.(*tls.Conn); ok {
		return tlsConn{c}
	}
	return c
}

// Read returns the request. Once that is over, net/http reads on to learn that
// a client has gone; data that comes then is early data. It is noted and
// thrown away, so that the handler runs on to where it answers.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.request) > 0 {
		n := copy(p, c.request)
		if c.request = c.request[n:]; len(c.request) == 0 {
			c.request = nil
		}
		return n, nil
	}
	if c.missing > 0 {
		c.Conn.SetReadDeadline(c.bodyBy)
		n, err := c.Conn.Read(p[:min(int64(len(p)), c.missing)])
		if c.missing -= int64(n); c.missing == 0 {
			c.Conn.SetReadDeadline(time.Time{})
		}
		return n, err
	}
	var discard [512]byte
	for range maxDiscard / len(discard) {
		n, err := c.Conn.Read(discard[:])
		if n > 0 {
			c.early.Store(true)
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, errEarlyData
}

// CloseWrite lets net/http end its side first, so that an answer is read
// before the socket is reset.
func (c *conn) CloseWrite() error { return closeWrite(c.Conn) }

// Close gives the place back first: who has seen the end may come again.
func (c *conn) Close() error {
	c.pass.leave()
	return c.Conn.Close()
}

// connKey is the context key of the conn that a request came on.
type connKey struct{}

// ConnContext is the ConnContext of the [net/http.Server] that serves a
// [Listener].
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	switch c := c.(type) {
	case *conn:
		return context.WithValue(ctx, connKey{}, c)
	case tlsConn:
		return context.WithValue(ctx, connKey{}, c.conn)
	}
	return ctx
}

func closeWrite(c net.Conn) error {
	if h, ok := c.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}
