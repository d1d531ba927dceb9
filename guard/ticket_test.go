package guard_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// ticketInvalid is the one answer to every ticket that is refused.
func ticketInvalid(rule string) denial {
	return denial{401, "ticket_invalid", rule, "WS204"}
}

// withTicket is a handshake that carries a ticket as browsers do.
func withTicket(m mintAnswer) wireclient.Handshake {
	return wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1", m.Protocol}}
}

// ticketsOnly is a gateway with two routes that admit nothing but tickets, from
// two origins.
func ticketsOnly(edit func(*guard.Config)) func(*guard.Config) {
	return func(c *guard.Config) {
		r := &c.Routes[0]
		r.Origins = append(r.Origins, "https://other.example.com")
		r.Auth = guard.Auth{Ticket: &guard.TicketPolicy{}}
		other := *r
		other.Path, other.Auth.Ticket = "/other", &guard.TicketPolicy{}
		c.Routes = append(c.Routes, other)
		if edit != nil {
			edit(c)
		}
	}
}

var ticketForm = regexp.MustCompile(`^wst1_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}$`)

// checksum is the last part of a ticket, computed anew.
func checksum(body string) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
}

func TestTicketValue(t *testing.T) {
	w := startGateway(t, nil)
	seen := map[string]bool{}
	for range 50 {
		v := w.minted(t, nil).Ticket
		if !ticketForm.MatchString(v) || v[48:] != checksum(v[:48]) {
			t.Errorf("ticket %q has another form", v)
		}
		if seen[v] || seen[v[:20]] {
			t.Errorf("ticket %q or its beginning was seen before", v)
		}
		seen[v], seen[v[:20]] = true, true
	}
}

func TestTicketRedeemed(t *testing.T) {
	for _, c := range []struct {
		name     string
		carrier  guard.Carrier
		spoken   []string
		present  func(m mintAnswer) wireclient.Handshake
		offered  string // to the backend
		selected string
	}{
		{"sub-protocol", guard.CarrierSubprotocol, nil, withTicket, "", "wswarden.v1"},
		{"sub-protocol alone", guard.CarrierSubprotocol, nil, func(m mintAnswer) wireclient.Handshake {
			return wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{m.Protocol}}
		}, "", ""},
		{"sub-protocol before the application's", guard.CarrierSubprotocol, []string{"chat.v1", "chat.v2"}, func(m mintAnswer) wireclient.Handshake {
			return wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{m.Protocol, "chat.v2", "chat.v1"}}
		}, "chat.v2, chat.v1", "chat.v2"},
		{"sub-protocol beside both", guard.CarrierSubprotocol, []string{"chat.v1"}, func(m mintAnswer) wireclient.Handshake {
			return wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1", "chat.v1", m.Protocol}}
		}, "chat.v1", "chat.v1"},
		{"query", guard.CarrierQuery, nil, func(m mintAnswer) wireclient.Handshake {
			return wireclient.Handshake{Origin: appOrigin, URL: "?ticket=" + m.Ticket}
		}, "", ""},
		{"query with its name encoded", guard.CarrierQuery, nil, func(m mintAnswer) wireclient.Handshake {
			return wireclient.Handshake{Origin: appOrigin, URL: "?%74icket=" + m.Ticket}
		}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, ticketsOnly(func(cfg *guard.Config) {
				cfg.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{c.carrier}
				cfg.Routes[0].Subprotocols = c.spoken
			}))
			m := w.minted(t, nil)
			h := c.present(m)
			h.URL = w.url + "/ws" + h.URL
			_, res := w.try(t, h)
			if res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Sec-WebSocket-Protocol") != c.selected {
				t.Fatalf("status %d, selected %q; want 101, %q", res.StatusCode, res.Header["Sec-Websocket-Protocol"], c.selected)
			}
			r := w.backend.Requests()[0]
			if got := r.Header.Get("Sec-WebSocket-Protocol"); got != c.offered || r.URL.RawQuery != "" || r.Header.Get("Wswarden-User") != "alice" {
				t.Errorf("the backend was offered %q with query %q for user %q; want %q", got, r.URL.RawQuery, r.Header.Get("Wswarden-User"), c.offered)
			}
			e := w.audit.Wait(t, "the connection", func(e guard.Event) bool { return e.Connection != "" })
			if e.User != "alice" || e.Session != "s1" {
				t.Errorf("recorded %+v", e)
			}
			w.refuses(t, h, ticketInvalid("ticket.used"))
			if got := w.Stats().Tickets; got["redeemed"] != 1 || got["used"] != 1 {
				t.Errorf("counted %v", got)
			}
		})
	}
}

