package guard_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func tooMany(rule string) denial {
	return denial{429, "too_many_connections", rule, "WS703"}
}

// TestQuota fills a quota, is refused, and comes in when a place is free again.
func TestQuota(t *testing.T) {
	bob := func(c *guard.Config) {
		c.SignIn.Token = guardtest.Tokens{aliceToken: {User: "alice"}, "bob-token": {User: "bob"}}
	}
	from := func(address string) wireclient.Handshake {
		return wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{{Name: "X-Forwarded-For", Value: address}}}
	}
	for _, c := range []struct {
		name   string
		cfg    func(*guard.Config)
		holds  []wireclient.Handshake
		passes wireclient.Handshake // while it is full
		full   wireclient.Handshake
		rule   string
	}{
		{"address", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 2 },
			[]wireclient.Handshake{{Origin: appOrigin}, {Origin: appOrigin, Bearer: aliceToken}}, wireclient.Handshake{Origin: appOrigin, From: "127.0.0.2"}, wireclient.Handshake{Origin: appOrigin}, "connections.address"},
		{"address on another route", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 1 },
			[]wireclient.Handshake{{Origin: appOrigin}}, wireclient.Handshake{Origin: appOrigin, URL: "/other"}, wireclient.Handshake{Origin: appOrigin}, "connections.address"},
		{"IPv6 by /64", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 2 },
			[]wireclient.Handshake{from("2001:db8::1"), from("2001:db8::ffff:2")}, from("2001:db8:0:1::1"), from("2001:db8:0:0:a:b:c:d"), "connections.address"},
		{"IPv4 in IPv6 is IPv4", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 2 },
			[]wireclient.Handshake{from("203.0.113.1"), from("::ffff:203.0.113.1")}, from("203.0.113.2"), from("203.0.113.1"), "connections.address"},
		{"an address that a stranger names", func(c *guard.Config) { c.TrustedProxies, c.Routes[0].Limits.ConnectionsPerIP = nil, 1 },
			[]wireclient.Handshake{from("203.0.113.1")}, wireclient.Handshake{Origin: appOrigin, From: "127.0.0.2"}, from("203.0.113.2"), "connections.address"},
		{"user", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerUser = 2 },
			[]wireclient.Handshake{{Origin: appOrigin, Bearer: aliceToken}, {Origin: appOrigin, Bearer: aliceToken, From: "127.0.0.2"}}, wireclient.Handshake{Origin: appOrigin, Bearer: "bob-token"}, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, From: "127.0.0.3"}, "connections.user"},
		{"nobody is no user", func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerUser = 1 },
			[]wireclient.Handshake{{Origin: appOrigin}, {Origin: appOrigin}, {Origin: appOrigin, Bearer: aliceToken}}, wireclient.Handshake{Origin: appOrigin}, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}, "connections.user"},
		{"route", func(c *guard.Config) { c.Routes[0].Limits.Connections = 2 },
			[]wireclient.Handshake{from("203.0.113.1"), from("203.0.113.2")}, wireclient.Handshake{Origin: appOrigin, URL: "/other"}, from("203.0.113.3"), "connections.route"},
		{"all", func(c *guard.Config) { c.Limits.Connections = 3 },
			[]wireclient.Handshake{from("203.0.113.1"), {Origin: appOrigin, URL: "/other"}}, from("203.0.113.2"), wireclient.Handshake{Origin: appOrigin, URL: "/other"}, "connections.total"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				bob(cfg)
				trusting("127.0.0.0/8")(cfg)
				other := cfg.Routes[0]
				other.Path = "/other"
				cfg.Routes = append(cfg.Routes, other)
				c.cfg(cfg)
			})
			at := func(h wireclient.Handshake) wireclient.Handshake {
				if h.URL == "" {
					h.URL = "/ws"
				}
				h.URL = w.url + h.URL
				return h
			}
			var held []*wireclient.Conn
			for _, h := range c.holds {
				held = append(held, w.dial(t, at(h)))
			}
			held = append(held, w.dial(t, at(c.passes)))
			for range 3 { // refused ones take no place
				w.refuses(t, at(c.full), tooMany(c.rule))
			}
			if got := w.Stats().Reservations; got != len(held) {
				t.Errorf("%d places for %d connections", got, len(held))
			}
			for _, conn := range held {
				conn.Close()
			}
			w.waitEmpty(t)
			w.dial(t, at(c.full))
		})
	}
}

// TestQuotaRace: at no time are more admitted than there are places.
func TestQuotaRace(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerIP = 5 })
	var admitted, refused atomic.Int32
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			c, res, err := wireclient.Dial(t.Context(), wireclient.Handshake{URL: w.url + "/ws", Origin: appOrigin})
			switch {
			case err != nil:
				t.Error(err)
			case c != nil:
				admitted.Add(1)
				t.Cleanup(func() { c.Close() })
			case res.StatusCode == http.StatusTooManyRequests:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if admitted.Load() != 5 || refused.Load() != 35 {
		t.Errorf("%d admitted and %d refused, want 5 and 35", admitted.Load(), refused.Load())
	}
}

