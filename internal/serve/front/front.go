// Package front is the public listener: it accepts sockets and hands net/http
// only those whose request head was judged first.
//
// Between the socket and net/http stand, in this order, a bound on connections
// that have not been upgraded, the PROXY protocol (from trusted proxies alone),
// TLS, and the strict request head of package head. A connection carries one
// request: whatever follows it before the answer is a violation, and the
// connection closes with the answer, so that a request hidden behind another
// is never served.
//
// It knows nothing of routes, Origins or credentials, and no frame passes
// through it: after the upgrade the socket belongs to the guard.
package front

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// Config says how a [Listener] treats what it accepts.
type Config struct {
	// TLS is spoken where it is not nil. It must have a certificate.
	TLS *tls.Config
	// Trusted returns the networks whose PROXY protocol header is believed. It
	// is called once a connection; nil trusts nobody.
	Trusted func() []netip.Prefix
	// HeadTimeout returns the longest time from the accept to the end of the
	// request head, TLS included, and then for the body. It is called once a
	// connection; nil means 10 s.
	HeadTimeout func() time.Duration
	// MaxPending bounds the connections that have not been upgraded; 0 means
	// 4096. Those beyond are closed. One address (IPv6 by /64) that is no
	// trusted proxy may hold a quarter.
	MaxPending int
	// Audit receives one event for every connection that is refused for what
	// it sent; nil drops them.
	Audit guard.Auditor
	// Log receives operational messages; nil discards them.
	Log *slog.Logger
}

// Stats are the counts of a [Listener]. All but Pending only grow.
type Stats struct {
	// Pending are the connections that have not been upgraded (a gauge).
	Pending int
	// Accepted counts all connections.
	Accepted uint64
	// Excess counts those that were closed for the bound on pending ones.
	Excess uint64
	// Refused counts those refused for their PROXY header, TLS or head.
	Refused uint64
	// Panics counts recovered panics; any is a defect.
	Panics uint64
}

// Listener is a [net.Listener] whose connections have sent a well-formed
// request head. Its connections must be served by an [net/http.Server] whose
// ConnContext is [ConnContext] and whose handler went through [Handler].
type Listener struct {
	ln     net.Listener
	cfg    Config
	gate   *gate
	ready  chan net.Conn
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	closed sync.Once
	err    error

	accepted, excess, refused, panics atomic.Uint64
	excessLog                         sometimes
}

// New starts to accept from ln, which the listener owns from then on.
func New(ln net.Listener, cfg Config) *Listener {
	if cfg.HeadTimeout == nil {
		cfg.HeadTimeout = func() time.Duration { return 10 * time.Second }
	}
	if cfg.MaxPending <= 0 {
		cfg.MaxPending = 4096
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Trusted == nil {
		cfg.Trusted = func() []netip.Prefix { return nil }
	}
	l := &Listener{
		ln:    ln,
		cfg:   cfg,
		gate:  newGate(cfg.MaxPending, max(1, cfg.MaxPending/4)),
		ready: make(chan net.Conn),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.wg.Go(l.run)
	return l
}

// Accept returns the next connection whose head was judged. It implements
// [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Addr returns the address of the socket. It implements [net.Listener].
func (l *Listener) Addr() net.Addr { return l.ln.Addr() }

// Close stops accepting and ends the connections whose head is still under
// way. Those that Accept returned stay open. It may be called more than once;
// [Listener.Wait] waits for what it ended.
func (l *Listener) Close() error {
	l.closed.Do(func() {
		l.cancel()
		l.err = l.ln.Close()
	})
	return l.err
}

// Wait returns when every goroutine of a closed listener has ended.
func (l *Listener) Wait() { l.wg.Wait() }

// Stats returns the counts so far.
func (l *Listener) Stats() Stats {
	return Stats{
		Pending:  l.gate.pending(),
		Accepted: l.accepted.Load(),
		Excess:   l.excess.Load(),
		Refused:  l.refused.Load(),
		Panics:   l.panics.Load(),
	}
}

// run accepts until the listener is closed. Running out of file descriptors
// must not end it: it waits for some to come back.
func (l *Listener) run() {
	var pause time.Duration
	for {
		raw, err := l.ln.Accept()
		if err == nil {
			pause = 0
			l.enter(raw)
			continue
		}
		if errors.Is(err, net.ErrClosed) || l.ctx.Err() != nil {
			return
		}
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		l.cfg.Log.Error("accept failed", "error", err, "retry", pause)
		select {
		case <-time.After(pause):
		case <-l.ctx.Done():
			return
		}
	}
}

// enter gives raw a place, or closes it where there is none.
func (l *Listener) enter(raw net.Conn) {
	l.accepted.Add(1)
	peer := addrOf(raw.RemoteAddr())
	trusted := contains(l.cfg.Trusted(), peer)
	p, ok := l.gate.enter(peer, trusted)
	if !ok {
		l.excess.Add(1)
		raw.Close()
		if l.excessLog.now() {
			l.cfg.Log.Warn("connection closed: too many are waiting to be served", "client", peer, "limit", l.cfg.MaxPending, "hint", "the next minute's are only counted")
		}
		return
	}
	l.wg.Go(func() { l.admit(&entry{raw: raw, peer: peer, trusted: trusted, pass: p}) })
}

// sometimes is true at most once a minute, for messages that a flood causes.
type sometimes struct{ next atomic.Int64 }

func (s *sometimes) now() bool {
	t, next := time.Now().Unix(), s.next.Load()
	return t >= next && s.next.CompareAndSwap(next, t+60)
}
