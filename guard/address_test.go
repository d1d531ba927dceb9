package guard_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// trusting has the guard believe the proxies of these networks.
func trusting(networks ...string) func(*guard.Config) {
	return func(c *guard.Config) {
		for _, n := range networks {
			c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(n))
		}
	}
}

func TestClientAddress(t *testing.T) {
	const peer = "10.0.0.1:40000"
	for _, c := range []struct {
		name, remote string
		header       http.Header
		want         string // empty: refused
	}{
		{"nobody trusted in between", "198.51.100.7:1", nil, "198.51.100.7"},
		{"stranger with X-Forwarded-For", "198.51.100.7:1", http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "198.51.100.7"},
		{"stranger with all of them", "198.51.100.7:1", http.Header{"Forwarded": {"for=203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"}, "True-Client-Ip": {"203.0.113.9"}, "Cf-Connecting-Ip": {"203.0.113.9"}}, "198.51.100.7"},
		{"stranger with garbage", "198.51.100.7:1", http.Header{"X-Forwarded-For": {"garbage"}, "Forwarded": {"\""}}, "198.51.100.7"},
		{"IPv4 in an IPv6 socket", "[::ffff:198.51.100.7]:1", nil, "198.51.100.7"},
		{"IPv6 with zone", "[fe80::1%eth0]:1", nil, "fe80::1"},

		{"proxy without a header", peer, nil, "10.0.0.1"},
		{"proxy with X-Forwarded-For", peer, http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "203.0.113.9"},
		{"proxy in an IPv6 socket", "[::ffff:10.0.0.1]:1", http.Header{"X-Forwarded-For": {"203.0.113.9"}}, "203.0.113.9"},
		{"what the client wrote itself stands left", peer, http.Header{"X-Forwarded-For": {"127.0.0.1, 203.0.113.9"}}, "203.0.113.9"},
		{"several proxies", peer, http.Header{"X-Forwarded-For": {"127.0.0.1, 203.0.113.9, 10.0.0.3, 10.0.0.2"}}, "203.0.113.9"},
		{"several header lines", peer, http.Header{"X-Forwarded-For": {"127.0.0.1", "203.0.113.9", "10.0.0.2"}}, "203.0.113.9"},
		{"a trusted address to the left of a stranger", peer, http.Header{"X-Forwarded-For": {"10.0.0.9, 203.0.113.9"}}, "203.0.113.9"},
		{"proxies alone", peer, http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		{"with port", peer, http.Header{"X-Forwarded-For": {"203.0.113.9:1234"}}, "203.0.113.9"},
		{"IPv6", peer, http.Header{"X-Forwarded-For": {"2001:db8::9"}}, "2001:db8::9"},
		{"IPv6 in brackets", peer, http.Header{"X-Forwarded-For": {"[2001:db8::9]"}}, "2001:db8::9"},
		{"IPv6 with port", peer, http.Header{"X-Forwarded-For": {"[2001:db8::9]:443"}}, "2001:db8::9"},
		{"IPv4 in IPv6", peer, http.Header{"X-Forwarded-For": {"::ffff:203.0.113.9"}}, "203.0.113.9"},
		{"empty elements", peer, http.Header{"X-Forwarded-For": {", ,203.0.113.9, "}}, "203.0.113.9"},
		{"Forwarded", peer, http.Header{"Forwarded": {"for=203.0.113.9;proto=https;by=10.0.0.1"}}, "203.0.113.9"},
		{"Forwarded with IPv6", peer, http.Header{"Forwarded": {`For="[2001:db8::9]:4711"`}}, "2001:db8::9"},
		{"Forwarded chain", peer, http.Header{"Forwarded": {"for=127.0.0.1, for=203.0.113.9", "proto=https; for=10.0.0.2"}}, "203.0.113.9"},
		{"both headers that agree", peer, http.Header{"Forwarded": {"for=203.0.113.9"}, "X-Forwarded-For": {"203.0.113.9"}}, "203.0.113.9"},
		{"headers that nobody set here", peer, http.Header{"X-Real-Ip": {"203.0.113.9"}, "True-Client-Ip": {"203.0.113.9"}}, "10.0.0.1"},

		{"both headers that disagree", peer, http.Header{"Forwarded": {"for=203.0.113.9"}, "X-Forwarded-For": {"203.0.113.10"}}, ""},
		{"one header longer than the other", peer, http.Header{"Forwarded": {"for=203.0.113.9"}, "X-Forwarded-For": {"203.0.113.9, 10.0.0.2"}}, ""},
		{"garbage", peer, http.Header{"X-Forwarded-For": {"garbage"}}, ""},
		{"garbage left of the client", peer, http.Header{"X-Forwarded-For": {"garbage, 203.0.113.9"}}, ""},
		{"a name", peer, http.Header{"X-Forwarded-For": {"client.example"}}, ""},
		{"unknown", peer, http.Header{"X-Forwarded-For": {"unknown"}}, ""},
		{"a network", peer, http.Header{"X-Forwarded-For": {"203.0.113.0/24"}}, ""},
		{"half a bracket", peer, http.Header{"X-Forwarded-For": {"[2001:db8::9"}}, ""},
		{"the other half", peer, http.Header{"X-Forwarded-For": {"2001:db8::9]"}}, ""},
		{"IPv4 in brackets", peer, http.Header{"X-Forwarded-For": {"[203.0.113.9]"}}, ""},
		{"half a quotation", peer, http.Header{"Forwarded": {`for="203.0.113.9`}}, ""},
		{"quotation across elements", peer, http.Header{"Forwarded": {`for="x`, `for=203.0.113.9"`}}, ""},
		{"octal", peer, http.Header{"X-Forwarded-For": {"0313.0.113.9"}}, ""},
		{"Forwarded without for", peer, http.Header{"Forwarded": {"proto=https"}}, ""},
		{"Forwarded with an obfuscated client", peer, http.Header{"Forwarded": {"for=_hidden"}}, ""},
		{"33 hops", peer, http.Header{"X-Forwarded-For": {hops(33)}}, ""},
		{"socket without an address", "@", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, audit := newJudge(t, trusting("10.0.0.0/8", "2001:db8:ffff::/48"))
			r := handshakeFor("/ws")
			r.RemoteAddr = c.remote
			for name, values := range c.header {
				r.Header[name] = values
			}
			e, res := judged(h, audit, r)
			if c.want == "" && (e.Rule != "address.malformed" || e.Weakness != "WS703" || res.StatusCode != http.StatusBadRequest) {
				t.Errorf("client %q: %d by %q (%s), want a refusal for the address", e.Client, res.StatusCode, e.Rule, e.Weakness)
			}
			if c.want != "" && (e.Rule != "server.hijack" || e.Client != c.want) {
				t.Errorf("client %q by %q, want %q", e.Client, e.Rule, c.want)
			}
		})
	}
}