// TestTicketRefused presents tickets wrongly, and then as they should have
// been: whatever was wrong, the ticket is burned.
func TestTicketRefused(t *testing.T) {
	admitted := denial{status: 101}
	for _, c := range []struct {
		name    string
		cfg     func(*guard.Config)
		present func(m mintAnswer, h *wireclient.Handshake)
		want    denial
		then    string // the rule for the right presentation that follows
		query   bool   // the right presentation is in the query
	}{
		{"another allowed origin", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.Origin = "https://other.example.com" }, ticketInvalid("ticket.origin"), "ticket.used", false},
		{"another route", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.URL = "/other" }, ticketInvalid("ticket.route"), "ticket.used", false},
		{"another address", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.From = "127.0.0.2" }, ticketInvalid("ticket.address"), "ticket.used", false},
		{"another address, monitored", func(c *guard.Config) { c.Routes[0].Auth.Ticket.IP = guard.BindMonitor }, func(_ mintAnswer, h *wireclient.Handshake) { h.From = "127.0.0.2" }, admitted, "ticket.used", false},
		{"another address, not bound", func(c *guard.Config) { c.Routes[0].Auth.Ticket.IP = guard.BindOff }, func(_ mintAnswer, h *wireclient.Handshake) { h.From = "127.0.0.2" }, admitted, "ticket.used", false},
		{"another origin, address monitored", func(c *guard.Config) { c.Routes[0].Auth.Ticket.IP = guard.BindMonitor }, func(_ mintAnswer, h *wireclient.Handshake) { h.Origin = "https://other.example.com" }, ticketInvalid("ticket.origin"), "ticket.used", false},
		{"in the query, which is not admitted", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.URL, h.Subprotocols = "/ws?ticket="+m.Ticket, nil
		}, ticketInvalid("ticket.carrier"), "ticket.used", false},
		{"in the sub-protocol, which is not admitted", func(c *guard.Config) { c.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierQuery} }, nil, ticketInvalid("ticket.carrier"), "ticket.used", true},
		{"two carriers", nil, func(m mintAnswer, h *wireclient.Handshake) { h.URL = "/ws?ticket=" + m.Ticket }, denial{400, "several_credentials", "credential.several", "WS201"}, "ticket.used", false},
		{"offered twice", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols = []string{m.Protocol, m.Protocol}
		}, denial{400, "several_credentials", "credential.several", "WS201"}, "ticket.used", false},
		{"beside an invented one", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols = []string{"wst.wst1_invented", m.Protocol}
		}, denial{400, "several_credentials", "credential.several", "WS201"}, "ticket.used", false},
		{"twice in the query", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.URL, h.Subprotocols = "/ws?ticket="+m.Ticket+"&ticket="+m.Ticket, nil
		}, denial{400, "several_credentials", "credential.several", "WS201"}, "ticket.used", false},
		{"beside a bearer token", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.Bearer = aliceToken }, denial{400, "several_credentials", "credential.several", "WS201"}, "ticket.used", false},
		{"dead backend", func(c *guard.Config) { c.Routes[0].Backend = "ws://127.0.0.1:1/ws" }, nil, denial{502, "bad_gateway", "backend.unreachable", ""}, "ticket.used", false},

		// Refused before anybody looked at the ticket.
		{"foreign origin", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.Origin = "https://evil.example" }, foreign, "", false},
		{"foreign host", nil, func(_ mintAnswer, h *wireclient.Handshake) {
			h.Header = []wireclient.Line{{Name: "Host", Value: "evil.example"}}
		}, denial{403, "host_refused", "host.foreign", "WS104"}, "", false},
		{"old version", nil, func(_ mintAnswer, h *wireclient.Handshake) {
			h.Header = []wireclient.Line{{Name: "Sec-WebSocket-Version", Value: "8"}}
		}, denial{426, "upgrade_required", "request.websocket-version", "WS801"}, "", false},

		// Never a ticket; the real one stays what it is.
		{"empty", nil, func(_ mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{"wst."} }, ticketInvalid("ticket.malformed"), "", false},
		{"cut off", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols = []string{m.Protocol[:len(m.Protocol)-1]}
		}, ticketInvalid("ticket.malformed"), "", false},
		{"with a tail", nil, func(m mintAnswer, h *wireclient.Handshake) { h.Subprotocols = []string{m.Protocol + "A"} }, ticketInvalid("ticket.malformed"), "", false},
		{"another version of the form", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols = []string{strings.Replace(m.Protocol, "wst1_", "wst2_", 1)}
		}, ticketInvalid("ticket.malformed"), "", false},
		{"wrong checksum", nil, func(m mintAnswer, h *wireclient.Handshake) {
			h.Subprotocols = []string{"wst." + m.Ticket[:48] + checksum(m.Ticket[:47])}
		}, ticketInvalid("ticket.malformed"), "", false},
		{"invented", nil, func(m mintAnswer, h *wireclient.Handshake) {
			body := "wst1_" + strings.Repeat("A", 43)
			h.Subprotocols = []string{"wst." + body + checksum(body)}
		}, ticketInvalid("ticket.unknown"), "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, ticketsOnly(c.cfg))
			m := w.minted(t, nil)
			h := withTicket(m)
			if c.present != nil {
				c.present(m, &h)
			}
			if strings.HasPrefix(h.URL, "/") {
				h.URL = w.url + h.URL
			}
			if c.want == admitted {
				w.dial(t, h)
			} else if e := w.refuses(t, h, c.want); strings.HasPrefix(c.want.rule, "ticket.") && c.want.rule != "ticket.malformed" && len(e.Ticket) != 8 {
				t.Errorf("recorded ticket %q, want 8 hex digits", e.Ticket)
			}
			right := withTicket(m)
			if c.query {
				right = wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws?ticket=" + m.Ticket}
			}
			if c.then == "" {
				w.dial(t, right)
				return
			}
			w.refuses(t, right, ticketInvalid(c.then))
		})
	}
}

