package guard_test

import (
	"errors"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// sound is a configuration without a problem.
func sound() guard.Config {
	return guard.Config{SignIn: signIn(), Routes: []guard.Route{{
		Path: "/ws", Backend: "ws://127.0.0.1:3000/ws", Origins: []string{appOrigin}, Auth: guard.Auth{Ticket: &guard.TicketPolicy{}, Bearer: true, Cookie: true},
	}}}
}

// sharedStore says that several guards may use it.
type sharedStore struct{ *guard.MemoryStore }

func (sharedStore) Shared() bool { return true }

func TestValidateSound(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*guard.Config)
	}{
		{"as it is", func(*guard.Config) {}},
		{"several nodes on a shared store", func(c *guard.Config) { c.Nodes, c.Store = 3, sharedStore{guard.NewMemoryStore()} }},
		{"proxies", trusting("10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32")},
		{"hosts", func(c *guard.Config) {
			c.Hosts = []string{"ws.example.com", "ws.example.com:8443", "[2001:db8::1]:443", "10.0.0.1"}
		}},
		{"origins of every kind", func(c *guard.Config) {
			c.Routes[0].Origins = []string{appOrigin, "http://localhost:3000", "https://app.example.com:8443", "http://[2001:db8::1]:3000", "http://192.0.2.1", "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "https://xn--pp-6kc.example.com"}
		}},
		{"no origin alone", func(c *guard.Config) {
			c.Routes[0].Origins, c.Routes[0].AllowNoOrigin, c.Routes[0].Auth.Cookie = nil, true, false
		}},
		{"any origin", func(c *guard.Config) {
			c.Routes[0].Origins, c.Routes[0].InsecureAnyOrigin, c.Routes[0].Auth.Cookie = nil, true, false
		}},
		{"shortest and longest ticket", func(c *guard.Config) {
			second := c.Routes[0]
			second.Path = "/second"
			second.Auth.Ticket = &guard.TicketPolicy{TTL: time.Minute, IP: guard.BindOff, Carriers: []guard.Carrier{guard.CarrierFirstMessage, guard.CarrierQuery, guard.CarrierSubprotocol}}
			c.Routes[0].Auth.Ticket.TTL = 5 * time.Second
			c.Routes = append(c.Routes, second)
		}},
		{"wss backend and its host", func(c *guard.Config) {
			c.Routes[0].Backend, c.Routes[0].BackendHost = "wss://backend.internal", "backend.internal:3000"
		}},
		{"root path", func(c *guard.Config) { c.Routes[0].Path = "/" }},
		{"path with all that may be in one", func(c *guard.Config) { c.Routes[0].Path = "/a-b_c.d~e!f$g&h'i(j)k*l+m,n=o:p@q/r" }},
		{"least times", func(c *guard.Config) {
			c.Routes[0].Session = guard.SessionPolicy{MaxAge: time.Second, Idle: time.Second}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := sound()
			c.edit(&cfg)
			if got := cfg.Validate(); got != nil {
				t.Errorf("problems: %v", got)
			}
			g, err := guard.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			g.Close()
		})
	}
}

