package guard_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire/wiretest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// conform runs the conformance cases against the guard at url.
func conform(t *testing.T, url string, trust *tls.Config, caps wiretest.Capabilities) {
	t.Helper()
	wiretest.Run(t, wiretest.Cases(caps), func(t *testing.T, c wiretest.Case) net.Conn {
		nc, res, err := wireclient.Dial(testContext(t), wireclient.Handshake{URL: url + "/ws", Origin: appOrigin, Extensions: c.Offer, TLS: trust})
		if err != nil {
			t.Fatal(err)
		}
		if nc == nil {
			t.Fatalf("handshake refused with %d", res.StatusCode)
		}
		if c.Offer != "" && res.Header.Get("Sec-WebSocket-Extensions") == "" {
			nc.Close()
			t.Fatalf("offer %q declined", c.Offer)
		}
		return nc.Conn
	}, caps)
}

func compressing(cfg *guard.Config) { cfg.Routes[0].Compression = true }

// TestConformance holds each way through a guard to RFC 6455 and RFC 7692.
func TestConformance(t *testing.T) {
	for _, way := range []struct {
		name  string
		start func(t *testing.T) (url string, trust *tls.Config)
		caps  wiretest.Capabilities
	}{
		{"gateway", func(t *testing.T) (string, *tls.Config) { return startGateway(t, generous).url, nil }, wiretest.Capabilities{}},
		{"gateway with compression", func(t *testing.T) (string, *tls.Config) {
			return startGateway(t, all(generous, compressing)).url, nil
		}, wiretest.Capabilities{Deflate: true}},
		{"gateway with other limits", func(t *testing.T) (string, *tls.Config) {
			return startGateway(t, all(generous, limits(func(l *guard.Limits) { l.MessageBytes, l.Fragments = 200_000, 10 }))).url, nil
		}, wiretest.Capabilities{MaxMessage: 200_000, MaxFragments: 10}},
		{"gateway over TLS", func(t *testing.T) (string, *tls.Config) {
			w, trust := startSecure(t, generous)
			return w.url, trust
		}, wiretest.Capabilities{}},
		{"handler", func(t *testing.T) (string, *tls.Config) { return startHandler(t, generous, echo).url, nil }, wiretest.Capabilities{}},
		{"handler with compression", func(t *testing.T) (string, *tls.Config) {
			return startHandler(t, all(generous, compressing), echo).url, nil
		}, wiretest.Capabilities{Deflate: true}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			url, trust := way.start(t)
			conform(t, url, trust, way.caps)
		})
	}
}

func echo(_ context.Context, s *guard.Session, m guard.Message) error { return s.Send(m) }

// startHandler runs a guard in front of a function.
func startHandler(t *testing.T, edit func(*guard.Config), handle guard.HandlerFunc) *gateway {
	t.Helper()
	w := startGateway(t, all(func(cfg *guard.Config) { cfg.Routes[0].Backend = "" }, edit))
	s := httptest.NewServer(w.Handler(handle))
	w.url = "ws" + s.URL[len("http"):]
	t.Cleanup(func() {
		w.Close()
		s.Close()
	})
	return w
}

// startSecure runs a gateway behind TLS, and returns what trusts it.
func startSecure(t *testing.T, edit func(*guard.Config)) (*gateway, *tls.Config) {
	t.Helper()
	w := startGateway(t, edit)
	s := httptest.NewTLSServer(w.Gateway())
	w.url = "wss" + s.URL[len("https"):]
	t.Cleanup(func() {
		w.Close()
		s.Close()
	})
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return w, &tls.Config{RootCAs: roots, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
}
