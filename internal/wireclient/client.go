// Package wireclient is a WebSocket client that says exactly what it is told
// to, right or wrong: attacks, tests and load need one that does not protect
// its user from himself.
//
// It is not a client for applications: it neither answers pings nor reconnects
// nor checks what a server chose.
package wireclient

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
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// maxBody bounds what is read of a refusal.
const maxBody = 64 << 10

// Handshake says what to send.
type Handshake struct {
	// URL is where to: ws, wss, http or https.
	URL string
	// Origin, Cookie and Bearer fill their headers; empty leaves them out.
	Origin, Cookie, Bearer string
	// Subprotocols are offered in one header.
	Subprotocols []string
	// Extensions is the Sec-WebSocket-Extensions header; empty leaves it out.
	Extensions string
	// Header are further lines, sent as they are. A header that the handshake
	// sends by itself is replaced by the first of the same name, and left out
	// where its value is empty.
	Header []Line
	// Behind is sent right behind the request, before any answer.
	Behind []byte
	// From is the local address to dial from; empty lets the system choose.
	From string
	// TLS configures wss.
	TLS *tls.Config
	// Reader configures how frames are read; From is set by Dial.
	Reader wire.ReaderConfig
}

// Line is one header line.
type Line struct{ Name, Value string }

// Conn is an open connection. It is not safe for concurrent use, but one
// goroutine may send while another receives.
type Conn struct {
	net.Conn
	br     *bufio.Reader
	reader wire.Reader
	rest   []byte
	buf    []byte
}

// Dial sends the handshake and reads the answer. A server that does not answer
// 101 gives a nil Conn and the response, its body read into memory.
func Dial(ctx context.Context, h Handshake) (*Conn, *http.Response, error) {
	u, err := url.Parse(h.URL)
	if err != nil {
		return nil, nil, fmt.Errorf("dial: %w", err)
	}
	nc, err := Connect(ctx, u, h)
	if err != nil {
		return nil, nil, fmt.Errorf("dial: %w", err)
	}
	if t, ok := ctx.Deadline(); ok {
		nc.SetDeadline(t)
	}
	res, br, err := exchange(nc, u, h)
	if err != nil {
		nc.Close()
		return nil, nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		defer nc.Close()
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxBody))
		res.Body = io.NopCloser(strings.NewReader(string(body)))
		return nil, res, nil
	}
	nc.SetDeadline(time.Time{})
	return NewConn(nc, br, h.Reader), res, nil
}

// NewConn makes a Conn of a connection on which the handshake is done. What br
// holds already is read first; it must read from nc. Of cfg, From and Payload
// are set here.
func NewConn(nc net.Conn, br *bufio.Reader, cfg wire.ReaderConfig) *Conn {
	c := &Conn{Conn: nc, br: br, buf: make([]byte, 64<<10)}
	cfg.From = wire.FromServer
	cfg.Payload = true
	if cfg.MaxMessage == 0 {
		cfg.MaxMessage = 64 << 20
	}
	c.reader.Init(cfg)
	return c
}

// Connect opens the connection that a handshake with u needs, TLS included, and
// sends nothing on it. Of h it uses From and TLS.
func Connect(ctx context.Context, u *url.URL, h Handshake) (net.Conn, error) {
	d := net.Dialer{}
	if h.From != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(h.From)}
	}
	secure := u.Scheme == "wss" || u.Scheme == "https"
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[bool]string{true: "443", false: "80"}[secure])
	}
	nc, err := d.DialContext(ctx, "tcp", host)
	if err != nil || !secure {
		return nc, err
	}
	cfg := &tls.Config{}
	if h.TLS != nil {
		cfg = h.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = u.Hostname()
	}
	t := tls.Client(nc, cfg)
	if err := t.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, err
	}
	return t, nil
}

func exchange(nc net.Conn, u *url.URL, h Handshake) (*http.Response, *bufio.Reader, error) {
	if _, err := nc.Write(append(Request(u, h), h.Behind...)); err != nil {
		return nil, nil, fmt.Errorf("send handshake: %w", err)
	}
	br := bufio.NewReader(nc)
	res, err := http.ReadResponse(br, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	return res, br, nil
}

// Request returns the bytes of the handshake.
func Request(u *url.URL, h Handshake) []byte {
	lines := []Line{
		{"Host", u.Host}, {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", newKey()},
		{"Origin", h.Origin}, {"Cookie", h.Cookie}, {"Sec-WebSocket-Protocol", strings.Join(h.Subprotocols, ", ")}, {"Sec-WebSocket-Extensions", h.Extensions},
	}
	if h.Bearer != "" {
		lines = append(lines, Line{"Authorization", "Bearer " + h.Bearer})
	}
	extra := h.Header
	for i, l := range lines {
		for j, e := range extra {
			if strings.EqualFold(e.Name, l.Name) {
				lines[i] = e
				extra = append(append([]Line{}, extra[:j]...), extra[j+1:]...)
				break
			}
		}
	}
	var b strings.Builder
	target := u.RequestURI()
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\n", target)
	for _, l := range lines {
		if l.Value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
		}
	}
	for _, l := range extra {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

func newKey() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.StdEncoding.EncodeToString(b)
}

// Send writes one message or control frame.
func (c *Conn) Send(op wire.Opcode, payload []byte) error {
	key := wire.NewMaskKey()
	_, err := c.Write(wire.AppendMessage(nil, op, payload, &key))
	return err
}

// SendText writes one text message.
func (c *Conn) SendText(s string) error { return c.Send(wire.Text, []byte(s)) }

// SendClose writes a Close frame.
func (c *Conn) SendClose(code wire.CloseCode, reason string) error {
	key := wire.NewMaskKey()
	_, err := c.Write(wire.AppendClose(nil, code, reason, &key))
	return err
}

// Next returns the next message or control frame. It waits until ctx ends. Its
// bytes are the caller's.
func (c *Conn) Next(ctx context.Context) (wire.Unit, error) {
	stop := context.AfterFunc(ctx, func() { c.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for {
		for len(c.rest) > 0 {
			n, u, ok, err := c.reader.Next(c.rest)
			c.rest = c.rest[n:]
			if err != nil {
				return wire.Unit{}, err
			}
			if ok {
				u.Payload = append([]byte(nil), u.Payload...)
				u.Reason = append([]byte(nil), u.Reason...)
				return u, nil
			}
		}
		n, err := c.br.Read(c.buf)
		if err != nil {
			if ctx.Err() != nil {
				err = errors.Join(ctx.Err(), err)
			}
			return wire.Unit{}, err
		}
		c.rest = c.buf[:n]
	}
}

// NextMessage returns the next data message or Close frame. It answers pings.
func (c *Conn) NextMessage(ctx context.Context) (wire.Unit, error) {
	for {
		u, err := c.Next(ctx)
		if err != nil {
			return u, err
		}
		switch u.Opcode {
		case wire.Ping:
			if err := c.Send(wire.Pong, u.Payload); err != nil {
				return u, err
			}
		case wire.Pong:
		default:
			return u, nil
		}
	}
}

// CloseWrite ends the sending half.
func (c *Conn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return errors.ErrUnsupported
}
