package guard_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// forwarded returns the handshake that the backend reads when a client sends
// these lines.
func forwarded(t *testing.T, edit func(*guard.Config), lines ...wireclient.Line) *http.Request {
	t.Helper()
	w := startGateway(t, edit)
	w.dial(t, wireclient.Handshake{Origin: appOrigin, Header: lines})
	return w.backend.Requests()[0]
}

// TestForwardedHeaders: what is the guard's to say, what is hop by hop, and
// where a request came from does not pass from a client, in any spelling that
// some server takes for the same name.
func TestForwardedHeaders(t *testing.T) {
	for _, name := range []string{
		"Wswarden-User", "Wswarden_User", "WSWARDEN_USER", "wswarden-user", "Wswarden.User", "Wswarden!User", "Wswarden-Roles", "Wswarden_Roles", "Wswarden-Session", "Wswarden-Name", "Wswarden-Identity", "Wswarden_Identity", "Wswarden-Anything",
		"Forwarded", "X-Forwarded", "X-Forwarded-Port", "X_Forwarded_Port", "X-Forwarded-Prefix", "X-Forwarded-User", "X_Forwarded_For", "X.Forwarded.For", "X-Real-IP", "X_Real_IP", "True-Client-IP", "Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP",
		"X-Original-URL", "X-Rewrite-URL", "X_Original_Url", "X-Original-Host", "X-Host",
		"Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "HTTP2-Settings", "Sec-WebSocket-Accept", "Cookie", "cookie", "Authorization",
	} {
		t.Run(name, func(t *testing.T) {
			r := forwarded(t, nil, wireclient.Line{Name: name, Value: "mallory"})
			for got, values := range r.Header {
				if strings.Contains(strings.Join(values, " "), "mallory") {
					t.Errorf("the backend reads %s: %q", got, values)
				}
			}
		})
	}
	for _, name := range []string{"User-Agent", "Accept-Language", "X-App", "X_App", "Sec-Fetch-Mode", "Pragma", "X-Request-Id", "Wswardens", "X-Forward"} {
		t.Run("passes: "+name, func(t *testing.T) {
			r := forwarded(t, nil, wireclient.Line{Name: name, Value: "mallory"})
			if got := r.Header[http.CanonicalHeaderKey(name)]; len(got) != 1 || got[0] != "mallory" {
				t.Errorf("the backend reads %q", got)
			}
		})
	}
	t.Run("named by Connection", func(t *testing.T) {
		r := forwarded(t, nil, wireclient.Line{Name: "Connection", Value: "Upgrade, X-Secret , x_other,X-Forwarded-For, Wswarden-User"},
			wireclient.Line{Name: "X-Secret", Value: "a"}, wireclient.Line{Name: "X-Other", Value: "b"}, wireclient.Line{Name: "X-Kept", Value: "c"}, wireclient.Line{Name: "Authorization", Value: "Bearer " + aliceToken})
		if r.Header["X-Secret"] != nil || r.Header["X-Other"] != nil || r.Header.Get("X-Kept") != "c" || r.Header.Get("Connection") != "Upgrade" {
			t.Errorf("the backend reads %v", r.Header)
		}
		if r.Header.Get("X-Forwarded-For") != "127.0.0.1" || r.Header.Get("Wswarden-User") != "alice" {
			t.Errorf("a client took away what the guard says: %v", r.Header)
		}
	})
}

// TestForwardedHandshake: the handshake with the backend is the guard's own.
func TestForwardedHandshake(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].Compression = true })
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	w.dial(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?room=1", Extensions: "permessage-deflate", Header: []wireclient.Line{{Name: "Host", Value: "LocalHost:8080"}, {Name: "Sec-WebSocket-Key", Value: key}}})
	r := w.backend.Requests()[0]
	for name, want := range map[string]string{
		"Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Version": "13", "Origin": appOrigin,
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "LocalHost:8080",
	} {
		if got := r.Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := r.Header.Get("Sec-WebSocket-Key"); got == key || len(got) != len(key) {
		t.Errorf("the key is %q", got)
	}
	for _, name := range []string{"Sec-Websocket-Extensions", "Sec-Websocket-Protocol", "Wswarden-User", "Wswarden-Roles", "Wswarden-Session", "Wswarden-Name", "Wswarden-Identity"} {
		if got, ok := r.Header[name]; ok {
			t.Errorf("%s is %q, want none", name, got)
		}
	}
	if r.Method != "GET" || r.RequestURI != "/ws?room=1" || r.Host != "LocalHost:8080" {
		t.Errorf("%s %s of host %q", r.Method, r.RequestURI, r.Host)
	}
}

// TestForwardedTarget: path and host of the backend are the configuration's.
func TestForwardedTarget(t *testing.T) {
	for _, c := range []struct{ name, path, host, wantURI, wantHost string }{
		{"path of the backend", "/internal/socket", "", "/internal/socket?a=b", "localhost"},
		{"no path", "", "", "/?a=b", "localhost"},
		{"encoded path", "/a%2Fb", "", "/a%2Fb?a=b", "localhost"},
		{"host of the backend", "/ws", "backend.internal:3000", "/ws?a=b", "backend.internal:3000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Backend = strings.TrimSuffix(cfg.Routes[0].Backend, "/ws") + c.path
				cfg.Routes[0].BackendHost = c.host
			})
			w.dial(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?a=b", Header: []wireclient.Line{{Name: "Host", Value: "localhost"}}})
			r := w.backend.Requests()[0]
			if r.RequestURI != c.wantURI || r.Host != c.wantHost || r.Header.Get("X-Forwarded-Host") != "localhost" {
				t.Errorf("%s of host %q for %q; want %s, %q", r.RequestURI, r.Host, r.Header.Get("X-Forwarded-Host"), c.wantURI, c.wantHost)
			}
		})
	}
}