func TestTicketAddressMonitored(t *testing.T) {
	w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Routes[0].Auth.Ticket.IP = guard.BindMonitor }))
	h := withTicket(w.minted(t, nil))
	h.From = "127.0.0.2"
	w.dial(t, h)
	e := w.audit.WaitRule(t, "ticket.address")
	if e.Outcome != guard.Monitored || e.Weakness != "WS204" || e.Client != "127.0.0.2" || e.User != "alice" || len(e.Ticket) != 8 {
		t.Errorf("recorded %+v", e)
	}
	if got := w.Stats().Tickets; got["redeemed"] != 1 || got["address"] != 1 {
		t.Errorf("counted %v", got)
	}
}

// TestTicketAddressUnits: a ticket is bound to one IPv4 address, and to the /64
// of an IPv6 one.
func TestTicketAddressUnits(t *testing.T) {
	for _, c := range []struct {
		minted, presented string
		admitted          bool
	}{
		{"203.0.113.1", "203.0.113.1", true},
		{"203.0.113.1", "203.0.113.2", false},
		{"203.0.113.1", "::ffff:203.0.113.1", true},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
	} {
		t.Run(c.minted+" "+c.presented, func(t *testing.T) {
			w := startGateway(t, ticketsOnly(trusting("127.0.0.0/8")))
			m := w.minted(t, func(r *http.Request) { r.Header.Set("X-Forwarded-For", c.minted) })
			h := withTicket(m)
			h.Header = []wireclient.Line{{Name: "X-Forwarded-For", Value: c.presented}}
			if c.admitted {
				w.dial(t, h)
			} else {
				w.refuses(t, h, ticketInvalid("ticket.address"))
			}
		})
	}
}

// TestTicketExpires runs on a fake clock.
func TestTicketExpires(t *testing.T) {
	for _, c := range []struct {
		name       string
		ttl        time.Duration // of the ticket, 0 for the default
		credential time.Duration // of alice, 0 for ever
		after      time.Duration
		rule       string
	}{
		{"in time", 0, 0, 30*time.Second - 1, "server.hijack"},
		{"late", 0, 0, 30 * time.Second, "ticket.expired"},
		{"very late", 0, 0, 2 * time.Minute, "ticket.expired"},
		{"later than anybody remembers", 0, 0, time.Hour, "ticket.expired"},
		{"short life", 5 * time.Second, 0, 5 * time.Second, "ticket.expired"},
		{"long life", 60 * time.Second, 0, 59 * time.Second, "server.hijack"},
		{"credential ended", 0, 10 * time.Second, 10 * time.Second, "ticket.expired"},
		{"credential about to end", 0, 10 * time.Second, 10*time.Second - 1, "server.hijack"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				alice := guard.Identity{User: "alice"}
				if c.credential > 0 {
					alice.Expires = time.Now().Add(c.credential)
				}
				h, audit := newJudge(t, func(cfg *guard.Config) {
					cfg.SignIn.Token = verifier{id: &alice}
					cfg.Routes[0].Auth.Ticket.TTL = c.ttl
				})
				m := mintBy(t, h)
				time.Sleep(c.after)
				r := handshakeFor("/ws")
				r.Header["Sec-Websocket-Protocol"] = []string{m.Protocol}
				if e, _ := judged(h, audit, r); e.Rule != c.rule {
					t.Errorf("refused by %q (%s), want %q", e.Rule, e.Detail, c.rule)
				}
			})
		})
	}
}

