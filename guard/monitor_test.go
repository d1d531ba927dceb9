package guard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// TestMonitorPasses: what a rule refuses is recorded once, and passes.
func TestMonitorPasses(t *testing.T) {
	bob := wireclient.Line{Name: "Cookie", Value: "session=bob"}
	for _, c := range []struct {
		name     string
		cfg      func(*guard.Config)
		h        wireclient.Handshake
		rules    []string
		weakness string
		status   int
	}{
		{"nothing to refuse", nil, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, nil, "", 0},
		{"host", nil, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, Header: []wireclient.Line{{Name: "Host", Value: "evil.example"}}}, []string{"host.foreign"}, "WS104", 403},
		{"foreign origin", nil, wireclient.Handshake{Origin: "https://evil.example", Bearer: aliceToken}, []string{"origin.foreign"}, "WS101", 403},
		{"lookalike origin", nil, wireclient.Handshake{Origin: appOrigin + ".evil.example", Bearer: aliceToken}, []string{"origin.lookalike"}, "WS102", 403},
		{"no origin", nil, wireclient.Handshake{Bearer: aliceToken}, []string{"origin.absent"}, "WS103", 403},
		{"null origin", nil, wireclient.Handshake{Origin: "null", Bearer: aliceToken}, []string{"origin.null"}, "WS103", 403},
		{"token in the query", nil, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, URL: "?token=x"}, []string{"query.credential"}, "WS202", 400},
		{"sub-protocol", nil, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, Subprotocols: []string{"chat.v1"}}, []string{"subprotocol.unknown"}, "WS108", 400},
		{"two credentials", nil, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, Subprotocols: []string{"wst.wst1_x"}}, []string{"credential.several", "ticket.malformed"}, "", 0},
		{"no credential", nil, wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{bob}}, []string{"credential.absent"}, "WS201", 401},
		{"refused token", nil, wireclient.Handshake{Origin: appOrigin, Bearer: "nobody"}, []string{"credential.refused"}, "WS201", 401},
		{"ticket", nil, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wst.wst1_x"}}, []string{"ticket.malformed"}, "WS204", 401},
		{"handshake rate", func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Count: 1, Per: time.Hour} }, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, []string{"handshakes.address"}, "WS703", 429},
		{"address quota", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 1 }, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, []string{"connections.address"}, "WS703", 429},
		{"user quota", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerUser = 1 }, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, []string{"connections.user"}, "WS703", 429},
		{"route quota", func(c *guard.Config) { c.Routes[0].Limits.Connections = 1 }, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, []string{"connections.route"}, "WS703", 429},
		{"several rules", nil, wireclient.Handshake{Origin: "https://evil.example", URL: "?jwt=x", Header: []wireclient.Line{{Name: "Host", Value: "evil.example"}}}, []string{"host.foreign", "origin.foreign", "query.credential", "credential.absent"}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Mode, cfg.Routes[0].Auth.Anonymous = guard.Monitor, false
				if c.cfg != nil {
					c.cfg(cfg)
				}
			})
			w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}) // holds a place, and uses up what is bounded by one
			seen := len(w.audit.Events())
			c.h.URL = w.url + "/ws" + c.h.URL
			conn := w.dial(t, c.h)
			conn.SendText("hello")
			if u, err := conn.NextMessage(testContext(t)); err != nil || string(u.Payload) != "hello" {
				t.Fatalf("got %q, %v", u.Payload, err)
			}
			var rules []string
			for _, e := range w.audit.Events()[seen:] {
				if e.Outcome == guard.Monitored {
					rules = append(rules, e.Rule)
					if c.status != 0 && (e.Weakness != c.weakness || e.Status != c.status || e.Client == "" || e.Detail == "") {
						t.Errorf("recorded %+v, want %s and %d", e, c.weakness, c.status)
					}
				}
			}
			if strings.Join(rules, " ") != strings.Join(c.rules, " ") {
				t.Errorf("recorded %q, want %q", rules, c.rules)
			}
			counted := 0
			for _, r := range w.Stats().Routes[0].Refusals {
				if r.Outcome == guard.Monitored {
					counted += int(r.Count)
				}
			}
			if counted != len(c.rules) || len(w.denied()) != 0 {
				t.Errorf("counted %d, want %d; refused %+v", counted, len(c.rules), w.denied())
			}
		})
	}
}

// TestMonitorRefuses: nothing malformed passes, nothing that can't be judged,
// and nothing beyond the bounds of memory.
func TestMonitorRefuses(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		cfg            func(*guard.Config)
		want           denial
	}{
		{"version", "Version: 13", "Version: 8", nil, denial{426, "upgrade_required", "request.websocket-version", "WS801"}},
		{"key", "Sec-WebSocket-Key", "X-Key", nil, denial{400, "bad_request", "request.websocket-key", "WS801"}},
		{"repeated header", "Origin", "Cookie: a\r\nCookie: b\r\nOrigin", nil, denial{400, "bad_request", "request.repeated-header", "WS801"}},
		{"two origins", "Origin", "Origin: https://evil.example\r\nOrigin", nil, denial{400, "bad_request", "origin.repeated", "WS102"}},
		{"host that is none", "localhost", "local,host", nil, denial{400, "bad_request", "host.malformed", "WS104"}},
		{"forwarded chain", "Origin", "X-Forwarded-For: x\r\nOrigin", trusting("127.0.0.0/8"), denial{400, "bad_request", "address.malformed", "WS703"}},
		{"query that is none", "/ws ", "/ws?%zz ", nil, denial{400, "bad_request", "query.malformed", "WS801"}},
		{"sub-protocols that are none", "Origin", "Sec-WebSocket-Protocol: a b\r\nOrigin", nil, denial{400, "bad_request", "subprotocol.token", "WS801"}},
		{"sign-in down", "Origin", "Authorization: Bearer x\r\nOrigin", func(c *guard.Config) { c.SignIn.Token = verifier{err: errDown} }, denial{503, "unavailable", "sign-in.down", ""}},
		{"backend down", "", "", func(c *guard.Config) { c.Routes[0].Backend = "ws://127.0.0.1:1" }, denial{502, "bad_gateway", "backend.unreachable", ""}},
		{"all places taken", "", "", func(c *guard.Config) { c.Limits.Connections = 1 }, denial{429, "too_many_connections", "connections.total", "WS703"}},
		{"unknown path", "/ws ", "/other ", nil, denial{404, "not_found", "route.unknown", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Mode = guard.Monitor
				if c.cfg != nil {
					c.cfg(cfg)
				}
			})
			if c.want.rule == "connections.total" {
				w.dial(t, wireclient.Handshake{Origin: appOrigin})
			}
			w.refusesRaw(t, edited(t, rawHandshake, c.from, c.to), c.want)
		})
	}
}

// TestMonitorIsOneRoutes: a route that only monitors loosens no other.
func TestMonitorIsOneRoutes(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		strict := c.Routes[0]
		strict.Path = "/strict"
		c.Routes[0].Mode = guard.Monitor
		c.Routes = append(c.Routes, strict)
	})
	w.dial(t, wireclient.Handshake{Origin: "https://evil.example"})
	w.refuses(t, wireclient.Handshake{Origin: "https://evil.example", URL: w.url + "/strict"}, foreign)
}