// signer signs with a text, or fails.
type signer struct {
	err  error
	seen chan string
}

func (s signer) SignIdentity(who guard.Identity, audience string, now time.Time) (string, error) {
	s.seen <- fmt.Sprintf("%s %s %t", who.User, audience, time.Since(now) < time.Hour)
	return "signed." + who.User, s.err
}

// TestForwardedIdentity: whatever a verifier calls a user, it is one value of
// one header, and no two lists of roles read the same.
func TestForwardedIdentity(t *testing.T) {
	for _, c := range []struct {
		name                       string
		id                         guard.Identity
		user, roles, session, text string
	}{
		{"plain", guard.Identity{User: "alice", Name: "Alice A.", Roles: []string{"trader", "pro"}, Session: "s1"}, "alice", "trader,pro", "s1", "Alice A."},
		{"line break", guard.Identity{User: "alice\r\nWswarden-Roles: admin", Roles: []string{"a\nb"}}, "alice%0D%0AWswarden-Roles: admin", "a%0Ab", "", ""},
		{"not ASCII", guard.Identity{User: "älice", Name: "\u202etxt"}, "%C3%A4lice", "", "", "%E2%80%AEtxt"},
		{"comma in a role", guard.Identity{User: "a,b", Roles: []string{"user,admin", "x"}}, "a,b", "user%2Cadmin,x", "", ""},
		{"percent", guard.Identity{User: "a%2C", Roles: []string{"a%2Cb"}}, "a%252C", "a%252Cb", "", ""},
		{"space at the ends", guard.Identity{User: " a b ", Session: "\t"}, "%20a b%20", "", "%09", ""},
		{"NUL and DEL", guard.Identity{User: "a\x00\x7f"}, "a%00%7F", "", "", ""},
		{"bytes that are no text", guard.Identity{User: "\xff"}, "%FF", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := forwarded(t, func(cfg *guard.Config) { cfg.SignIn.Token = verifier{id: &c.id} }, wireclient.Line{Name: "Authorization", Value: "Bearer x"})
			for name, want := range map[string]string{"Wswarden-User": c.user, "Wswarden-Roles": c.roles, "Wswarden-Session": c.session, "Wswarden-Name": c.text} {
				if got := r.Header[name]; len(got) != 1 || got[0] != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if got, ok := r.Header["Wswarden-Identity"]; ok {
				t.Errorf("Wswarden-Identity is %q without a signer", got)
			}
		})
	}
}

func TestForwardedSignature(t *testing.T) {
	s := signer{seen: make(chan string, 1)}
	w := startGateway(t, func(c *guard.Config) { c.Identity = s })
	w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	if got := w.backend.Requests()[0].Header["Wswarden-Identity"]; len(got) != 1 || got[0] != "signed.alice" {
		t.Errorf("Wswarden-Identity is %q", got)
	}
	if got, want := <-s.seen, "alice "+strings.TrimSuffix(w.backend.URL, "/ws")+" true"; got != want {
		t.Errorf("signed for %q, want %q", got, want)
	}
	w.dial(t, wireclient.Handshake{Origin: appOrigin}) // nobody has nothing to be signed
	if got := w.backend.Requests()[1].Header["Wswarden-Identity"]; got != nil {
		t.Errorf("anonymous: Wswarden-Identity is %q", got)
	}
}

// TestForwardedUnsigned: where identities are signed, none goes out without.
func TestForwardedUnsigned(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Identity = signer{err: errDown, seen: make(chan string, 1)} })
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, denial{503, "unavailable", "identity.unsigned", "WS201"})
	w.waitEmpty(t)
	if n := len(w.backend.Requests()); n != 0 {
		t.Errorf("the backend saw %d handshakes", n)
	}
}

// TestBackendKeysDiffer: the guard's key to a backend is its own and fresh.
func TestBackendKeysDiffer(t *testing.T) {
	keys := make(chan string, 2)
	w := startGateway(t, func(c *guard.Config) {
		c.Routes[0].Backend = startBackend(t, nil, func(_ net.Conn, r *http.Request) { keys <- r.Header.Get("Sec-WebSocket-Key") })
	})
	for range 2 {
		w.try(t, wireclient.Handshake{Origin: appOrigin})
	}
	if a, b := <-keys, <-keys; a == b || a == "" {
		t.Errorf("keys %q and %q", a, b)
	}
}
