package front

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"

	"github.com/pires/go-proxyproto"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

// proxyBuffer holds a PROXY header of version 1 and what usually follows it.
const proxyBuffer = 512

// forwarded is a connection of a trusted proxy, which has said who is behind
// it.
type forwarded struct {
	net.Conn
	client net.Addr
	rest   []byte // read beside the header, not yet handed on
}

// RemoteAddr returns the address of the client, not of the proxy.
func (f *forwarded) RemoteAddr() net.Addr { return f.client }

func (f *forwarded) Read(p []byte) (int, error) {
	if len(f.rest) > 0 {
		n := copy(p, f.rest)
		if f.rest = f.rest[n:]; len(f.rest) == 0 {
			f.rest = nil // let go of the buffer: the connection may live for a day
		}
		return n, nil
	}
	return f.Conn.Read(p)
}

// UnwrapConn implements [guard.ConnUnwrapper]: once the bytes beside the
// header were read, the socket alone will do.
func (f *forwarded) UnwrapConn() net.Conn {
	if len(f.rest) > 0 {
		return f
	}
	return f.Conn
}

var _ guard.ConnUnwrapper = (*forwarded)(nil)

func (f *forwarded) CloseWrite() error { return closeWrite(f.Conn) }

// readProxyHeader returns raw as the connection of whom the trusted proxy
// names. A proxy that sends no header speaks for itself: many name the client
// in a header of the request instead.
func readProxyHeader(raw net.Conn) (net.Conn, error) {
	br := bufio.NewReaderSize(raw, proxyBuffer)
	f := &forwarded{Conn: raw, client: raw.RemoteAddr()}
	h, err := proxyproto.Read(br)
	if err != nil && !errors.Is(err, proxyproto.ErrNoProxyProtocol) {
		return nil, fmt.Errorf("read PROXY header: %w", err)
	}
	if h != nil && h.Command == proxyproto.PROXY {
		source, _, ok := h.TCPAddrs()
		if !ok {
			return nil, errors.New("read PROXY header: it names no TCP client")
		}
		f.client = source
	}
	f.rest, _ = br.Peek(br.Buffered()) // never fails for what is buffered
	return f, nil
}

// isProxyHeader reports whether b starts as a PROXY header does. No request
// line and no TLS record does.
func isProxyHeader(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PROXY ")) || bytes.HasPrefix(b, proxyproto.SIGV2)
}

// proxyDenial is about a PROXY header that is not believed: it would let its
// sender choose the address that limits and tickets count by.
func proxyDenial(rule, detail string) *guard.Denial {
	return &guard.Denial{Weakness: catalogue.ConnectionCount.ID, Rule: rule, Detail: detail}
}
