package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const (
	// maxBody bounds what is read of an answer that is no upgrade.
	maxBody = 64 << 10
	// maxMessage bounds a message that a server may send.
	maxMessage = 4 << 20
	// maxTaken bounds how many of the server's units a conn keeps.
	maxTaken = 64
)

// errConnect says that the host could not be reached.
var errConnect = errors.New("connect")

// Dial opens a connection to the host of r and sends nothing on it: the
// WebSocket client's connection, for what is no handshake. It is charged as one
// connection.
func (s *Session) Dial(ctx context.Context, r Request, cfg *tls.Config) (net.Conn, error) {
	if err := s.meter.connection(); err != nil {
		return nil, err
	}
	if err := s.run.pace.wait(ctx); err != nil {
		return nil, err
	}
	if cfg == nil {
		cfg = s.Target.TLS
	}
	dialing, cancel := context.WithTimeout(ctx, s.run.patience())
	defer cancel()
	nc, err := wireclient.Connect(dialing, r.URL, wireclient.Handshake{From: r.From, TLS: cfg})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w to %q: %w", errConnect, r.URL.Host, err)
	}
	return &guarded{Conn: nc, stop: context.AfterFunc(ctx, func() { nc.Close() })}, nil
}

// guarded is a connection that ends with the context it was opened in.
type guarded struct {
	net.Conn
	stop func() bool
}

func (g *guarded) Close() error {
	g.stop()
	return g.Conn.Close()
}

func (g *guarded) CloseWrite() error {
	if h, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Open sends a handshake and reads the answer. The Conn is nil unless the
// server answered 101; the Kind of such an outcome is Open until more is known.
// An error is one of the budget, of ctx, or of a host that can't be reached;
// a server that ends the connection or says nothing is an outcome.
func (s *Session) Open(ctx context.Context, r Request) (*Conn, Outcome, error) {
	nc, err := s.Dial(ctx, r, nil)
	if err != nil {
		return nil, Outcome{}, err
	}
	c, o := s.exchange(nc, r)
	if c == nil {
		nc.Close()
	} else {
		s.mu.Lock()
		s.last = c
		s.mu.Unlock()
	}
	if ctx.Err() != nil && c == nil {
		return nil, o, ctx.Err()
	}
	return c, o, nil
}

// Fetch sends a request that is no handshake and returns the answer.
func (s *Session) Fetch(ctx context.Context, r Request) (Outcome, error) {
	c, o, err := s.Open(ctx, r)
	if c != nil {
		c.drop()
	}
	return o, err
}

// Get is Fetch of a path of the target's host, as a page of the given origin
// asks for it; an empty origin leaves the header out.
func (s *Session) Get(ctx context.Context, target, origin string, who *Identity) (Outcome, error) {
	r := Request{Method: http.MethodGet, Target: target, Proto: "HTTP/1.1", URL: s.Target.URL}
	r.Lines = []wireclient.Line{{Name: "Host", Value: s.Target.URL.Host}, {Name: "User-Agent", Value: userAgent}, {Name: "Connection", Value: "close"}}
	if origin != "" {
		r = r.Plus("Origin", origin)
	}
	if who != nil {
		for _, l := range who.Lines {
			r = r.With(l.Name, l.Value)
		}
	}
	return s.Fetch(ctx, r)
}

// exchange writes the request and reads the answer.
func (s *Session) exchange(nc net.Conn, r Request) (*Conn, Outcome) {
	tap := &tap{Conn: nc}
	o := Outcome{Code: wire.CloseAbnormal}
	head := r.Head()
	nc.SetDeadline(time.Now().Add(s.run.patience()))
	defer nc.SetDeadline(time.Time{})
	_, werr := nc.Write(append(head, r.Behind...))
	// A server may refuse before it has read all, so that the writing fails and
	// the answer is there.
	br := bufio.NewReader(tap)
	res, err := http.ReadResponse(br, &http.Request{Method: r.Method})
	o.Evidence.Request = s.Mask(clipLines(string(head)))
	if err != nil {
		o.Evidence.Response = s.Mask(clipLines(tap.String()))
		if o.Evidence.Response == "" {
			o.Evidence.Response = silence(werr, err)
		}
		s.run.facts.receive(received{s.check.Name, "answer", tap.String(), o.Evidence.Request})
		return nil, o
	}
	defer res.Body.Close()
	o.Status, o.Header = res.StatusCode, res.Header
	answer := responseHead(tap.String())
	if res.StatusCode != http.StatusSwitchingProtocols {
		o.Kind = Refused
		o.Body, _ = io.ReadAll(io.LimitReader(res.Body, maxBody))
		o.Evidence.Response = s.Mask(clipLines(answer) + "\n" + clip(string(o.Body), maxShown))
		s.run.facts.receive(received{s.check.Name, "answer", answer + "\n" + string(o.Body), o.Evidence.Request})
		return nil, o
	}
	o.Kind = Open
	o.Evidence.Response = s.Mask(clipLines(answer))
	cfg := wire.ReaderConfig{MaxMessage: maxMessage, MaxFragments: 1 << 16}
	cfg.Deflate, o.Invalid = judgeUpgrade(r, res)
	s.run.facts.receive(received{s.check.Name, "answer", answer, o.Evidence.Request})
	c := &Conn{s: s, nc: nc, client: wireclient.NewConn(tap, br, cfg), evidence: o.Evidence}
	tap.done()
	return c, o
}

// silence says how a connection ended that brought no answer.
func silence(werr, err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "(no answer)"
	case werr != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return "(the connection was reset)"
	}
	return "(the connection was ended without an answer)"
}

// responseHead is the head of what was received.
func responseHead(raw string) string {
	if head, _, ok := strings.Cut(raw, "\r\n\r\n"); ok {
		return head
	}
	return raw
}

// judgeUpgrade says what is wrong with a 101, and which compression it agreed to.
func judgeUpgrade(r Request, res *http.Response) (*wire.Deflate, string) {
	switch {
	case !wire.HeaderHasToken(res.Header.Values("Upgrade"), "websocket"):
		return nil, "its Upgrade header does not say websocket"
	case !wire.HeaderHasToken(res.Header.Values("Connection"), "upgrade"):
		return nil, "its Connection header does not say Upgrade"
	case r.Key != "" && res.Header.Get("Sec-WebSocket-Accept") != wire.AcceptKey(r.Value("Sec-WebSocket-Key")):
		return nil, "its Sec-WebSocket-Accept does not belong to the key"
	}
	d, err := wire.ParseDeflateResponse(res.Header.Values("Sec-WebSocket-Extensions"), wire.DeflateOffer{ClientMaxWindowBits: true})
	if err != nil {
		return nil, "its Sec-WebSocket-Extensions does not fit what was offered"
	}
	if d != nil && r.Value("Sec-WebSocket-Extensions") == "" {
		return d, "it compresses although nothing was offered"
	}
	return d, ""
}

// tap keeps the first bytes that a connection receives. What an answer says is
// shown as it came, not as a parser understood it.
type tap struct {
	net.Conn
	mu   sync.Mutex
	kept bytes.Buffer // guarded by mu
	off  bool         // guarded by mu
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := maxBody - t.kept.Len(); !t.off && room > 0 {
		t.kept.Write(b[:min(n, room)])
	}
	return n, err
}

func (t *tap) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.String()
}

// done stops the keeping: what follows are frames.
func (t *tap) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.off = true
}
