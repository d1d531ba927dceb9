package front

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/audit"
	"github.com/wswarden/wswarden/internal/serve/head"
)

// entry is one accepted socket on its way to net/http.
type entry struct {
	raw     net.Conn
	peer    netip.Addr
	trusted bool
	pass    *pass
}

// admit takes one socket from its first byte to net/http, or closes it.
func (l *Listener) admit(e *entry) {
	handedOn := false
	defer func() {
		if v := recover(); v != nil {
			l.panics.Add(1)
			l.cfg.Log.Error("panic while a request head was read", "panic", v, "stack", string(debug.Stack()))
		}
		if !handedOn {
			e.pass.leave()
			e.raw.Close()
		}
	}()
	// Closing the listener must end a read that waits for a silent peer.
	stop := context.AfterFunc(l.ctx, func() { e.raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	timeout := l.cfg.HeadTimeout()
	e.raw.SetDeadline(time.Now().Add(timeout))

	conn, ok := l.secure(e)
	if !ok {
		return
	}
	p, ok := l.readHead(conn)
	if !ok {
		return
	}
	stop()
	e.raw.SetDeadline(time.Time{})
	select {
	case l.ready <- newConn(conn, e.pass, p, time.Now().Add(timeout)):
		handedOn = true
	case <-l.ctx.Done():
	}
}

// secure reads the PROXY header and completes the TLS handshake, as far as
// either is spoken.
func (l *Listener) secure(e *entry) (net.Conn, bool) {
	conn := e.raw
	if e.trusted {
		var err error
		if conn, err = readProxyHeader(e.raw); err != nil {
			if net := (*net.OpError)(nil); !errors.As(err, &net) {
				l.record(e.peer, proxyDenial("proxy.malformed", err.Error()))
			}
			return nil, false
		}
	}
	if l.cfg.TLS == nil {
		return conn, true
	}
	secured := tls.Server(conn, l.cfg.TLS)
	if err := secured.Handshake(); err != nil {
		var header tls.RecordHeaderError
		if errors.As(err, &header) && (string(header.RecordHeader[:]) == "PROXY" || header.RecordHeader == [5]byte{'\r', '\n', '\r', '\n', 0}) {
			l.record(e.peer, proxyDenial("proxy.untrusted", "a PROXY header came from an address that trusted_proxies does not hold"))
			return nil, false
		}
		l.refused.Add(1)
		l.cfg.Log.Debug("TLS handshake failed", "client", addrOf(conn.RemoteAddr()), "error", err)
		return nil, false
	}
	return secured, true
}

// readHead reads until the head is complete. A head that is refused is
// answered here; a peer that said nothing, as a browser's speculative
// connection does, is let go without a word.
func (l *Listener) readHead(conn net.Conn) (*head.Parser, bool) {
	p := &head.Parser{}
	for {
		n, err := conn.Read(p.Space())
		if n > 0 {
			done, d := p.Advance(n)
			switch {
			case done:
				return p, true
			case d == nil:
			case isProxyHeader(p.Bytes()):
				l.record(addrOf(conn.RemoteAddr()), proxyDenial("proxy.untrusted", "a PROXY header came from an address that trusted_proxies does not hold"))
				return nil, false
			default:
				l.refuse(conn, d)
				return nil, false
			}
		}
		if err == nil {
			continue
		}
		if p.Started() && errors.Is(err, os.ErrDeadlineExceeded) && l.ctx.Err() == nil {
			l.refuse(conn, p.Timeout())
		}
		return nil, false
	}
}

// record writes a denial to the audit log.
func (l *Listener) record(client netip.Addr, d *guard.Denial) string {
	l.refused.Add(1)
	id := audit.NewID()
	if l.cfg.Audit != nil {
		l.cfg.Audit.Record(guard.Event{
			Time:     time.Now(),
			ID:       id,
			Action:   "handshake",
			Outcome:  guard.Denied,
			Weakness: d.Weakness,
			Rule:     d.Rule,
			Detail:   d.Detail,
			Client:   client.String(),
			Status:   d.Status,
		})
	}
	return id
}
