package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "plaintext",
		Summary:    "asks for the same endpoint without TLS",
		Weaknesses: []*catalogue.Weakness{catalogue.PlaintextTransport},
		Cost:       Cost{Connections: 2, Messages: 2, Time: 12 * time.Second},
		Run:        runPlaintext,
	})
}

const fixPlaintext = "serve wss alone, and answer http with a redirect and Strict-Transport-Security"

func runPlaintext(ctx context.Context, s *Session) error {
	w := catalogue.PlaintextTransport
	if !s.Target.Secure() {
		switch {
		case Loopback(s.Target.URL.Hostname()):
			s.NotJudged(w, "ws:// to this machine leaves no wire to listen on")
		case s.Control.Upgraded():
			s.Weak(Finding{Weakness: w, Evidence: s.Control.Evidence, Fix: fixPlaintext, Anchor: "given",
				Message: "The endpoint is served over ws://: whoever is on the way reads and writes every message, the credential of the handshake among them."})
		default:
			s.NotJudged(w, "the handshake over ws:// is %v", s.Control)
		}
		return nil
	}
	r := s.plain()
	bare := *s.Target.URL
	bare.Scheme = "ws"
	if s.Target.URL.Port() == "" {
		bare.Host = net.JoinHostPort(bare.Hostname(), "80")
	}
	r.URL = &bare
	c, o, err := s.Open(ctx, r.With("Host", bare.Host))
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrBudget) {
			return err
		}
		s.Pass(w, "%s can't be reached without TLS", bare.Host)
		return nil
	}
	if c != nil {
		c.Close()
		s.Weak(Finding{Weakness: w, Evidence: o.Evidence, Fix: fixPlaintext, Anchor: "also",
			Message: fmt.Sprintf("The endpoint is also served without TLS, at %s: a client that is sent there talks in the open.", bare.Host)})
		return nil
	}
	s.Pass(w, "without TLS it is %v", o)
	return nil
}