// TestQuotaNeverLeaks: ten thousand handshakes that fail in every way leave
// nothing behind (WS709), and a good client still enters.
func TestQuotaNeverLeaks(t *testing.T) {
	const attempts, workers = 10000, 8
	slow := startBackend(t, nil, func(c net.Conn, _ *http.Request) { io.Copy(io.Discard, c) })
	w := startGateway(t, func(c *guard.Config) {
		c.Limits.Handshakes = guard.Rate{Count: 1e6, Per: time.Second}
		c.Audit = nil // ten thousand events are of no use here
		c.SignIn.Request = guardtest.Cookies{"session=bob": {User: "bob"}}
		r := &c.Routes[0]
		r.Auth.Anonymous = false
		r.Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierSubprotocol, guard.CarrierFirstMessage}
		r.Limits.ConnectionsPerIP, r.Limits.ConnectionsPerUser = 4*workers, 3
		for path, backend := range map[string]string{"/dead": "ws://127.0.0.1:1", "/wrong": answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "/slow": slow} {
			failing := *r
			failing.Path, failing.Backend = path, backend
			c.Routes = append(c.Routes, failing)
		}
	})
	address := strings.TrimPrefix(w.url, "ws://")
	bearer := "Authorization: Bearer " + aliceToken + "\r\nOrigin: "
	ticket := "Sec-WebSocket-Protocol: wst.wst1_" + strings.Repeat("A", 43) + checksum("wst1_"+strings.Repeat("A", 43)) + "\r\nOrigin: "
	request := func(from, to string) string { return edited(t, rawHandshake, from, to) }
	const answer, reset, hangUp = 0, 1, 2
	ways := []struct {
		name string
		raw  string
		then int // wait for the answer, reset at once, or close at once
	}{
		{"bad origin", request("app.example.com", "evil.example"), answer},
		{"bad ticket", request("Origin: ", ticket), answer},
		{"refused token", request("Origin: ", "Authorization: Bearer nobody\r\nOrigin: "), answer},
		{"dead backend", strings.Replace(request("Origin: ", bearer), "/ws ", "/dead ", 1), answer},
		{"wrong backend", strings.Replace(request("Origin: ", bearer), "/ws ", "/wrong ", 1), answer},
		{"slow backend, client resets", strings.Replace(request("Origin: ", bearer), "/ws ", "/slow ", 1), reset},
		{"slow backend, client closes", strings.Replace(request("Origin: ", bearer), "/ws ", "/slow ", 1), hangUp},
		{"reset before the head", "", reset},
		{"reset in the head", rawHandshake[:60], reset},
		{"reset behind the head", request("Origin: ", bearer), reset},
		{"closed behind the head", request("Origin: ", bearer), hangUp},
		{"early data", request("Origin: ", bearer) + "\x81\x00", answer},
		{"first message never comes", rawHandshake, reset},
		{"admitted, or over the quota of the user", request("Origin: ", bearer), answer},
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	attempt := func(raw string, then int) {
		nc, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		nc.SetDeadline(time.Now().Add(30 * time.Second))
		io.WriteString(nc, raw)
		if then == answer {
			nc.Read(make([]byte, 512))
		}
		if then == reset {
			nc.(*net.TCPConn).SetLinger(0)
		}
	}
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() {
			for i := n; i < attempts && ctx.Err() == nil; i += workers {
				attempt(ways[i/workers%len(ways)].raw, ways[i/workers%len(ways)].then)
			}
		})
	}
	wg.Wait()
	w.waitEmpty(t)
	if s := w.Stats(); s.Connections != 0 || s.Panics != 0 {
		t.Errorf("%d connections are left, %d panics", s.Connections, s.Panics)
	}
	failed := map[string]uint64{}
	for _, r := range w.Stats().Routes {
		for _, n := range r.Refusals {
			failed[n.Weakness] += n.Count
		}
	}
	for _, weakness := range []string{"WS101", "WS105", "WS201", "WS204", "WS801", ""} {
		if failed[weakness] < attempts/50 {
			t.Errorf("only %d attempts failed with %q: %v", failed[weakness], weakness, failed)
		}
	}
	for range 3 { // all places of the user are free
		w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	}
	c := w.dial(t, withTicketOfBob(t, w))
	c.SendText("hello")
	if u, err := c.NextMessage(testContext(t)); err != nil || string(u.Payload) != "hello" {
		t.Errorf("a good client gets %q, %v", u.Payload, err)
	}
}

// withTicketOfBob is a handshake of a user who has no connection yet.
func withTicketOfBob(t *testing.T, w *gateway) wireclient.Handshake {
	return withTicket(w.minted(t, func(r *http.Request) { r.Header.Set("Cookie", "session=bob") }))
}