func hops(n int) (s string) {
	for i := range n {
		s += fmt.Sprintf("10.0.0.%d,", i)
	}
	return s
}

// TestClientScheme: whether a client came over TLS is what the ticket's URL and
// the backend learn.
func TestClientScheme(t *testing.T) {
	for _, c := range []struct {
		name    string
		trusted bool
		header  http.Header
		want    string
	}{
		{"plain", true, nil, "http"},
		{"proxy says https", true, http.Header{"X-Forwarded-Proto": {"https"}}, "https"},
		{"proxy says HTTPS", true, http.Header{"X-Forwarded-Proto": {"HTTPS"}}, "https"},
		{"proxy says http", true, http.Header{"X-Forwarded-Proto": {"http"}}, "http"},
		{"proxy appends http to what the client said", true, http.Header{"X-Forwarded-Proto": {"https, http"}}, "http"},
		{"proxy says https in Forwarded", true, http.Header{"Forwarded": {`for=203.0.113.9;proto="https"`}}, "https"},
		{"client adds the other header", true, http.Header{"X-Forwarded-Proto": {"http"}, "Forwarded": {"for=203.0.113.9;proto=https"}}, "http"},
		{"stranger says https", false, http.Header{"X-Forwarded-Proto": {"https"}, "Forwarded": {"for=203.0.113.9;proto=https"}}, "http"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				if c.trusted {
					trusting("127.0.0.0/8")(cfg)
				}
			})
			var lines []wireclient.Line
			for name, values := range c.header {
				lines = append(lines, wireclient.Line{Name: name, Value: values[0]})
			}
			w.dial(t, wireclient.Handshake{Origin: appOrigin, Header: lines})
			if got := w.backend.Requests()[0].Header["X-Forwarded-Proto"]; len(got) != 1 || got[0] != c.want {
				t.Errorf("the backend reads %q, want %q", got, c.want)
			}
			m := w.minted(t, func(r *http.Request) {
				for name, values := range c.header {
					r.Header[name] = values
				}
			})
			if scheme := map[string]string{"http": "ws://", "https": "wss://"}[c.want]; m.URL != scheme+w.url[len("ws://"):]+"/ws" {
				t.Errorf("the ticket is for %q, want %s", m.URL, scheme)
			}
		})
	}
}

// FuzzForwardedChain: a header that a trusted proxy passes on gives an address
// or a refusal, and one from anybody else changes nothing.
func FuzzForwardedChain(f *testing.F) {
	for _, s := range []string{"203.0.113.9", "for=203.0.113.9;proto=https", `for="[2001:db8::9]:1"`, "a, b", "::ffff:10.0.0.1", `"`, "[", ",;=,", "10.0.0.1, 203.0.113.9:80"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, xff, forwarded string) {
		h, audit := newJudge(t, trusting("10.0.0.0/8"))
		r := handshakeFor("/ws")
		r.Header["X-Forwarded-For"], r.Header["Forwarded"] = []string{xff}, []string{forwarded}
		if len(xff)+len(forwarded) > 16<<10 {
			return
		}
		r.RemoteAddr = "198.51.100.7:1"
		if e, _ := judged(h, audit, r); e.Client != "198.51.100.7" || e.Rule != "server.hijack" {
			t.Errorf("a stranger's headers name client %q (%s)", e.Client, e.Rule)
		}
		r.RemoteAddr = "10.0.0.1:1"
		e, _ := judged(h, audit, r)
		a, err := netip.ParseAddr(e.Client)
		if err != nil || a.Is4In6() || a.Zone() != "" || e.Rule != "server.hijack" && (e.Rule != "address.malformed" || e.Client != "10.0.0.1") {
			t.Errorf("client %q by %q", e.Client, e.Rule)
		}
	})
}