func TestValidate(t *testing.T) {
	route := func(edit func(*guard.Route)) func(*guard.Config) {
		return func(c *guard.Config) { edit(&c.Routes[0]) }
	}
	path := func(p string) func(*guard.Config) { return route(func(r *guard.Route) { r.Path = p }) }
	origin := func(o string) func(*guard.Config) {
		return route(func(r *guard.Route) { r.Origins = []string{appOrigin, o} })
	}
	backend := func(b string) func(*guard.Config) { return route(func(r *guard.Route) { r.Backend = b }) }
	limits := func(edit func(*guard.Limits)) func(*guard.Config) {
		return route(func(r *guard.Route) { edit(&r.Limits) })
	}
	csrf := func(name string) func(*guard.Config) {
		return func(c *guard.Config) { c.SignIn.CSRFHeader = name }
	}
	proxy := func(p netip.Prefix) func(*guard.Config) {
		return func(c *guard.Config) { c.TrustedProxies = []netip.Prefix{p} }
	}
	host := func(h string) func(*guard.Config) {
		return func(c *guard.Config) { c.Hosts = []string{"localhost", h} }
	}
	ticket := func(edit func(*guard.TicketPolicy)) func(*guard.Config) {
		return route(func(r *guard.Route) { edit(r.Auth.Ticket) })
	}
	for _, c := range []struct {
		path, weakness string // of the one problem
		reason         string // a part of it
		edits          map[string]func(*guard.Config)
	}{
		{"routes", "", "no route", map[string]func(*guard.Config){"none": func(c *guard.Config) { c.Routes = nil }}},
		{"nodes", "", "at least 1", map[string]func(*guard.Config){"negative": func(c *guard.Config) { c.Nodes = -1 }}},
		{"store", "WS204", "2 nodes", map[string]func(*guard.Config){
			"none":      func(c *guard.Config) { c.Nodes = 2 },
			"in memory": func(c *guard.Config) { c.Nodes, c.Store = 2, guard.NewMemoryStore() },
		}},
		{"trusted_proxies[0]", "", "not a network", map[string]func(*guard.Config){"zero": proxy(netip.Prefix{})}},
		{"trusted_proxies[0]", "WS703", "name its own address", map[string]func(*guard.Config){
			"all of IPv4": proxy(netip.MustParsePrefix("0.0.0.0/0")), "all of IPv6": proxy(netip.MustParsePrefix("::/0")),
		}},
		{"hosts[1]", "WS104", "not a host name", map[string]func(*guard.Config){
			"wildcard": host("*.example.com"), "all": host("*"), "empty": host(""), "address": host("https://app.example.com"), "bad port": host("localhost:0"), "IPv6 without brackets": host("::1"),
		}},
		{"sign_in.csrf_header", "", "not a header name", map[string]func(*guard.Config){"space": csrf("X CSRF"), "line break": csrf("X\r\nY"), "not ASCII": csrf("Xä")}},
		{"sign_in.csrf_header", "WS101", "proves nothing", map[string]func(*guard.Config){"accept": csrf("Accept"), "content type": csrf("content-type"), "origin": csrf("Origin"), "cookie": csrf("Cookie")}},
		{"limits.connections", "", "at least 1", map[string]func(*guard.Config){"negative": func(c *guard.Config) { c.Limits.Connections = -1 }}},
		{"limits.handshake", "", "at least 1ms", map[string]func(*guard.Config){"negative": func(c *guard.Config) { c.Limits.Handshake = -1 }}},
		{"limits.handshakes", "", "a rate needs", map[string]func(*guard.Config){
			"no time": func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Count: 1} }, "no count": func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Per: time.Second} },
			"negative burst": func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Count: 1, Per: 1, Burst: -1} },
		}},

		{"routes[0].path", "", "does not start with a slash", map[string]func(*guard.Config){"empty": path(""), "relative": path("ws"), "address": path("ws://x/ws")}},
		{"routes[0].path", "", "more than one spelling", map[string]func(*guard.Config){
			"percent": path("/%77s"), "query": path("/ws?a"), "fragment": path("/ws#a"), "semicolon": path("/ws;a"), "space": path("/w s"), "backslash": path(`/ws\a`), "not ASCII": path("/wß"),
			"quote": path(`/w"s`), "angle": path("/w<s"), "brace": path("/{id}"), "control": path("/w\x7fs"), "bar": path("/ws|a"),
		}},
		{"routes[0].path", "", "empty or dot segments", map[string]func(*guard.Config){"empty": path("/a//b"), "dot": path("/a/./b"), "dots": path("/a/../b"), "dots at the end": path("/a/.."), "double slash": path("//ws")}},
		{"routes[0].path", "", "path of the guard itself", map[string]func(*guard.Config){"mint": path("/ws/ticket"), "mint of the root": path("/ticket"), "mint with a slash": path("/ws/ticket/"), "own": path("/-/wswarden/x")}},
		{"routes[1].path", "", "already", map[string]func(*guard.Config){
			"twice":        func(c *guard.Config) { c.Routes = append(c.Routes, c.Routes[0]) },
			"with a slash": func(c *guard.Config) { c.Routes = append(c.Routes, c.Routes[0]); c.Routes[1].Path += "/" },
		}},
		{"routes[0].backend", "", "not ws or wss", map[string]func(*guard.Config){"http": backend("http://127.0.0.1/ws"), "no scheme": backend("localhost:3000"), "path alone": backend("/ws")}},
		{"routes[0].backend", "", "names no host", map[string]func(*guard.Config){"no host": backend("ws:///ws"), "port alone": backend("ws://:3000")}},
		{"routes[0].backend", "", "more than scheme, host, port and path", map[string]func(*guard.Config){"user": backend("ws://u:p@h/ws"), "query": backend("ws://h/ws?a=b"), "fragment": backend("ws://h/ws#a")}},
		{"routes[0].backend", "", "not an address", map[string]func(*guard.Config){"port": backend("ws://h:port/ws"), "control": backend("ws://h/\r\n")}},
		{"routes[0].backend_host", "", "not a host name", map[string]func(*guard.Config){"line break": route(func(r *guard.Route) { r.BackendHost = "a\r\nb" }), "address": route(func(r *guard.Route) { r.BackendHost = "http://a" })}},
		{"routes[0].mode", "", "no mode", map[string]func(*guard.Config){"other": route(func(r *guard.Route) { r.Mode = "off" })}},
		{"routes[0].query[0]", "WS202", "no credential in the URL", map[string]func(*guard.Config){
			"ticket": route(func(r *guard.Route) { r.Query = []string{"ticket"} }),
			"token":  route(func(r *guard.Route) { r.Query = []string{"Access-Token"} }),
		}},
		{"routes[0].auth.forward_query", "WS202", "write the parameter itself", map[string]func(*guard.Config){
			"any parameter": route(func(r *guard.Route) { r.Auth.ForwardQuery = "pass" }),
			"listed":        route(func(r *guard.Route) { r.Auth.ForwardQuery, r.Query = "pass", []string{"pass"} }),
		}},
		{"routes[0].auth.forward_query", "WS202", "that of tickets", map[string]func(*guard.Config){"ticket": route(func(r *guard.Route) { r.Auth.ForwardQuery, r.Query = "ticket", []string{} })}},
		{"routes[0].query[0]", "", "without a name", map[string]func(*guard.Config){"empty": route(func(r *guard.Route) { r.Query = []string{""} })}},
		{"routes[0].subprotocols[0]", "WS108", "application's sub-protocol", map[string]func(*guard.Config){
			"no token": speaking("a b"), "empty": speaking(""), "list": speaking("a,b"), "the guard's": speaking("wswarden.v1"), "a ticket's": speaking("wst.x"),
		}},
		{"routes[0].origins", "", "nobody could connect", map[string]func(*guard.Config){"none": route(func(r *guard.Route) { r.Origins = nil })}},
		{"routes[0].origins[1]", "WS101", "every page on the web", map[string]func(*guard.Config){"star": origin("*")}},
		{"routes[0].origins[1]", "WS102", "a pattern", map[string]func(*guard.Config){"subdomains": origin("https://*.example.com"), "expression": origin(`https://.*\.example\.com`), "any port": origin("https://app.example.com:*")}},
		{"routes[0].origins[1]", "WS102", "sandboxed frames", map[string]func(*guard.Config){"null": origin("null")}},
		{"routes[0].origins[1]", "WS102", "not an origin", map[string]func(*guard.Config){"empty": origin(""), "name": origin("app.example.com"), "name and port": origin("localhost:3000"), "file": origin("file://"), "unreadable": origin("http://[::1")}},
		{"routes[0].origins[1]", "WS102", "more than scheme, host and port", map[string]func(*guard.Config){"slash": origin("https://app.example.com/"), "path": origin("https://app.example.com/x"), "query": origin("https://app.example.com?x"), "user": origin("https://u@app.example.com")}},
		{"routes[0].origins[1]", "WS102", "not how browsers spell it", map[string]func(*guard.Config){
			"upper case": origin("https://APP.example.com"), "scheme in upper case": origin("HTTPS://app.example.com"), "default port": origin("https://app.example.com:443"), "default port of http": origin("http://app.example.com:80"),
			"empty port": origin("https://app.example.com:"), "port with a zero": origin("https://app.example.com:08443"), "not ASCII": origin("https://äpp.example.com"), "long IPv6": origin("http://[2001:db8:0:0:0:0:0:1]"), "empty query": origin("https://app.example.com?"),
		}},
		{"routes[0].insecure_any_origin", "WS101", "would mean nothing", map[string]func(*guard.Config){"beside a list": route(func(r *guard.Route) { r.InsecureAnyOrigin, r.Auth.Cookie = true, false })}},
		{"routes[0].auth", "WS201", "no credential", map[string]func(*guard.Config){"none": route(func(r *guard.Route) { r.Auth = guard.Auth{} })}},
		{"routes[0].auth.ticket", "WS201", "nobody could get a ticket", map[string]func(*guard.Config){"no sign-in": func(c *guard.Config) {
			c.SignIn, c.Routes[0].Auth.Bearer, c.Routes[0].Auth.Cookie = guard.SignIn{}, false, false
		}}},
		{"routes[0].auth.bearer", "WS201", "nothing judges a bearer token", map[string]func(*guard.Config){"cookies alone are judged": func(c *guard.Config) { c.SignIn.Token = nil }}},
		{"routes[0].auth.cookie", "WS201", "nothing judges a cookie", map[string]func(*guard.Config){
			"no verifier": func(c *guard.Config) { c.SignIn.Request = nil }, "tokens alone are judged": func(c *guard.Config) { c.SignIn.Request = verifier{judges: []string{"Authorization"}} },
			"name not in its form": func(c *guard.Config) { c.SignIn.Request = verifier{judges: []string{"cookie"}} },
		}},
		{"routes[0].auth.cookie", "WS101", "any page on the web", map[string]func(*guard.Config){"any origin": route(func(r *guard.Route) { r.Origins, r.InsecureAnyOrigin = nil, true })}},
		{"routes[0].auth.cookie", "WS103", "without an Origin", map[string]func(*guard.Config){"no origin": route(func(r *guard.Route) { r.AllowNoOrigin = true })}},
		{"routes[0].auth.anonymous", "WS203", "the first message", map[string]func(*guard.Config){"beside first_message": route(func(r *guard.Route) {
			r.Auth.Anonymous, r.Auth.Ticket.Carriers = true, []guard.Carrier{guard.CarrierSubprotocol, guard.CarrierFirstMessage}
		})}},
		{"routes[0].auth.ticket.ttl", "WS204", "a credential to steal", map[string]func(*guard.Config){
			"an hour": ticket(func(p *guard.TicketPolicy) { p.TTL = time.Hour }), "over a minute": ticket(func(p *guard.TicketPolicy) { p.TTL = time.Minute + 1 }),
			"under five seconds": ticket(func(p *guard.TicketPolicy) { p.TTL = 5*time.Second - 1 }), "negative": ticket(func(p *guard.TicketPolicy) { p.TTL = -1 }),
		}},
		{"routes[0].auth.ticket.ip", "", "no binding", map[string]func(*guard.Config){"other": ticket(func(p *guard.TicketPolicy) { p.IP = "yes" })}},
		{"routes[0].auth.ticket.carriers[1]", "", "no carrier", map[string]func(*guard.Config){"other": ticket(func(p *guard.TicketPolicy) { p.Carriers = []guard.Carrier{"query", "cookie"} })}},
		{"routes[0].auth.ticket.rate", "", "a rate needs", map[string]func(*guard.Config){"no time": ticket(func(p *guard.TicketPolicy) { p.Rate.Count = 1 })}},
		{"routes[0].session.max_age", "", "at least 1s", map[string]func(*guard.Config){"short": route(func(r *guard.Route) { r.Session.MaxAge = time.Second - 1 })}},
		{"routes[0].session.idle", "", "at least 1s", map[string]func(*guard.Config){"short": route(func(r *guard.Route) { r.Session.Idle = -1 })}},
		{"routes[0].limits.connections_per_ip", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.ConnectionsPerIP = -1 })}},
		{"routes[0].limits.connections_per_user", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.ConnectionsPerUser = -1 })}},
		{"routes[0].limits.connections", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.Connections = -1 })}},
		{"routes[0].limits.message_bytes", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.MessageBytes = -1 })}},
		{"routes[0].limits.server_message_bytes", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.ServerMessageBytes = -1 })}},
		{"routes[0].limits.fragments", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.Fragments = -1 })}},
		{"routes[0].limits.send_queue", "", "at least 1", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.SendQueue = -1 })}},
		{"routes[0].limits.send_timeout", "", "at least 1ms", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.SendTimeout = -1 })}},
		{"routes[0].limits.message_timeout", "", "at least 1ms", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.Message = -1 })}},
		{"routes[0].limits.messages", "", "a rate needs", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.Messages.Per = 1 })}},
		{"routes[0].limits.user_messages", "", "a rate needs", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.UserMessages.Count = 1 })}},
		{"routes[0].limits.control_frames", "", "a rate needs", map[string]func(*guard.Config){"": limits(func(l *guard.Limits) { l.ControlFrames.Burst = 1 })}},
	} {
		for name, edit := range c.edits {
			t.Run(c.path+" "+name, func(t *testing.T) {
				cfg := sound()
				edit(&cfg)
				got := cfg.Validate()
				if len(got) != 1 || got[0].Path != c.path || got[0].Weakness != c.weakness || !strings.Contains(got[0].Reason, c.reason) {
					t.Fatalf("problems %q, want one at %s (%s) with %q", got, c.path, c.weakness, c.reason)
				}
				_, err := guard.New(cfg)
				if !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), got[0].String()) {
					t.Errorf("New says %v", err)
				}
			})
		}
	}
}

