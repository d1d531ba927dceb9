package front_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"testing"

	"github.com/pires/go-proxyproto"

	"github.com/wswarden/wswarden/internal/serve/front"
)

const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func header(t *testing.T, version byte, source string) string {
	t.Helper()
	h := proxyproto.HeaderProxyFromAddrs(version,
		net.TCPAddrFromAddrPort(netip.MustParseAddrPort(source)),
		net.TCPAddrFromAddrPort(netip.MustParseAddrPort("[2001:db8::1]:443")))
	b, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func trust(network string) func() []netip.Prefix {
	return func() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(network)} }
}

func TestProxyHeaderOfTrustedProxy(t *testing.T) {
	local := proxyproto.Header{Version: 2, Command: proxyproto.LOCAL}
	health, err := local.Format()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, header string
		client       string // empty: the proxy itself
	}{
		{"version 1", header(t, 1, "[2001:db8::9]:4711"), "[2001:db8::9]:4711"},
		{"version 2", header(t, 2, "[2001:db8::9]:4711"), "[2001:db8::9]:4711"},
		{"version 1 over IPv4", "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n", "192.0.2.7:4711"},
		{"version 1 that knows nobody", "PROXY UNKNOWN\r\n", ""},
		{"version 2 of the proxy's own", string(health), ""},
		{"no header", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, front.Config{Trusted: trust("127.0.0.0/8")}, ok)
			c := s.dial(t, tt.header+request)
			want := tt.client
			if want == "" {
				want = c.LocalAddr().String()
			}
			if resp, body := readAnswer(t, c); resp.StatusCode != 200 || body != want {
				t.Errorf("got %d and client %q, want %q", resp.StatusCode, body, want)
			}
		})
	}
}

func TestProxyHeaderBeforeTLS(t *testing.T) {
	cert, pool := certificate(t)
	s := serve(t, front.Config{Trusted: trust("127.0.0.0/8"), TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}, ok)
	raw := s.dial(t, header(t, 2, "[2001:db8::9]:4711"))
	c := tls.Client(raw, &tls.Config{RootCAs: pool, ServerName: "localhost"})
	io.WriteString(c, request)
	if _, body := readAnswer(t, c); body != "[2001:db8::9]:4711" {
		t.Errorf("got client %q, want the one of the header", body)
	}
}

// A client that could name its own address would escape every limit by
// address.
func TestProxyHeaderIsRefused(t *testing.T) {
	cert, _ := certificate(t)
	secured := &tls.Config{Certificates: []tls.Certificate{cert}}
	tests := []struct {
		name, network, input, rule string
		tls                        *tls.Config
	}{
		{"version 1 from a stranger", "192.0.2.0/24", header(t, 1, "[2001:db8::9]:4711") + request, "proxy.untrusted", nil},
		{"version 2 from a stranger", "192.0.2.0/24", header(t, 2, "[2001:db8::9]:4711") + request, "proxy.untrusted", nil},
		{"version 1 from a stranger before TLS", "192.0.2.0/24", header(t, 1, "[2001:db8::9]:4711"), "proxy.untrusted", secured},
		{"version 2 from a stranger before TLS", "192.0.2.0/24", header(t, 2, "[2001:db8::9]:4711"), "proxy.untrusted", secured},
		{"a malformed address", "127.0.0.0/8", "PROXY TCP4 300.0.2.7 192.0.2.1 4711 443\r\n" + request, "proxy.malformed", nil},
		{"an unknown command", "127.0.0.0/8", string(proxyproto.SIGV2) + "\x2f\x11\x00\x00" + request, "proxy.malformed", nil},
		{"a header that never ends", "127.0.0.0/8", "PROXY TCP4 " + string(make([]byte, 200)), "proxy.malformed", nil},
		{"two headers", "127.0.0.0/8", header(t, 1, "[2001:db8::9]:1") + header(t, 1, "[2001:db8::9]:2") + request, "proxy.untrusted", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, front.Config{Trusted: trust(tt.network), TLS: tt.tls}, ok)
			got, _ := io.ReadAll(s.dial(t, tt.input)) // the close may be a reset
			if tt.tls == nil && len(got) > 0 {
				t.Errorf("got an answer %q, want a closed connection", got)
			}
			if rules := s.audit.rules(); rules != tt.rule {
				t.Errorf("audit has %q, want %q", rules, tt.rule)
			}
		})
	}
}
