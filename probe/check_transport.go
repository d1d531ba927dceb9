package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "plaintext",
		Summary:    "asks for the same endpoint without TLS",
		Weaknesses: []*catalogue.Weakness{catalogue.PlaintextTransport},
		Cost:       Cost{Connections: 2, Messages: 2, Time: 12 * time.Second},
		Run:        runPlaintext,
	}, &Check{
		Name:       "tls",
		Summary:    "looks at the certificate, old versions of TLS, and Strict-Transport-Security",
		Weaknesses: []*catalogue.Weakness{catalogue.PlaintextTransport},
		Cost:       Cost{Connections: 4, Time: 15 * time.Second},
		Run:        runTLS,
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

func runTLS(ctx context.Context, s *Session) error {
	w := catalogue.PlaintextTransport
	if !s.Target.Secure() {
		s.NotJudged(w, "the target is ws://, without TLS")
		return nil
	}
	r := s.plain()
	verify := &tls.Config{}
	if s.Target.TLS != nil {
		verify.RootCAs = s.Target.TLS.RootCAs
	}
	_, err := s.greetTLS(ctx, r, verify)
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		s.Note("the certificate is not one that browsers trust: %v", err)
	case err != nil:
		return err
	}
	old := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true} // what is asked is whether it is spoken
	state, err := s.greetTLS(ctx, r, old)
	switch {
	case err == nil:
		s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Fix: "accept TLS 1.2 and 1.3 alone", Anchor: "version",
			Evidence: report.Evidence{Request: "(a TLS handshake that offers at most TLS 1.1)", Response: "(agreed on " + tls.VersionName(state.Version) + ")"},
			Message:  fmt.Sprintf("The server agrees to %s, which browsers gave up in 2020 (RFC 8996): what protects the connection is broken cryptography.", tls.VersionName(state.Version))})
		return nil
	case ctx.Err() != nil || errors.Is(err, ErrBudget):
		return err
	}
	s.Pass(w, "TLS 1.1 and older are refused")
	return s.noteHSTS(ctx)
}

// greetTLS does a TLS handshake and nothing else.
func (s *Session) greetTLS(ctx context.Context, r Request, cfg *tls.Config) (tls.ConnectionState, error) {
	nc, err := s.Dial(ctx, r, cfg)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer nc.Close()
	if g, ok := nc.(*guarded); ok {
		if t, ok := g.Conn.(*tls.Conn); ok {
			return t.ConnectionState(), nil
		}
	}
	return tls.ConnectionState{}, nil
}

// noteHSTS says where a page of the host may still be loaded in the open.
func (s *Session) noteHSTS(ctx context.Context) error {
	o, err := s.Get(ctx, "/", "", nil)
	if err != nil {
		return err
	}
	if o.Header.Get("Strict-Transport-Security") == "" {
		s.Note("the front page comes without Strict-Transport-Security: a visitor's first request may go over http, where somebody on the way answers it with a page of his own")
	}
	return nil
}