// TestValidateAll: every problem is told at once, and the zero value admits
// nobody.
func TestValidateAll(t *testing.T) {
	if got := (guard.Config{}).Validate(); len(got) != 1 || got[0].Path != "routes" {
		t.Errorf("the zero value: %v", got)
	}
	got := guard.Config{Routes: []guard.Route{{}}}.Validate()
	var paths []string
	for _, p := range got {
		paths = append(paths, p.Path)
	}
	if want := []string{"routes[0].path", "routes[0].origins", "routes[0].auth"}; !slices.Equal(paths, want) {
		t.Errorf("a zero route: %v, want %v", paths, want)
	}
	p := guard.Problem{Path: "a.b", Weakness: "WS101", Reason: "is wrong", Next: "mend it"}
	if got := p.String(); got != "a.b: is wrong (WS101); mend it" {
		t.Errorf("a problem reads %q", got)
	}
}

// TestDefaults is the table of what a configuration that says nothing gets.
func TestDefaults(t *testing.T) {
	cfg := guard.Config{Routes: []guard.Route{{Path: "/ws", Origins: []string{appOrigin}, Auth: guard.Auth{Ticket: &guard.TicketPolicy{}}}}}
	got := cfg.WithDefaults()
	if got.Nodes != 1 || got.SignIn.CSRFHeader != "X-CSRF-Token" || got.Log == nil || !slices.Equal(got.Hosts, []string{"localhost", "127.0.0.1", "[::1]", "app.example.com"}) {
		t.Errorf("shared: %+v", got)
	}
	if want := (guard.SharedLimits{Connections: 10000, Handshake: 10 * time.Second, Handshakes: guard.Rate{Count: 200, Per: time.Second, Burst: 400}}); got.Limits != want {
		t.Errorf("shared limits %+v, want %+v", got.Limits, want)
	}
	r := got.Routes[0]
	if want := (guard.Limits{
		ConnectionsPerIP: 10, ConnectionsPerUser: 5, Connections: 10000, MessageBytes: 64 << 10, ServerMessageBytes: 16 << 20,
		Messages: guard.Rate{Count: 60, Per: time.Minute, Burst: 60}, UserMessages: guard.Rate{Count: 300, Per: time.Minute, Burst: 300}, ControlFrames: guard.Rate{Count: 60, Per: time.Minute, Burst: 60},
		Fragments: 64, SendQueue: 256 << 10, SendTimeout: 10 * time.Second, Message: 30 * time.Second,
	}); r.Limits != want {
		t.Errorf("limits %+v, want %+v", r.Limits, want)
	}
	if r.Mode != guard.Enforce || r.Session != (guard.SessionPolicy{MaxAge: 24 * time.Hour, Idle: 5 * time.Minute}) || r.InsecureAnyOrigin || r.AllowNoOrigin || r.Compression || r.Auth.Bearer || r.Auth.Cookie || r.Auth.Anonymous {
		t.Errorf("route %+v", r)
	}
	if want := (guard.TicketPolicy{TTL: 30 * time.Second, IP: guard.BindEnforce, Carriers: []guard.Carrier{guard.CarrierSubprotocol}, Rate: guard.Rate{Count: 10, Per: time.Second, Burst: 100}}); !reflect.DeepEqual(*r.Auth.Ticket, want) {
		t.Errorf("ticket %+v, want %+v", *r.Auth.Ticket, want)
	}
	if cfg.Routes[0].Mode != "" || cfg.Routes[0].Auth.Ticket.TTL != 0 || cfg.Nodes != 0 {
		t.Error("the configuration itself was changed")
	}
	if again := got.WithDefaults(); !reflect.DeepEqual(again.Routes, got.Routes) || again.Limits != got.Limits {
		t.Error("a second time gives something else")
	}
}

// TestReloadBad: a bad configuration changes nothing.
func TestReloadBad(t *testing.T) {
	w := startGateway(t, nil)
	bad := sound()
	bad.Routes[0].Origins = []string{"*"}
	if err := w.Reload(bad); !errors.Is(err, guard.ErrConfig) {
		t.Fatalf("got %v", err)
	}
	res := w.mint(t, nil)
	if res.StatusCode != http.StatusOK || len(w.Stats().Routes) != 1 {
		t.Errorf("status %d, %d routes", res.StatusCode, len(w.Stats().Routes))
	}
}
