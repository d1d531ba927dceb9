package guard_test

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

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

// policy is a message policy whose client may say hello.
func policy(edit func(*guard.MessagePolicy)) *guard.MessagePolicy {
	p := &guard.MessagePolicy{Client: map[string]guard.MessageRule{"hello": {}}}
	if edit != nil {
		edit(p)
	}
	return p
}

// TestReloadAppliesLive: connections stay, and what they do next is judged by
// the new rules.
func TestReloadAppliesLive(t *testing.T) {
	const hello = `{"type":"hello"}`
	named, err := guard.CompileSchema([]byte(`{"required":["name"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		before func(*guard.Route)
		after  func(*guard.Route)
		send   string
		code   wire.CloseCode // 0: it comes back
		reason string
	}{
		{"message size", nil, func(r *guard.Route) { r.Limits.MessageBytes = 10 }, "01234567890", 1009, "too-big;r=no"},
		{"a larger message size", func(r *guard.Route) { r.Limits.MessageBytes = 20 }, func(r *guard.Route) { r.Limits.MessageBytes = 40 }, "012345678901234567890123456789", 0, ""},
		{"message rate", nil, func(r *guard.Route) { r.Limits.Messages = guard.Rate{Count: 1, Per: time.Hour} }, "", 4029, "rate;r=wait"},
		{"a rule more", func(r *guard.Route) { r.Messages = policy(nil) }, func(r *guard.Route) {
			r.Messages = policy(func(p *guard.MessagePolicy) {
				p.Reject = guard.RejectClose
				p.Client["hello"] = guard.MessageRule{Schema: named}
			})
		}, hello, 4022, "schema;r=no"},
		{"a rule less", func(r *guard.Route) { r.Messages = policy(func(p *guard.MessagePolicy) { delete(p.Client, "hello") }) }, func(r *guard.Route) { r.Messages = policy(nil) }, hello, 0, ""},
		{"a rate of a type", func(r *guard.Route) { r.Messages = policy(nil) }, func(r *guard.Route) {
			r.Messages = policy(func(p *guard.MessagePolicy) {
				p.Client["first"] = guard.MessageRule{Limit: fast}
				p.Client["hello"] = guard.MessageRule{Limit: fast}
			})
		}, hello, 0, ""},
		{"to monitor", func(r *guard.Route) { r.Limits.Messages = guard.Rate{Count: 1, Per: time.Hour} }, func(r *guard.Route) { r.Mode = guard.Monitor }, "over the rate", 0, ""},
		{"origins less", nil, func(r *guard.Route) { r.Origins = []string{"https://other.example.com"} }, "", 4003, "denied;r=no"},
		{"origins less, of a route that monitors", func(r *guard.Route) { r.Mode = guard.Monitor }, func(r *guard.Route) { r.Origins = []string{"https://other.example.com"} }, "hello", 0, ""},
		{"origins more", nil, func(r *guard.Route) { r.Origins = append(r.Origins, "https://other.example.com") }, "hello", 0, ""},
		{"age", nil, func(r *guard.Route) { r.Session.MaxAge = time.Second }, "", 4008, "max-age;r=fresh"},
		{"places", nil, func(r *guard.Route) { r.Limits.ConnectionsPerIP = 1 }, "hello", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, k := liveRoute(t, c.before, c.after)
			if c.send != "" {
				k.SendText(c.send)
			} else if c.code == 4029 {
				k.SendText("one")
				k.SendText("two")
			}
			if c.code != 0 {
				w.cutBy(t, k, c.code, c.reason)
				return
			}
			if u := must(t, k); u.Opcode != wire.Text || string(u.Payload) != c.send {
				t.Errorf("got %v %d %q %q", u.Opcode, u.Code, u.Payload, u.Reason)
			}
		})
	}
}

// liveRoute opens a connection on a route and reloads the route with a change.
// What before changes stays changed.
func liveRoute(t *testing.T, before, after func(*guard.Route)) (*gateway, *wireclient.Conn) {
	t.Helper()
	var cfg guard.Config
	w := startGateway(t, all(generous, func(c *guard.Config) {
		if before != nil {
			before(&c.Routes[0])
		}
		cfg = *c
		cfg.Routes = append([]guard.Route(nil), c.Routes...)
	}))
	k := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	if cfg.Routes[0].Messages == nil {
		echoes(t, k) // a 101 is out before its connection is in the index
	} else {
		for len(w.Connections()) == 0 {
			runtime.Gosched()
		}
	}
	after(&cfg.Routes[0])
	if err := w.Reload(cfg); err != nil {
		t.Fatal(err)
	}
	return w, k
}

// TestReloadRestarts: what a handshake has settled can't change under a
// connection.
func TestReloadRestarts(t *testing.T) {
	for name, c := range map[string]struct{ before, after func(*guard.Route) }{
		"backend":      {nil, func(r *guard.Route) { r.Backend += "/changed" }},
		"host":         {nil, func(r *guard.Route) { r.BackendHost = "other.example.com" }},
		"sub-protocol": {nil, func(r *guard.Route) { r.Subprotocols = []string{"chat.v2"} }},
		"compression":  {nil, func(r *guard.Route) { r.Compression = true }},
		"auth":         {nil, func(r *guard.Route) { r.Auth.Anonymous = false }},
		"send queue":   {nil, func(r *guard.Route) { r.Limits.SendQueue = 1 << 20 }},
		"enforced":     {func(r *guard.Route) { r.Mode = guard.Monitor }, func(r *guard.Route) { r.Mode = guard.Enforce }},
		"first rules":  {nil, func(r *guard.Route) { r.Messages = policy(nil) }},
		"no rules":     {func(r *guard.Route) { r.Messages = policy(nil) }, func(r *guard.Route) { r.Messages = nil }},
		"field of the type": {func(r *guard.Route) { r.Messages = policy(nil) }, func(r *guard.Route) {
			r.Messages = policy(func(p *guard.MessagePolicy) { p.Type = "action" })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, k := liveRoute(t, c.before, c.after)
			restarted(t, k)
		})
	}
}

func TestReloadOfAChangedRoute(t *testing.T) {
	r := startReloading(t)
	routes := r.routes()
	routes[1].Subprotocols = []string{"chat.v2"}
	r.reload(t, routes)
	restarted(t, r.two)
	echoes(t, r.one)
	fresh := r.dial(t, wireclient.Handshake{Origin: appOrigin, URL: r.url + "/two"})
	echoes(t, fresh)
	r.Close()
	for _, rt := range r.Stats().Routes {
		if want := map[string]uint64{"/ws": 1, "/two": 2}[rt.Path]; rt.Accepted != want || rt.Connections != 0 {
			t.Errorf("route %s: %d accepted and %d open, want %d and none: counts outlive a reload", rt.Path, rt.Accepted, rt.Connections, want)
		}
	}
}

// Another policy is in force from the next message on; where there was none, or is
// none any more, the connection begins anew.
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
		{"another version", policy("1"), policy("2"), true},
		{"no version", policy(""), policy(""), true},
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
