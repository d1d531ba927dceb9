package guard_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// reloading is a gateway with two routes and a connection on each.
type reloading struct {
	*gateway
	cfg      guard.Config
	one, two *wireclient.Conn
}

func startReloading(t *testing.T) *reloading {
	t.Helper()
	r := &reloading{}
	r.gateway = startGateway(t, all(generous, func(cfg *guard.Config) {
		other := cfg.Routes[0]
		other.Path = "/two"
		cfg.Routes = append(cfg.Routes, other)
		r.cfg = *cfg
	}))
	r.one = r.dial(t, wireclient.Handshake{Origin: appOrigin})
	r.two = r.dial(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/two"})
	echoes(t, r.one) // a 101 is out before its connection is in the index
	echoes(t, r.two)
	return r
}

// routes returns a copy of the configuration's routes.
func (r *reloading) routes() []guard.Route { return append([]guard.Route(nil), r.cfg.Routes...) }

// reload puts other routes in force, which must hold.
func (r *reloading) reload(t *testing.T, routes []guard.Route) {
	t.Helper()
	cfg := r.cfg
	cfg.Routes = routes
	if err := r.Reload(cfg); err != nil {
		t.Fatal(err)
	}
}

// echoes sends a message that must come back.
func echoes(t *testing.T, c *wireclient.Conn) {
	t.Helper()
	c.SendText("still here")
	if u := must(t, c); string(u.Payload) != "still here" {
		t.Errorf("got %v %d %q", u.Opcode, u.Code, u.Reason)
	}
}

// restarted reads the Close frame of a reload.
func restarted(t *testing.T, c *wireclient.Conn) {
	t.Helper()
	u := must(t, c)
	m := guardReason.FindStringSubmatch(string(u.Reason))
	if u.Opcode != wire.Close || u.Code != 1012 || m == nil || m[1] != "drain" || m[2] != "now" || m[4] == "" {
		t.Errorf("got %v %d %q", u.Opcode, u.Code, u.Reason)
	}
	c.Close()
}

func TestReloadOfTheSame(t *testing.T) {
	r := startReloading(t)
	r.reload(t, r.routes())
	echoes(t, r.one)
	echoes(t, r.two)
	if n := r.Stats().Connections; n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestReloadOfAChangedRoute(t *testing.T) {
	r := startReloading(t)
	routes := r.routes()
	routes[1].Limits.MessageBytes = 10
	r.reload(t, routes)
	restarted(t, r.two)
	echoes(t, r.one)
	fresh := r.dial(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/two"})
	echoes(t, fresh)
	fresh.SendText(strings.Repeat("x", 11))
	r.cutBy(t, fresh, 1009, "too-big;r=no")
	r.Close()
	for _, rt := range r.Stats().Routes {
		if want := map[string]uint64{"/ws": 1, "/two": 2}[rt.Path]; rt.Accepted != want || rt.Connections != 0 {
			t.Errorf("route %s: %d accepted and %d open, want %d and none: counts outlive a reload", rt.Path, rt.Accepted, rt.Connections, want)
		}
	}
}

// What is compiled differs with every reading of a file: a version says whether the
// policy is another one.
func TestReloadOfMessages(t *testing.T) {
	policy := func(version string) *guard.MessagePolicy {
		return &guard.MessagePolicy{Version: version, Client: map[string]guard.MessageRule{"*": {Allow: always{new(int)}}}, Unknown: guard.UnknownPass}
	}
	for _, tt := range []struct {
		name        string
		first, next *guard.MessagePolicy
		stays       bool
	}{
		{"the same version", policy("1"), policy("1"), true},
		{"another version", policy("1"), policy("2"), false},
		{"no version", policy(""), policy(""), false},
		{"no policy any more", policy("1"), nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := startReloading(t)
			routes := r.routes()
			routes[1].Messages = tt.first
			r.reload(t, routes)
			restarted(t, r.two)
			c := r.dial(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/two"})
			const message = `{"type":"x"}`
			for range 2 {
				c.SendText(message)
				if u := must(t, c); string(u.Payload) != message {
					t.Fatalf("got %v %d %q", u.Opcode, u.Code, u.Payload)
				}
				routes = append([]guard.Route(nil), routes...)
				routes[1].Messages = tt.next
				r.reload(t, routes)
				if !tt.stays {
					restarted(t, c)
					break
				}
			}
			echoes(t, r.one)
		})
	}
}

// always is a condition that no other one equals.
type always struct{ unlike *int }

func (always) Holds(*guard.Facts) (bool, error) { return true, nil }

func TestReloadWithoutARoute(t *testing.T) {
	r := startReloading(t)
	r.reload(t, r.routes()[:1])
	restarted(t, r.two)
	echoes(t, r.one)
	if c, res := r.try(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/two"}); c != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("the removed route answers %d", res.StatusCode)
	}
}

func TestReloadWithANewRoute(t *testing.T) {
	r := startReloading(t)
	three := r.routes()[0]
	three.Path = "/three"
	r.reload(t, append(r.routes(), three))
	echoes(t, r.one)
	echoes(t, r.two)
	echoes(t, r.dial(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/three"}))
}

// TestReloadOfABadConfiguration changes nothing and says what is wrong.
func TestReloadOfABadConfiguration(t *testing.T) {
	r := startReloading(t)
	cfg := r.cfg
	cfg.Routes = r.routes()
	cfg.Routes[0].Limits.MessageBytes = 10
	cfg.Routes[1].Origins = []string{"*"}
	cfg.SignIn.Token = guardtest.Tokens{}
	err := r.Reload(cfg)
	if !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), "routes[1].origins[0]") {
		t.Errorf("got %v", err)
	}
	echoes(t, r.one)
	echoes(t, r.two)
	fresh := r.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	fresh.SendText(strings.Repeat("x", 100))
	if u := must(t, fresh); u.Opcode != wire.Text {
		t.Errorf("got %v %d %q", u.Opcode, u.Code, u.Reason)
	}
}

// TestReloadOfSignIn applies to new handshakes and leaves connections alone.
func TestReloadOfSignIn(t *testing.T) {
	r := startReloading(t)
	cfg := r.cfg
	cfg.SignIn.Token = guardtest.Tokens{}
	if err := r.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	echoes(t, r.one)
	if c, res := r.try(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}); c != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token that is not known any more got %d", res.StatusCode)
	}
}
