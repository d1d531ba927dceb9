// Package guardtest holds what tests of a guard need: backends that answer in
// known ways, verifiers that know a few tokens, a recorder of audit events, a
// redis-server, and the suite that every store must pass. It is not for production code.
package guardtest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// Backend is a WebSocket server that echoes messages, answers pings and
// answers a Close frame with the same code. It selects the first sub-protocol
// that it is offered.
type Backend struct {
	// URL is its address, such as ws://127.0.0.1:3000/ws.
	URL string

	ln net.Listener
	wg sync.WaitGroup

	mu       sync.Mutex
	requests []*http.Request
	conns    map[net.Conn]bool
}

// NewBackend starts a backend that ends with the test.
func NewBackend(t testing.TB) *Backend {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &Backend{URL: "ws://" + ln.Addr().String() + "/ws", ln: ln, conns: map[net.Conn]bool{}}
	b.wg.Go(b.accept)
	t.Cleanup(b.Close)
	return b
}

// Close ends the listener and every connection, and waits for them.
func (b *Backend) Close() {
	b.ln.Close()
	b.Drop()
	b.wg.Wait()
}

// Drop cuts every open connection off without a Close frame.
func (b *Backend) Drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.conns {
		c.Close()
	}
}

// Requests returns the handshakes so far.
func (b *Backend) Requests() []*http.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*http.Request(nil), b.requests...)
}

// Open returns how many connections are open.
func (b *Backend) Open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.conns)
}

func (b *Backend) accept() {
	for {
		c, err := b.ln.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.conns[c] = true
		b.mu.Unlock()
		b.wg.Go(func() {
			defer func() {
				b.mu.Lock()
				delete(b.conns, c)
				b.mu.Unlock()
				c.Close()
			}()
			b.serve(c)
		})
	}
}

func (b *Backend) serve(c net.Conn) {
	br := bufio.NewReader(c)
	r, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	b.mu.Lock()
	b.requests = append(b.requests, r)
	b.mu.Unlock()
	if err := Accept(c, r); err != nil {
		return
	}
	Echo(c, br)
}

// Accept writes the 101 that r asks for, with the first sub-protocol offered.
func Accept(c net.Conn, r *http.Request) error {
	if r.Header.Get("Sec-WebSocket-Key") == "" {
		return errors.New("not a handshake")
	}
	var protocol string
	if p, _, _ := strings.Cut(r.Header.Get("Sec-WebSocket-Protocol"), ","); p != "" {
		protocol = "Sec-WebSocket-Protocol: " + p + "\r\n"
	}
	_, err := fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
		wire.AcceptKey(r.Header.Get("Sec-WebSocket-Key")), protocol)
	return err
}

// Echo answers what comes from c until it ends.
func Echo(c net.Conn, br *bufio.Reader) {
	rd := wire.NewReader(wire.ReaderConfig{From: wire.FromClient, MaxMessage: 64 << 20, MaxFragments: 1 << 20, Payload: true})
	defer rd.Release()
	buf := make([]byte, 64<<10)
	var out []byte
	for {
		n, err := br.Read(buf)
		if err != nil {
			return
		}
		for p := buf[:n]; len(p) > 0; {
			n, u, ok, err := rd.Next(p)
			p = p[n:]
			if err != nil {
				return
			}
			if !ok {
				break
			}
			out = answer(out[:0], u)
			if _, err := c.Write(out); err != nil || u.Opcode == wire.Close {
				return
			}
		}
	}
}

func answer(out []byte, u wire.Unit) []byte {
	switch u.Opcode {
	case wire.Ping:
		return wire.AppendMessage(out, wire.Pong, u.Payload, nil)
	case wire.Pong:
		return out
	case wire.Close:
		return wire.AppendMessage(out, wire.Close, u.Payload, nil)
	}
	return wire.AppendMessage(out, u.Opcode, u.Payload, nil)
}
