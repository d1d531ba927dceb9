package guard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// withTickets lets a route take tickets.
func withTickets(r *Route) { r.Auth.Ticket = &TicketPolicy{} }

// ticket puts a ticket that a cookie mints into the store, and returns the
// message that carries it.
func (s *sitting) ticket(t *testing.T, cookie string, edit func(*Ticket)) string {
	t.Helper()
	h := http.Header{"Cookie": {cookie}}
	who, d := s.g.byRequest(t.Context(), s.g.plan.Load().cfg.SignIn, h)
	if d != nil {
		t.Fatal(d)
	}
	value, hash := newTicketValue()
	now := time.Now()
	k := Ticket{Identity: who.identity, Route: "/ws", Address: netip.MustParsePrefix("192.0.2.1/32"), Issued: now, Expires: now.Add(30 * time.Second),
		Judged: who.judged, Sealed: who.credential.seal(value)}
	if edit != nil {
		edit(&k)
	}
	if _, err := s.g.store.PutTicket(t.Context(), hash, k, 5); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`{"type":"wswarden.ticket","ticket":%q}`, value)
}

// until says when a session of alice ends, counted from now.
func (s *sitting) until(d time.Duration, session string) {
	at := time.Now().Add(d)
	s.says(func(context.Context, string) (*Identity, error) {
		return &Identity{User: "alice", Session: session, Expires: at, Authenticated: time.Now()}, nil
	})
}

// next returns the next unit that an end has read.
func next(t *testing.T, p *peer) wire.Unit {
	t.Helper()
	synctest.Wait()
	select {
	case u, ok := <-p.units:
		if ok {
			return u
		}
	default:
	}
	t.Fatal("nothing has come")
	return wire.Unit{}
}

func TestRenewal(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		s.until(2*time.Minute, "s1")
		c, client := s.open(t, "first")
		time.Sleep(90 * time.Second)
		s.until(10*time.Minute, "s2")
		if err := client.send(wire.Text, s.ticket(t, "second", nil)); err != nil {
			t.Fatal(err)
		}
		if u := next(t, client); string(u.Payload) != `{"type":"wswarden.ticket","result":"renewed","expires_in":600}` {
			t.Errorf("answered %q", u.Payload)
		}
		if who, ok := s.g.Subject(c.id); !ok || who.User != "alice" || who.Session != "s2" {
			t.Errorf("rests on %+v, %v, want the session of the ticket", who, ok)
		}
		if _, ok := s.g.Subject("another"); ok {
			t.Error("a connection that is not there rests on somebody")
		}
		if n := c.route.counts.client.messages.Load(); n != 0 {
			t.Errorf("%d messages passed to the backend", n)
		}
		time.Sleep(9 * time.Minute)
		s.lives(t, 1)
		if last := s.last(); last != "second" {
			t.Errorf("judged again by %q", last)
		}
		for _, r := range []Revocation{{Session: "s1"}, {User: "alice", At: time.Now().Add(-time.Hour)}} {
			if err := s.g.Revoke(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		s.lives(t, 1)
		time.Sleep(61 * time.Second)
		client.closedWith(t, 4001, "session.expired;r=fresh")
	}, withTickets)
}

// TestRenewalRestartsAge: session.max_age counts from the last ticket, and the
// session of that ticket is what a revocation ends.
func TestRenewalRestartsAge(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		s.until(time.Hour, "s1")
		_, client := s.open(t, "alice")
		for i := range 5 {
			time.Sleep(50 * time.Second)
			s.until(time.Hour, fmt.Sprint("renewed ", i))
			client.send(wire.Text, s.ticket(t, "alice", nil))
			if u := next(t, client); !strings.Contains(string(u.Payload), `"expires_in":60`) {
				t.Fatalf("answered %q", u.Payload)
			}
		}
		s.lives(t, 1)
		if err := s.g.Revoke(t.Context(), Revocation{Session: "renewed 4"}); err != nil {
			t.Fatal(err)
		}
		client.closedWith(t, 4001, "session.revoked;r=no")
	}, withTickets, session(SessionPolicy{MaxAge: time.Minute, Idle: time.Hour}))
}

// TestRenewalRefused: what does not hold ends the connection, whatever is left
// of its own time.
func TestRenewalRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		cookie string
		edit   func(*Ticket)
		code   CloseCode
		reason string
		rule   string
	}{
		{"another user", "mallory", nil, 4003, "denied;r=no", "ticket.user"},
		{"nobody", "alice", func(k *Ticket) { k.Identity.User = "" }, 4003, "denied;r=no", "ticket.user"},
		{"other roles", "alice", func(k *Ticket) { k.Identity.Roles = []string{"admin"} }, 4001, "session.expired;r=fresh", "ticket.roles"},
		{"another origin", "alice", func(k *Ticket) { k.Origin = "https://evil.example" }, 4003, "ticket_invalid;r=fresh", "ticket.origin"},
		{"another route", "alice", func(k *Ticket) { k.Route = "/other" }, 4003, "ticket_invalid;r=fresh", "ticket.route"},
		{"another address", "alice", func(k *Ticket) { k.Address = netip.MustParsePrefix("192.0.2.2/32") }, 4003, "ticket_invalid;r=fresh", "ticket.address"},
		{"expired", "alice", func(k *Ticket) { k.Expires = k.Issued }, 4003, "ticket_invalid;r=fresh", "ticket.expired"},
		{"without its credential", "alice", func(k *Ticket) { k.Sealed = nil }, 4003, "ticket_invalid;r=fresh", "ticket.sealed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				_, client := s.open(t, "alice")
				client.send(wire.Text, s.ticket(t, c.cookie, c.edit))
				client.closedWith(t, c.code, c.reason)
				s.lives(t, 0)
				if e := s.events.end(t); e.Rule != c.rule {
					t.Errorf("recorded %+v", e)
				}
			}, withTickets)
		})
	}
}