// mintBy asks h for a ticket without a socket.
func mintBy(t *testing.T, h http.Handler) (m mintAnswer) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/ws/ticket", strings.NewReader("{}"))
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:40000"
	r.Header = http.Header{"Origin": {appOrigin}, "Content-Type": {"application/json"}, "Authorization": {"Bearer " + aliceToken}}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), &m); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("no ticket: %d %s", rec.Code, rec.Body)
	}
	return m
}

// TestTicketAnswersAlike: what a client reads does not tell an unknown ticket
// from a used, stolen or expired one.
func TestTicketAnswersAlike(t *testing.T) {
	late := func(t guard.Ticket) (guard.Ticket, error) {
		t.Expires = time.Now().Add(-time.Minute)
		return t, nil
	}
	store := &fakeStore{MemoryStore: guard.NewMemoryStore()}
	w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Store = store }))
	used := withTicket(w.minted(t, nil))
	w.dial(t, used)
	otherOrigin, otherAddress, otherRoute, expired, query := withTicket(w.minted(t, nil)), withTicket(w.minted(t, nil)), withTicket(w.minted(t, nil)), withTicket(w.minted(t, nil)), wireclient.Handshake{Origin: appOrigin}
	otherOrigin.Origin, otherAddress.From, otherRoute.URL = "https://other.example.com", "127.0.0.2", w.url+"/other"
	query.URL = w.url + "/ws?ticket=" + w.minted(t, nil).Ticket
	body := "wst1_" + strings.Repeat("A", 43)
	unknown, malformed := withTicket(mintAnswer{Protocol: "wst." + body + checksum(body)}), withTicket(mintAnswer{Protocol: "wst.x"})

	answers := map[string][]string{}
	for name, h := range map[string]wireclient.Handshake{"used": used, "origin": otherOrigin, "address": otherAddress, "route": otherRoute, "carrier": query, "unknown": unknown, "malformed": malformed, "expired": expired} {
		store.take = nil
		if name == "expired" {
			store.take = late
		}
		_, res := w.try(t, h)
		text, _ := io.ReadAll(res.Body)
		res.Header.Del("Date")
		answer := fmt.Sprintf("%d %v %s", res.StatusCode, res.Header, regexp.MustCompile(`"id":"[0-9a-f]*"`).ReplaceAll(text, nil))
		answers[answer] = append(answers[answer], name)
		w.audit.WaitRule(t, "ticket."+name)
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
}

// FuzzTicketValue: the store is asked for a value of the right form and
// checksum, and for no other; nothing that is presented gets in.
func FuzzTicketValue(f *testing.F) {
	body := "wst1_" + strings.Repeat("A", 43)
	for _, v := range []string{body + checksum(body), body + "AAAAAA", "wst1_", "", strings.Repeat("A", 54), body + checksum(body) + "\n", "wst1_" + strings.Repeat("=", 43) + "AAAAAA"} {
		f.Add(v, true)
		f.Add(v, false)
	}
	f.Fuzz(func(t *testing.T, value string, mend bool) {
		if mend && len(value) > 48 {
			value = "wst1_" + value[5:48] + checksum("wst1_"+value[5:48])
		}
		asked := 0
		h, audit := newJudge(t, func(c *guard.Config) {
			c.Store = &fakeStore{MemoryStore: guard.NewMemoryStore(), ask: func(guard.TicketHash) { asked++ }}
			c.Routes[0].Auth.Ticket.Carriers = []guard.Carrier{guard.CarrierQuery}
		})
		r := handshakeFor("/ws")
		r.URL.RawQuery = "ticket=" + url.QueryEscape(value)
		if len(r.URL.RawQuery) > 16<<10 {
			return
		}
		e, res := judged(h, audit, r)
		wellFormed := len(value) == 54 && strings.HasPrefix(value, "wst1_") && value[48:] == checksum(value[:48])
		rule := map[bool]string{true: "ticket.unknown", false: "ticket.malformed"}[wellFormed]
		if res.StatusCode != http.StatusUnauthorized || e.Rule != rule || asked != map[bool]int{true: 1, false: 0}[wellFormed] {
			t.Errorf("value %q: %d by %q, the store was asked %d times", value, res.StatusCode, e.Rule, asked)
		}
	})
}
