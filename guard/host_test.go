package guard_test

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestHostList(t *testing.T) {
	l := guard.NewHostList([]string{"localhost", "127.0.0.1", "[::1]", "App.Example.com", "ws.example.com:8443", "[2001:db8::1]:443", "not a host", "::1", "*.example.com"})
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost:3000": true, "127.0.0.1": true, "127.0.0.1:1": true, "127.0.0.1:65535": true,
		"[::1]": true, "[::1]:80": true, "[0:0:0:0:0:0:0:1]": true, "app.example.com": true, "APP.EXAMPLE.COM:443": true,
		"ws.example.com:8443": true, "[2001:db8::1]:443": true,

		"ws.example.com": false, "ws.example.com:443": false, "ws.example.com:84430": false, "[2001:db8::1]": false, "[2001:db8::1]:80": false, // another port than the listed
		"evil.example": false, "localhost.evil.example": false, "app.example.com.evil.example": false, "xapp.example.com": false, "x.app.example.com": false,
		"*.example.com": false, "not a host": false, "localhost.": false, ".localhost": false, "127.1": false, "127.0.0.2": false, "0.0.0.0": false, "2130706433": false,
		"0x7f.0.0.1": false, "[::]": false, "[::ffff:127.0.0.1]": false, "::1": false, "[::1": false, "::1]": false, "[[::1]]": false, "[::1]]": false, "[127.0.0.1]": false, "[::1%25lo]": false, "[::1%lo]": false,
		"": false, ":": false, ":80": false, "localhost:": false, "localhost:0": false, "localhost:65536": false, "localhost:+80": false, "localhost:-80": false,
		"localhost:080": false, "localhost:8_0": false, "localhost:80:80": false, "localhost: 80": false, "localhost:http": false, "localhost:٨٠": false,
		"localhost ": false, " localhost": false, "localhost\r\nX: y": false, "localhost\x00": false, "user@localhost": false, "localhost/": false, "localhost,evil.example": false, "lоcalhost": false, // a Cyrillic letter
	} {
		if got := l.Allows(host); got != want {
			t.Errorf("Host %q allowed: %t, want %t", host, got, want)
		}
	}
	if (guard.HostList{}).Allows("localhost") {
		t.Error("an empty list allows localhost")
	}
}

func TestDefaultHosts(t *testing.T) {
	got := guard.DefaultHosts([]guard.Route{
		{Origins: []string{"https://app.example.com", "http://localhost:3000", "https://app.example.com:8443"}},
		{Origins: []string{"http://[2001:db8::1]:3000", "https://*.example.com", "not an origin", "http://[::1", "https://ws.example.com"}},
	})
	want := []string{"localhost", "127.0.0.1", "[::1]", "app.example.com", "[2001:db8::1]", "ws.example.com"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestHostRefused is DNS rebinding, as far as a server can see it: the page's
// own name in Host, and in Origin where the browser sends one (WS104).
func TestHostRefused(t *testing.T) {
	w := startGateway(t, nil)
	hostForeign := denial{403, "host_refused", "host.foreign", "WS104"}
	hostMalformed := denial{400, "bad_request", "host.malformed", "WS104"}
	for _, c := range []struct {
		name, host, origin string
		want               denial
	}{
		{"rebound name, its own origin", "evil.example", "https://evil.example", hostForeign},
		{"rebound name with port, its own origin", "evil.example:8080", "https://evil.example:8080", hostForeign},
		{"rebound name, allowed origin", "evil.example", appOrigin, hostForeign},
		{"rebound name, no origin", "evil.example", "", hostForeign},
		{"longer name", "localhost.evil.example", appOrigin, hostForeign},
		{"another loopback address", "127.0.0.2", appOrigin, hostForeign},
		{"trailing dot", "localhost.", appOrigin, hostForeign},
		{"port with a sign", "localhost:+80", appOrigin, hostMalformed},
		{"no port behind the colon", "localhost:", appOrigin, hostMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := w.refuses(t, wireclient.Handshake{Origin: c.origin, Header: []wireclient.Line{{Name: "Host", Value: c.host}, {Name: "X-Forwarded-Host", Value: "localhost"}}}, c.want)
			if e.Origin != c.origin {
				t.Errorf("recorded origin %q, want %q", e.Origin, c.origin)
			}
			before := w.tally()
			res := w.mint(t, func(r *http.Request) {
				r.Host = c.host
				r.Header.Set("Origin", c.origin)
			})
			w.checkDenial(t, res, before, c.want)
		})
	}
	for _, host := range []string{"localhost", "127.0.0.1:9", "[::1]", "app.example.com", "APP.example.com:443"} {
		t.Run("admitted: "+host, func(t *testing.T) {
			w.dial(t, wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{{Name: "Host", Value: host}}})
		})
	}
}

func TestHostsConfigured(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Hosts = []string{"ws.example.com"} })
	w.dial(t, wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{{Name: "Host", Value: "ws.example.com"}}})
	for _, host := range []string{"localhost", "app.example.com"} { // the defaults are not added to a list
		w.refuses(t, wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{{Name: "Host", Value: host}}}, denial{403, "host_refused", "host.foreign", "WS104"})
	}
}

// FuzzHost: what passes is one of the listed names, in any case, with or
// without a port, and nothing that could break a header line.
func FuzzHost(f *testing.F) {
	for _, s := range []string{"localhost", "LOCALHOST:80", "[::1]:443", "[0::1]", "app.example.com", "localhost:080", "127.0.0.1:65536", "[::1%25lo]", "a\r\nb", ""} {
		f.Add(s)
	}
	l := guard.NewHostList([]string{"localhost", "[::1]", "app.example.com:8443"})
	f.Fuzz(func(t *testing.T, host string) {
		if l.Allows(host) && !listedHost.MatchString(host) {
			t.Errorf("Host %q is allowed", host)
		}
	})
}

// listedHost spells cases out: (?i) folds more than ASCII.
var listedHost = regexp.MustCompile(`^([Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt](:[1-9][0-9]{0,4})?|[Aa][Pp][Pp]\.[Ee][Xx][Aa][Mm][Pp][Ll][Ee]\.[Cc][Oo][Mm]:8443|\[[0:.]*1\](:[1-9][0-9]{0,4})?)$`)