func TestRenewalTwice(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		_, client := s.open(t, "alice")
		m := s.ticket(t, "alice", nil)
		client.send(wire.Text, m)
		next(t, client)
		client.send(wire.Text, m)
		client.closedWith(t, 4003, "ticket_invalid;r=fresh")
	}, withTickets)
}

// TestRenewalOfARevokedUser: a ticket that was minted before.
func TestRenewalOfARevokedUser(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		_, client := s.open(t, "alice")
		m := s.ticket(t, "alice", func(k *Ticket) { k.Identity.Session = "s9" })
		r := Revocation{Session: "s9", At: time.Now(), Expires: time.Now().Add(time.Hour)}
		if err := s.g.store.Revoke(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		client.send(wire.Text, m)
		client.closedWith(t, 4003, "ticket_invalid;r=fresh")
	}, withTickets)
}

// brokenStore can't give tickets.
type brokenStore struct{ Store }

func (brokenStore) TakeTicket(context.Context, TicketHash) (Ticket, error) {
	return Ticket{}, errors.New("store down")
}

// TestRenewalUnavailable: a store that can't answer is not the client's fault.
func TestRenewalUnavailable(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		_, client := s.open(t, "alice")
		m := s.ticket(t, "alice", nil)
		s.g.store = brokenStore{s.g.store}
		client.send(wire.Text, m)
		if u := next(t, client); string(u.Payload) != `{"type":"wswarden.ticket","result":"unavailable"}` {
			t.Errorf("answered %q", u.Payload)
		}
		s.lives(t, 1)
	}, withTickets)
}

// TestRenewalAmongTooMany: nor are the messages of others that wait, whatever came
// before the ticket.
func TestRenewalAmongTooMany(t *testing.T) {
	const before = `["1","2","room","shout",{}]`
	for name, edits := range map[string][]func(*Route){
		"relayed":    {withTickets},
		"with rules": {withTickets, messages(MessagePolicy{Unknown: UnknownPass, Dialect: dialect.NewPhoenix()})},
	} {
		t.Run(name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				c, client := s.open(t, "alice")
				s.g.waits.Store(maxWaits)
				client.Write(slices.Concat(client.frame(true, wire.Text, before), client.frame(true, wire.Text, s.ticket(t, "alice", nil))))
				if u := next(t, client); string(u.Payload) != `{"type":"wswarden.ticket","result":"unavailable"}` {
					t.Errorf("answered %v %q", u.Opcode, u.Payload)
				}
				if u := next(t, s.backends[c]); string(u.Payload) != before {
					t.Errorf("the backend got %v %q", u.Opcode, u.Payload)
				}
				s.lives(t, 1)
				if n := s.g.Stats().Panics; n != 0 {
					t.Errorf("%d panics", n)
				}
			}, edits...)
		})
	}
}

// TestRenewalKeepsOrder: what is sent behind a renewal passes behind it, and
// the renewal itself does not.
func TestRenewalKeepsOrder(t *testing.T) {
	for name, edits := range map[string][]func(*Route){
		"relayed":    {withTickets},
		"with rules": {withTickets, func(r *Route) { r.Messages = &MessagePolicy{Unknown: UnknownPass} }},
	} {
		t.Run(name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				c, client := s.open(t, "alice")
				var frames []byte
				for _, text := range []string{`{"type":"a"}`, s.ticket(t, "alice", nil), `{"type":"b"}`, s.ticket(t, "alice", nil), s.ticket(t, "alice", nil), `{"type":"c"}`} {
					frames = append(frames, client.frame(true, wire.Text, text)...)
				}
				client.Write(frames)
				for range 3 {
					if u := next(t, client); !strings.Contains(string(u.Payload), "renewed") {
						t.Errorf("answered %q", u.Payload)
					}
				}
				for _, want := range []string{`{"type":"a"}`, `{"type":"b"}`, `{"type":"c"}`} {
					if u := next(t, s.backends[c]); string(u.Payload) != want {
						t.Errorf("the backend got %q, want %q", u.Payload, want)
					}
				}
				s.backends[c].quiet(t)
			}, edits...)
		})
	}
}

// TestNoRenewal: what only looks like one passes.
func TestNoRenewal(t *testing.T) {
	ticket, _ := newTicketValue()
	renewal := fmt.Sprintf(`{"type":"wswarden.ticket","ticket":%q}`, ticket)
	for name, c := range map[string]struct {
		op    wire.Opcode
		text  string
		edits []func(*Route)
	}{
		"route without tickets": {wire.Text, renewal, nil},
		"binary":                {wire.Binary, renewal, []func(*Route){withTickets}},
		"another type":          {wire.Text, strings.Replace(renewal, `"type"`, `"kind"`, 1), []func(*Route){withTickets}},
		"long":                  {wire.Text, renewal + strings.Repeat(" ", 200), []func(*Route){withTickets}},
		"short":                 {wire.Text, `{"type":"wswarden.ticket"}`, []func(*Route){withTickets}},
		"not JSON":              {wire.Text, renewal + "}", []func(*Route){withTickets}},
	} {
		t.Run(name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				k, client := s.open(t, "alice")
				client.send(c.op, c.text)
				if u := next(t, s.backends[k]); string(u.Payload) != c.text || u.Opcode != c.op {
					t.Errorf("the backend got %v %q", u.Opcode, u.Payload)
				}
			}, c.edits...)
		})
	}
}
