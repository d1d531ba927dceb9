package probe_test

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
)

// secured is a twin behind TLS.
func secured(t *testing.T, s *probetest.Server, least uint16) *url.URL {
	t.Helper()
	certificates := httptest.NewTLSServer(nil)
	defer certificates.Close()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := tls.NewListener(plain, &tls.Config{Certificates: certificates.TLS.Certificates, MinVersion: least})
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer nc.Close()
				relayTo(nc, bufio.NewReader(nc), to.Host)
			})
		}
	})
	out := *to
	out.Scheme, out.Host = "wss", plain.Addr().String()
	return &out
}

func TestTLS(t *testing.T) {
	for name, c := range map[string]struct {
		least uint16
		want  string
	}{
		"old versions": {tls.VersionTLS10, "WS106 tls"},
		"new versions": {tls.VersionTLS12, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := probetest.Hardened(t)
			opt := probe.Options{Target: target(t, s), Only: []string{"tls", "plaintext", "auth", "extended-connect"}}
			opt.Target.URL = secured(t, s, c.least)
			opt.Target.TLS = &tls.Config{InsecureSkipVerify: true}
			r := run(t, opt)
			if got := strings.Join(found(r), " "); got != c.want {
				t.Errorf("got %q, want %q%s", got, c.want, describe(r))
			}
			if !strings.Contains(describe(r), "the certificate is not one that browsers trust") {
				t.Errorf("nothing is said of the certificate%s", describe(r))
			}
		})
	}
}
