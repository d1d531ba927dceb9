package guard

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

const (
	// maxBackendHead bounds what a backend may answer before its first frame.
	maxBackendHead = 32 << 10
	backendBuffer  = 4 << 10
)

// backend is where a route's connections go.
type backend struct {
	url     *url.URL
	address string // host:port
	tls     *tls.Config
	host    string // the Host to send; empty keeps the client's
}

// parseBackend reads the address of a backend.
func parseBackend(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("is not an address")
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, fmt.Errorf("scheme %q is not ws or wss", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("names no host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("holds more than scheme, host, port and path")
	}
	return u, nil
}

func newBackend(r Route, base *tls.Config) (*backend, error) {
	u, err := parseBackend(r.Backend)
	if err != nil {
		return nil, fmt.Errorf("backend %q %w", r.Backend, err)
	}
	b := &backend{url: u, host: r.BackendHost, address: u.Host}
	if u.Port() == "" {
		b.address = net.JoinHostPort(u.Hostname(), map[string]string{"ws": "80", "wss": "443"}[u.Scheme])
	}
	if u.Scheme == "wss" {
		b.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if base != nil {
			b.tls = base.Clone()
		}
		b.tls.NextProtos = []string{"http/1.1"}
		if b.tls.ServerName == "" {
			b.tls.ServerName = u.Hostname()
		}
	}
	return b, nil
}

// audience names the backend in a signed identity.
func (b *backend) audience() string { return b.url.Scheme + "://" + b.url.Host }

// far is an open connection to a backend, after its handshake.
type far struct {
	conn     net.Conn
	early    []byte // frames that came with the 101
	protocol string // the sub-protocol it chose
	cookies  []string
}

// dial opens a connection and completes the handshake. The request head is
// what handshakeRequest built.
func (b *backend) dial(ctx context.Context, head http.Header, host, query string, offered []string) (*far, *Denial) {
	conn, err := b.connect(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, interrupted(ctx)
	case err != nil:
		return nil, backendDown("backend.unreachable", "dial backend: %v", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(aLongTimeAgo) })
	f, d := b.handshake(conn, head, host, query, offered)
	if !stop() {
		d = interrupted(ctx)
	}
	if d != nil {
		conn.Close()
		return nil, d
	}
	return f, nil
}

// interrupted says why the context of a handshake ended before the backend had
// answered.
func interrupted(ctx context.Context) *Denial {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return backendDown("backend.timeout", "the backend took longer than limits.handshake")
	}
	return backendDown("client.lost", "the client went away before the backend had answered")
}

func (b *backend) connect(ctx context.Context) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", b.address)
	if err != nil || b.tls == nil {
		return conn, err
	}
	t := tls.Client(conn, b.tls)
	if err := t.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return t, nil
}

// handshake sends the request and judges the answer. Whatever is not exactly
// the 101 to this request ends both sides: a tunnel over any other answer lets
// a client smuggle requests to the backend (WS105).
func (b *backend) handshake(conn net.Conn, head http.Header, host, query string, offered []string) (*far, *Denial) {
	nonce := make([]byte, 16)
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	key := base64.StdEncoding.EncodeToString(nonce)
	if err := b.writeRequest(conn, head, host, query, key, offered); err != nil {
		return nil, backendDown("backend.unreachable", "write to backend: %v", err)
	}
	limited := &io.LimitedReader{R: conn, N: maxBackendHead}
	br := bufio.NewReaderSize(limited, backendBuffer)
	res, err := http.ReadResponse(br, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, backendDown("backend.answer", "read the backend's answer: %v", err)
	}
	if d := judgeBackendAnswer(res, key, offered); d != nil {
		return nil, d
	}
	early, _ := br.Peek(br.Buffered())
	return &far{conn: conn, early: slices.Clone(early), protocol: res.Header.Get("Sec-WebSocket-Protocol"), cookies: res.Header["Set-Cookie"]}, nil
}

func (b *backend) writeRequest(w io.Writer, head http.Header, host, query, key string, offered []string) error {
	bw := bufio.NewWriterSize(w, backendBuffer)
	target := b.url.EscapedPath()
	if target == "" {
		target = "/"
	}
	if query != "" {
		target += "?" + query
	}
	fmt.Fprintf(bw, "GET %s HTTP/1.1\r\nHost: %s\r\n", target, host)
	fmt.Fprintf(bw, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n", key)
	if len(offered) > 0 {
		fmt.Fprintf(bw, "Sec-WebSocket-Protocol: %s\r\n", strings.Join(offered, ", "))
	}
	head.Write(bw) // replaces line breaks in values; judged before as well
	bw.WriteString("\r\n")
	return bw.Flush()
}

// judgeBackendAnswer holds the answer to RFC 6455 section 4.1, and to what was
// offered.
func judgeBackendAnswer(res *http.Response, key string, offered []string) *Denial {
	h := res.Header
	protocols := h["Sec-Websocket-Protocol"]
	switch {
	case res.StatusCode != http.StatusSwitchingProtocols:
		return badAnswer("status %d", res.StatusCode)
	case res.ProtoMajor != 1 || res.ProtoMinor != 1:
		return badAnswer("a 101 in %q", res.Proto)
	case !wire.HeaderHasToken(h["Connection"], "upgrade") || !wire.HeaderHasToken(h["Upgrade"], "websocket") || len(h["Upgrade"]) != 1 || strings.Contains(h["Upgrade"][0], ","):
		return badAnswer("a 101 that does not switch to websocket")
	case len(h["Sec-Websocket-Accept"]) != 1 || h.Get("Sec-WebSocket-Accept") != wire.AcceptKey(key):
		return badAnswer("a 101 with a wrong Sec-WebSocket-Accept: something else answers in the backend's place")
	case len(h["Sec-Websocket-Extensions"]) > 0:
		return badAnswer("an extension that was not offered")
	case len(protocols) > 1 || len(protocols) == 1 && !slices.Contains(offered, protocols[0]):
		return badAnswer("a sub-protocol that was not offered")
	case len(h["Content-Length"]) > 0 || len(res.TransferEncoding) > 0:
		return badAnswer("a 101 with a body")
	}
	return nil
}

func badAnswer(format string, args ...any) *Denial {
	d := backendDown("backend.answer", format, args...)
	d.Weakness = catalogue.UpgradeSmuggling.ID
	return d
}

func backendDown(rule, format string, args ...any) *Denial {
	d := deny(nil, rule, http.StatusBadGateway, "bad_gateway", "The application can't be reached.").because(format, args...)
	d.Retry, d.Close = RetryWait, CloseUpstream
	return d.always()
}
