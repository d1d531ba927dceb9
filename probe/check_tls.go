package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "tls",
		Summary:    "looks at the certificate, old versions of TLS, and Strict-Transport-Security",
		Weaknesses: []*catalogue.Weakness{catalogue.PlaintextTransport},
		Cost:       Cost{Connections: 4, Time: 15 * time.Second},
		Run:        runTLS,
	})
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
