package front

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Handler returns next with a Hijack that hands out the bare socket, without
// the layers that only the request needed. Where the client did not wait for
// the answer, as RFC 6455 section 4.1 has it do, the Reader that Hijack returns
// has something buffered: how much is not to be relied on.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(*conn); ok {
			w = &response{ResponseWriter: w, c: c}
		}
		next.ServeHTTP(w, r)
	})
}

// response is a ResponseWriter that knows its connection.
type response struct {
	http.ResponseWriter
	c *conn
}

var _ http.Hijacker = (*response)(nil)

// Unwrap lets http.ResponseController reach the rest.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack implements [http.Hijacker]. From its return on the connection no
// longer counts as pending, and closing it is the caller's.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	_, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := w.c
	early := c.early.Load() || buffered.Reader.Buffered() > 0 || c.missing > 0 || hasData(c.Conn)
	c.pass.leave()
	reader := bufio.NewReader(c.Conn)
	if early {
		reader = bufio.NewReader(io.MultiReader(strings.NewReader("\x00"), c.Conn))
		reader.Peek(1)
	}
	return c.Conn, bufio.NewReadWriter(reader, bufio.NewWriter(c.Conn)), nil
}

// hasData reports whether bytes of the peer wait to be read, as far as it can
// be told without waiting and without taking any.
func hasData(c net.Conn) bool {
	switch c := c.(type) {
	case *tls.Conn:
		// A record that was decrypted in part waits inside. With a deadline in
		// the past nothing is read from the socket.
		c.SetReadDeadline(time.Unix(1, 0))
		n, _ := c.Read(make([]byte, 1))
		c.SetReadDeadline(time.Time{})
		return n > 0 || hasData(c.NetConn())
	case *forwarded:
		return len(c.rest) > 0 || hasData(c.Conn)
	}
	return socketHasData(c)
}
