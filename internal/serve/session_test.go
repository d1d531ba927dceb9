package serve_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// identities is an application and an issuer: it answers whoami for cookies
// and introspects tokens, whatever a test makes of it.
type identities struct {
	*httptest.Server
	answer atomic.Pointer[http.HandlerFunc] // nil: everybody is who they say
}

func newIdentities(t *testing.T) *identities {
	i := &identities{}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := i.answer.Load(); h != nil {
			(*h)(w, r)
			return
		}
		i.vouch(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

// vouch says that everybody is who they say.
func (i *identities) vouch(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.Header.Get("Cookie"), "session=")
	if r.Method == http.MethodPost {
		name = r.FormValue("token")
	}
	json.NewEncoder(w).Encode(map[string]any{"active": true, "sub": name, "sid": "session of " + name})
}

func (i *identities) says(h http.HandlerFunc) { i.answer.Store(&h) }

// sessionConfig lets people in by cookie and by opaque token, and judges them again
// every second. PATH is a variable that every process has.
func (g *gateway) sessionConfig(i *identities, more string) string {
	return "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nsign_in:\n" +
		"  forward_auth: {url: \"" + i.URL + "/whoami\", headers: [Cookie], timeout: 300ms}\n" +
		"  introspection: {url: \"" + i.URL + "/introspect\", client_id: guard, client_secret_env: PATH, timeout: 300ms}\n" + more +
		"routes:\n  - {path: /ws, backend: " + g.backend + "/ws, origins: [" + origin + "], auth: {ticket: true, bearer: true, cookie: true}, " +
		"session: {recheck: 1s, grace: 2s}, limits: {connections_per_ip: 100, connections_per_user: 100}}\n"
}

func (g *gateway) cookie(s *serve.Server, name string) *wireclient.Conn {
	g.t.Helper()
	return g.admitted(s, wireclient.Handshake{Header: []wireclient.Line{{Name: "Cookie", Value: "session=" + name}}})
}

func (g *gateway) token(s *serve.Server, name string) *wireclient.Conn {
	g.t.Helper()
	return g.admitted(s, wireclient.Handshake{Bearer: name})
}

func (g *gateway) admitted(s *serve.Server, h wireclient.Handshake) *wireclient.Conn {
	g.t.Helper()
	h.Origin = origin
	c, resp := dial(g.t, s, h)
	if c == nil {
		g.t.Fatalf("refused with %s", resp.Status)
	}
	if !echoes(g.t, c) {
		g.t.Fatal("no echo")
	}
	return c
}

// closedWith waits for the Close frame of a connection.
func closedWith(t *testing.T, c *wireclient.Conn, code wire.CloseCode, reason string) {
	t.Helper()
	u, err := c.NextMessage(contextOf(t))
	if err != nil || u.Opcode != wire.Close || u.Code != code || !strings.HasPrefix(string(u.Reason), reason) {
		t.Errorf("got %v %d %q, %v, want %d %q", u.Opcode, u.Code, u.Reason, err, code, reason)
	}
	c.Close()
}

// order sends a revocation and returns the status of the answer.
func order(t *testing.T, s *serve.Server, body string) int {
	t.Helper()
	res, err := http.Post("http://"+s.AdminAddr().String()+"/revocations", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestRevocations(t *testing.T) {
	g, i := newGateway(t), newIdentities(t)
	s := g.start(g.sessionConfig(i, ""))
	alice, bob, carol := g.cookie(s, "alice"), g.token(s, "bob"), g.token(s, "carol")
	for body, status := range map[string]int{`{"user":"alice"}`: 204, `{"session":"session of bob"}`: 204, `{"user":""}`: 400} {
		if got := order(t, s, body); got != status {
			t.Errorf("%s is answered with %d", body, got)
		}
	}
	closedWith(t, alice, 4001, "session.revoked;r=no")
	closedWith(t, bob, 4001, "session.revoked;r=no")
	if !echoes(t, carol) {
		t.Error("carol was closed too")
	}
	if c, resp := dial(t, s, wireclient.Handshake{Origin: origin, Bearer: "bob"}); c != nil || resp.StatusCode != 401 {
		t.Errorf("bob comes back: %v", resp.Status)
	}
	if got := order(t, s, `{"all":true}`); got != 204 {
		t.Errorf("all is answered with %d", got)
	}
	closedWith(t, carol, 4001, "session.revoked;r=no")
}

// TestValidatorEnds: what becomes of live connections, and of who wants in, as
// the validator says no, garbage or nothing.
func TestValidatorEnds(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	for name, c := range map[string]struct {
		answer http.HandlerFunc // nil: the process is gone
		reason string
		status int // for who wants in
	}{
		"says no": {func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				io.WriteString(w, `{"active":false}`)
				return
			}
			w.WriteHeader(401)
		}, "session.revoked;r=no", 401},
		"is gone":          {nil, "session.expired;r=fresh", 503},
		"hangs":            {func(_ http.ResponseWriter, r *http.Request) { <-release }, "session.expired;r=fresh", 503},
		"talks nonsense":   {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, "session.expired;r=fresh", 503},
		"fails":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "session.expired;r=fresh", 503},
		"hangs up":         {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "session.expired;r=fresh", 503},
		"names other user": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"active":true,"sub":"mallory"}`) }, "session.revoked;r=no", 101},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, i := newGateway(t), newIdentities(t)
			s := g.start(g.sessionConfig(i, ""))
			conns := []*wireclient.Conn{g.cookie(s, "alice"), g.cookie(s, "alice"), g.token(s, "bob")}
			if c.answer == nil {
				i.Close()
			} else {
				i.says(c.answer)
			}
			for _, k := range conns {
				closedWith(t, k, 4001, c.reason)
			}
			k, resp := dial(t, s, wireclient.Handshake{Origin: origin, Bearer: "bob"})
			if resp.StatusCode != c.status || (k == nil) != (c.status != 101) {
				t.Errorf("who wants in gets %s, want %d", resp.Status, c.status)
			}
		})
	}
}

// TestValidatorComesBack: connections outlive an outage that is shorter than
// grace, and nobody gets in meanwhile.
func TestValidatorComesBack(t *testing.T) {
	g, i := newGateway(t), newIdentities(t)
	s := g.start(g.sessionConfig(i, ""))
	conns := []*wireclient.Conn{g.cookie(s, "alice"), g.token(s, "bob")}
	outage := make(chan struct{})
	var once sync.Once
	i.says(func(w http.ResponseWriter, _ *http.Request) {
		once.Do(func() { close(outage) })
		w.WriteHeader(503)
	})
	<-outage
	if c, resp := dial(t, s, wireclient.Handshake{Origin: origin, Bearer: "carol"}); c != nil || resp.StatusCode != 503 {
		t.Errorf("somebody gets in meanwhile: %s", resp.Status)
	}
	again := make(chan struct{}, 100)
	i.says(func(w http.ResponseWriter, r *http.Request) {
		again <- struct{}{}
		i.vouch(w, r)
	})
	for range 6 { // three times each, longer than grace
		select {
		case <-again:
		case <-time.After(20 * time.Second):
			t.Fatal("nobody is asked about again")
		}
	}
	for _, c := range conns {
		if !echoes(t, c) {
			t.Error("a connection was closed")
		}
	}
}

// provider signs logout tokens.
type provider struct{ key ed25519.PrivateKey }

func newProvider(t *testing.T, g *gateway) *provider {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	g.write("jwks.json", `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"`+base64.RawURLEncoding.EncodeToString(public)+`"}]}`)
	return &provider{private}
}

func (p *provider) sign(typ, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(`{"alg":"EdDSA","kid":"1","typ":"`+typ+`"}`)) + "." + encode([]byte(claims))
	return input + "." + encode(ed25519.Sign(p.key, []byte(input)))
}

func TestLogoutEndpoints(t *testing.T) {
	g, i := newGateway(t), newIdentities(t)
	p := newProvider(t, g)
	text := g.sessionConfig(i, "  logout: {issuer: \"https://id.example.com\", audience: trading, jwks_file: jwks.json}\n")
	s := g.start(text)
	base := "http://" + s.Addr().String()
	send := func(path, media, body string) int {
		t.Helper()
		res, err := http.Post(base+path, media, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	now := time.Now().Unix()
	logout := p.sign("logout+jwt", fmt.Sprintf(`{"iss":"https://id.example.com","aud":"trading","iat":%d,"exp":%d,"jti":"1","sid":"session of alice","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}`, now, now+60))
	event := p.sign("secevent+jwt", fmt.Sprintf(`{"iss":"https://id.example.com","aud":"trading","iat":%d,"jti":"2","sub_id":{"format":"opaque","id":"bob"},"events":{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{}}}`, now))
	form := url.Values{"logout_token": {logout}}.Encode()
	alice, bob := g.cookie(s, "alice"), g.token(s, "bob")
	for _, spelling := range []string{"/-/wswarden/backchannel-logout/", "/-/wswarden/backchannel-logout?a=b", "/-//wswarden/backchannel-logout", "/-/wswarden/Backchannel-logout"} {
		if got := send(spelling, "application/x-www-form-urlencoded", form); got == 200 {
			t.Errorf("%s is answered with %d", spelling, got)
		}
	}
	if !echoes(t, alice) {
		t.Error("another spelling of the path ended the session")
	}
	if got := send("/-/wswarden/backchannel-logout", "application/x-www-form-urlencoded", form); got != 200 {
		t.Errorf("logout is answered with %d", got)
	}
	closedWith(t, alice, 4001, "session.revoked;r=no")
	if got := send("/-/wswarden/security-events", "application/secevent+jwt", event); got != 202 {
		t.Errorf("the event is answered with %d", got)
	}
	closedWith(t, bob, 4001, "session.revoked;r=no")

	// Without the setting the paths are like any other.
	g.write("wswarden.yaml", g.sessionConfig(i, ""))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := send("/-/wswarden/backchannel-logout", "application/x-www-form-urlencoded", form); got != 404 {
		t.Errorf("without a provider logout is answered with %d", got)
	}
}
