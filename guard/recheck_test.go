package guard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// oracle judges cookies as a test tells it to.
type oracle struct {
	mu     sync.Mutex
	asked  []string // the cookies, in order
	answer func(ctx context.Context, cookie string) (*Identity, error)
}

func (o *oracle) Judges() []string { return []string{"Cookie"} }

func (o *oracle) VerifyRequest(ctx context.Context, h http.Header) (*Identity, error) {
	o.mu.Lock()
	o.asked = append(o.asked, h.Get("Cookie")+h.Get("X-CSRF-Token"))
	answer := o.answer
	o.mu.Unlock()
	if answer == nil {
		return &Identity{User: h.Get("Cookie")}, nil
	}
	return answer(ctx, h.Get("Cookie"))
}

func (o *oracle) questions() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.asked)
}

// last returns who was asked about last.
func (o *oracle) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[len(o.asked)-1]
}

// says changes what the oracle answers.
func (o *oracle) says(answer func(ctx context.Context, cookie string) (*Identity, error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer = answer
}

func (o *oracle) saysNo() {
	o.says(func(context.Context, string) (*Identity, error) { return nil, ErrCredentialRefused })
}

func (o *oracle) isDown() {
	o.says(func(context.Context, string) (*Identity, error) { return nil, errors.New("connection refused") })
}

// sitting is a guard with connections whose credentials an oracle judges, in a
// bubble of virtual time.
type sitting struct {
	*oracle
	cfg    Config
	g      *Guard
	events *recorder

	backends map[*conn]*peer
}

// sit runs f with a guard that judges again every minute, changed by edits.
func sit(t *testing.T, f func(t *testing.T, s *sitting), edits ...func(*Route)) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		s := &sitting{oracle: &oracle{}, events: &recorder{}, backends: map[*conn]*peer{}}
		cfg := rigConfig(s.events, edits...)
		cfg.Routes[0].Limits.ConnectionsPerIP, cfg.Routes[0].AllowNoOrigin = 1000, true
		cfg.SignIn.Request = s.oracle
		s.cfg = cfg
		var err error
		if s.g, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		defer s.g.Close()
		f(t, s)
	})
}

// open starts a connection that a cookie opened, and answers its pings.
func (s *sitting) open(t *testing.T, cookie string, edits ...func(*passport)) (*conn, *peer) {
	t.Helper()
	h := http.Header{"Cookie": {cookie}, "X-Csrf-Token": {" csrf"}}
	who, d := s.g.byRequest(t.Context(), s.g.plan.Load().cfg.SignIn, h)
	if d != nil {
		t.Fatal(d)
	}
	for _, e := range edits {
		e(&who)
	}
	nearClient, client := pipe(t)
	nearBackend, backend := pipe(t)
	c, b := newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
	t.Cleanup(func() {
		client.Close()
		backend.Close()
	})
	p := s.g.plan.Load()
	address := netip.MustParseAddr("192.0.2.1")
	place, d := s.g.quotas.reserve(p.routes["/ws"], p.cfg.Limits.Connections, netip.PrefixFrom(address, 32))
	if d != nil {
		t.Fatal(d)
	}
	a := &attempt{g: s.g, plan: p, event: newID(eventIDBytes), route: p.routes["/ws"], place: place, who: who}
	a.client.addr = address
	before := map[*conn]bool{}
	for _, k := range s.g.live.all() {
		before[k] = true
	}
	a.start(t.Context(), nearClient, &opened{backend: &far{conn: nearBackend}}, nil, nil)
	c.listen(c.pong)
	b.listen(func(u wire.Unit) []byte {
		if u.Opcode == wire.Close {
			return b.frame(true, wire.Close, "\x03\xe8")
		}
		return nil
	})
	for _, k := range s.g.live.all() {
		if !before[k] {
			s.backends[k] = b
			return k, c
		}
	}
	t.Fatal("the connection is not in the index")
	return nil, nil
}

// lives fails the test if n connections are not all that are open.
func (s *sitting) lives(t *testing.T, n int) {
	t.Helper()
	synctest.Wait()
	if got := len(s.g.live.all()); got != n {
		t.Errorf("%d connections are open, want %d; audit: %+v", got, n, s.events.all())
	}
}

func TestRecheckAsksOnceForAllConnections(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		for range 20 {
			s.open(t, "alice")
		}
		s.open(t, "bob")
		opened := s.questions()
		time.Sleep(10 * time.Minute)
		s.lives(t, 21)
		for cookie, n := range map[string]int{"alice csrf": 0, "bob csrf": 0} {
			for _, asked := range s.asked[opened:] {
				if asked == cookie {
					n++
				}
			}
			if n < 10 || n > 13 {
				t.Errorf("%s was asked about %d times in 10 minutes", cookie, n)
			}
		}
		if got := s.g.Stats().Rechecks["good"]; got < 20 {
			t.Errorf("counted %d", got)
		}
	})
}

// TestCredentialKey: connections share a question if one credential of one user
// opened them, whatever CSRF header it came with.
func TestCredentialKey(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		in := s.g.plan.Load().cfg.SignIn
		key := func(h http.Header, edit func(*passport)) credentialKey {
			who, d := s.g.byRequest(t.Context(), in, h)
			if d != nil {
				t.Fatal(d)
			}
			if edit != nil {
				edit(&who)
			}
			return who.credentialKey()
		}
		base := key(http.Header{"Cookie": {"alice"}}, nil)
		for name, c := range map[string]struct {
			got  credentialKey
			same bool
		}{
			"again":          {key(http.Header{"Cookie": {"alice"}}, nil), true},
			"a CSRF header":  {key(http.Header{"Cookie": {"alice"}, "X-Csrf-Token": {"x"}}, nil), true},
			"another cookie": {key(http.Header{"Cookie": {"alice "}}, nil), false},
			"another user":   {key(http.Header{"Cookie": {"alice"}}, func(p *passport) { p.identity.User = "bob" }), false},
			"another judge":  {key(http.Header{"Cookie": {"alice"}}, func(p *passport) { p.credential[0] = credentialToken }), false},
		} {
			if (c.got == base) != c.same {
				t.Errorf("%s: the key is the same: %v", name, c.got == base)
			}
		}
	})
}

// TestRecheckSpreads: what began together is not asked about together.
func TestRecheckSpreads(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		at := map[time.Time]int{}
		for i := range 100 {
			s.open(t, fmt.Sprint("user ", i))
		}
		s.says(func(_ context.Context, cookie string) (*Identity, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			at[time.Now().Truncate(time.Second)]++
			return &Identity{User: cookie}, nil
		})
		time.Sleep(time.Minute)
		synctest.Wait()
		for second, n := range at {
			if n > 20 {
				t.Errorf("%d of 100 were asked about in one second, %v", n, second)
			}
		}
		if len(at) < 15 {
			t.Errorf("all were asked about within %d seconds", len(at))
		}
	})
}

func TestRecheckEndsSessions(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(context.Context, string) (*Identity, error)
		reason string
		rule   string
	}{
		{"refused", func(context.Context, string) (*Identity, error) { return nil, ErrCredentialRefused }, "session.revoked;r=no", "recheck.refused"},
		{"another user", func(context.Context, string) (*Identity, error) { return &Identity{User: "bob"}, nil }, "session.revoked;r=no", "recheck.user"},
		{"nobody", func(context.Context, string) (*Identity, error) { return &Identity{}, nil }, "session.revoked;r=no", "recheck.user"},
		{"other roles", func(_ context.Context, u string) (*Identity, error) {
			return &Identity{User: u, Roles: []string{"admin"}}, nil
		}, "session.expired;r=fresh", "recheck.roles"},
		{"expired", func(_ context.Context, u string) (*Identity, error) {
			return &Identity{User: u, Expires: time.Now()}, nil
		}, "session.expired;r=fresh", "session.expired"},
		{"expires soon", func(_ context.Context, u string) (*Identity, error) {
			return &Identity{User: u, Expires: time.Now().Add(time.Second)}, nil
		}, "session.expired;r=fresh", "session.expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				_, one := s.open(t, "alice")
				_, two := s.open(t, "alice")
				s.says(c.answer)
				time.Sleep(time.Minute + time.Second)
				one.closedWith(t, 4001, c.reason)
				two.closedWith(t, 4001, c.reason)
				s.lives(t, 0)
				if e := s.events.end(t); e.Rule != c.rule || e.Outcome != Denied {
					t.Errorf("recorded %+v", e)
				}
			})
		})
	}
}

// TestRecheckRenewsExpiry: a session that slides along is not cut at the end
// that it had at first.
func TestRecheckRenewsExpiry(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		slide := func(_ context.Context, u string) (*Identity, error) {
			return &Identity{User: u, Expires: time.Now().Add(90 * time.Second)}, nil
		}
		s.says(slide)
		_, c := s.open(t, "alice")
		time.Sleep(10 * time.Minute)
		s.lives(t, 1)
		s.says(func(_ context.Context, u string) (*Identity, error) { return &Identity{User: u}, nil })
		time.Sleep(91 * time.Second) // the last word on it stands
		c.closedWith(t, 4001, "session.expired;r=fresh")
	})
}

func TestRecheckGrace(t *testing.T) {
	panics := func(context.Context, string) (*Identity, error) { panic("a defect") }
	hangs := func(ctx context.Context, _ string) (*Identity, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, down := range map[string]func(context.Context, string) (*Identity, error){
		"refuses connections": func(context.Context, string) (*Identity, error) { return nil, errors.New("connection refused") },
		"hangs":               hangs,
		"panics":              panics,
		"says nothing":        func(context.Context, string) (*Identity, error) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			sit(t, func(t *testing.T, s *sitting) {
				_, c := s.open(t, "alice")
				s.says(down)
				time.Sleep(2*time.Minute + 29*time.Second) // no earlier than 30 s + grace
				s.lives(t, 1)
				time.Sleep(32 * time.Second) // no later than 60 s + grace
				c.closedWith(t, 4001, "session.expired;r=fresh")
				s.lives(t, 0)
				if e := s.events.end(t); e.Rule != "recheck.lost" || e.Weakness != "WS211" {
					t.Errorf("recorded %+v", e)
				}
				if n := s.g.Stats().Rechecks; n["lost"] != 1 || n["unreachable"] < 2 {
					t.Errorf("counted %v", n)
				}
			})
		})
	}
}

// TestRecheckComesBack: one answer in time and grace is whole again.
func TestRecheckComesBack(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		s.open(t, "alice")
		for range 5 {
			s.isDown()
			time.Sleep(time.Minute + 40*time.Second)
			s.says(nil)
			time.Sleep(2 * time.Minute)
		}
		s.lives(t, 1)
	})
}

func TestRecheckSettings(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		_, c := s.open(t, "alice")
		s.isDown()
		time.Sleep(10*time.Second + 20*time.Second - time.Second)
		s.lives(t, 1)
		time.Sleep(12 * time.Second)
		c.closedWith(t, 4001, "session.expired;r=fresh")
	}, session(SessionPolicy{Recheck: 20 * time.Second, Grace: 20 * time.Second}))
}

// TestRecheckReloads: a reload changes how often live sessions are judged.
func TestRecheckReloads(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		_, c := s.open(t, "alice")
		time.Sleep(time.Minute)
		s.saysNo()
		s.lives(t, 1)
		s.cfg.Routes = append([]Route(nil), s.cfg.Routes...)
		s.cfg.Routes[0].Session.Recheck = 10 * time.Second
		if err := s.g.Reload(s.cfg); err != nil {
			t.Fatal(err)
		}
		s.lives(t, 1)
		time.Sleep(11 * time.Second)
		c.closedWith(t, 4001, "session.revoked;r=no")
	}, session(SessionPolicy{Recheck: time.Hour}))
}

// TestRecheckMonitors: a route that monitors records and lets live.
func TestRecheckMonitors(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		s.open(t, "alice")
		s.saysNo()
		time.Sleep(2 * time.Minute)
		s.isDown()
		time.Sleep(10 * time.Minute)
		s.lives(t, 1)
		seen := map[string]bool{}
		for _, e := range s.events.all() {
			if e.Outcome == Monitored {
				seen[e.Rule] = true
			}
		}
		if !seen["recheck.refused"] || !seen["recheck.lost"] {
			t.Errorf("recorded %v", seen)
		}
	}, func(r *Route) { r.Mode = Monitor })
}

// TestCredentialIsWiped: it stays while a connection needs it, and no longer.
func TestCredentialIsWiped(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		var held []credential
		keep := func(p *passport) { held = append(held, p.credential) }
		one, _ := s.open(t, "alice", keep)
		two, _ := s.open(t, "alice", keep)
		if !isZero(held[0]) || isZero(held[1]) {
			t.Error("one credential is kept twice, or not at all")
		}
		one.refuse(internalError())
		s.lives(t, 1)
		if isZero(held[1]) {
			t.Error("wiped while a connection needs it")
		}
		two.refuse(internalError())
		s.lives(t, 0)
		if !isZero(held[1]) || len(s.g.rechecks.by) != 0 {
			t.Error("kept after the last connection")
		}
	})
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func TestRecheckNow(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		c, _ := s.open(t, "alice")
		if d := c.recheckNow(t.Context()); d != nil {
			t.Errorf("a good session: %+v", d)
		}
		s.isDown()
		if d := c.recheckNow(t.Context()); d == nil || d.Close != CloseBusy || d.Rule != "fresh.unreachable" {
			t.Errorf("nobody to ask: %+v", d)
		}
		s.lives(t, 1)
		s.saysNo()
		if d := c.recheckNow(t.Context()); d == nil || d.Close != CloseSessionEnded {
			t.Errorf("refused: %+v", d)
		}
		s.lives(t, 0)
		if d := c.recheckNow(t.Context()); d == nil && len(s.g.rechecks.by) > 0 {
			t.Error("a connection that has ended is judged")
		}
	})
}

// TestRecheckNowIsNotOlder: an answer to a question that was asked before does
// not do; but those who ask at the same time share one.
func TestRecheckNowIsNotOlder(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		c, _ := s.open(t, "alice")
		release, opened := make(chan error), s.questions()
		s.says(func(_ context.Context, u string) (*Identity, error) { return &Identity{User: u}, <-release })
		ask := func() chan *Denial {
			answer := make(chan *Denial, 1)
			go func() { answer <- c.recheckNow(t.Context()) }()
			synctest.Wait()
			return answer
		}
		first := ask()
		later := []chan *Denial{ask(), ask(), ask()}
		if n := s.questions() - opened; n != 1 {
			t.Errorf("%d questions at once", n)
		}
		release <- nil
		if d := <-first; d != nil {
			t.Errorf("first: %+v", d)
		}
		synctest.Wait()
		for _, l := range later {
			select {
			case d := <-l:
				t.Fatalf("an older answer: %+v", d)
			default:
			}
		}
		if n := s.questions() - opened; n != 2 {
			t.Errorf("%d questions, want a second one for all three", n)
		}
		release <- ErrCredentialRefused
		for _, l := range later {
			if d := <-l; d == nil || d.Close != CloseSessionEnded {
				t.Errorf("later: %+v", d)
			}
		}
	})
}

// TestRecheckNowOfARevokedSession: a marker that nobody told this guard about
// counts.
func TestRecheckNowOfARevokedSession(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		c, client := s.open(t, "alice")
		r := Revocation{User: "alice", At: time.Now(), Expires: time.Now().Add(time.Hour)}
		if err := s.g.store.Revoke(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if d := c.recheckNow(t.Context()); d == nil || d.Rule != "session.revoked" {
			t.Errorf("got %+v", d)
		}
		client.closedWith(t, 4001, "session.revoked;r=no")
	})
}

func TestRecheckNowEndsWithItsContext(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		c, _ := s.open(t, "alice")
		s.says(func(ctx context.Context, _ string) (*Identity, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if d := c.recheckNow(ctx); d == nil || d.Close != CloseBusy {
			t.Errorf("got %+v", d)
		}
	})
}

// TestSealedCredential: the value of a ticket opens what it sealed, nothing
// else does.
func TestSealedCredential(t *testing.T) {
	h := http.Header{"Cookie": {"a=1", "b=\xff\x00\r\n"}, "X-Csrf-Token": {""}, "Authorization": {"Bearer x"}}
	c := newCredential(credentialRequest, h, "Cookie", "X-CSRF-Token", "Absent")
	value, _ := newTicketValue()
	other, _ := newTicketValue()
	sealed := c.seal(value)
	got, err := openCredential(value, sealed)
	if err != nil {
		t.Fatal(err)
	}
	kind, header, ok := got.decode()
	if !ok || kind != credentialRequest || fmt.Sprint(header) != fmt.Sprint(http.Header{"Cookie": h["Cookie"], "X-Csrf-Token": {""}}) {
		t.Errorf("got %c %q", kind, header)
	}
	if _, err := openCredential(other, sealed); err == nil {
		t.Error("another ticket opens it")
	}
	for i := range sealed {
		changed := append([]byte(nil), sealed...)
		changed[i] ^= 1
		if _, err := openCredential(value, changed); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
	}
	if _, err := openCredential(value, nil); err == nil {
		t.Error("nothing opens")
	}
}

// FuzzCredential: what decodes is encoded again to the same headers, and
// nothing makes decode fail otherwise than by saying so.
func FuzzCredential(f *testing.F) {
	f.Add([]byte(newCredential(credentialToken, http.Header{"Authorization": {"Bearer x"}}, "Authorization")))
	f.Add([]byte{'r', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, h, ok := credential(b).decode()
		if !ok {
			return
		}
		names := make([]string, 0, len(h))
		for name := range h {
			names = append(names, name)
		}
		kind2, h2, ok := newCredential(kind, h, names...).decode()
		if !ok || kind2 != kind || fmt.Sprint(h2) != fmt.Sprint(h) {
			t.Errorf("%q became %q", h, h2)
		}
	})
}

// TestCredentialIsWipedBehindAMint: whether there is a ticket or not.
func TestCredentialIsWipedBehindAMint(t *testing.T) {
	sit(t, func(t *testing.T, s *sitting) {
		now := time.Now()
		if err := s.g.store.Revoke(t.Context(), Revocation{User: "mallory", At: now, Expires: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		for user, minted := range map[string]bool{"alice": true, "mallory": false} {
			p := s.g.plan.Load()
			a := &attempt{g: s.g, plan: p, route: p.routes["/ws"], r: httptest.NewRequest(http.MethodPost, "/ws/ticket", nil)}
			a.r.Header = http.Header{"Cookie": {user}, "Content-Type": {"application/json"}, http.CanonicalHeaderKey(p.cfg.SignIn.CSRFHeader): {"1"}}
			if _, d := a.mint(t.Context()); (d == nil) != minted {
				t.Fatalf("%s: %+v", user, d)
			}
			if len(a.who.credential) == 0 || !isZero(a.who.credential) {
				t.Errorf("the credential of %s is kept", user)
			}
		}
	}, withTickets)
}

// TestRetime: what a reload says of one of a credential's routes leaves the shortest
// times of all of them, as joining does.
func TestRetime(t *testing.T) {
	var rs rechecks
	rs.init(&Guard{})
	var conns []*conn
	for _, p := range []SessionPolicy{{Recheck: time.Hour, Grace: time.Minute}, {Recheck: time.Minute, Grace: time.Hour}} {
		c := &conn{}
		c.rules.Store(&route{cfg: Route{Session: p}})
		rs.join(c, &passport{identity: Identity{User: "alice"}, credential: credential{credentialToken}})
		defer rs.leave(c)
		conns = append(conns, c)
	}
	r := conns[0].again
	if r.every != time.Minute || r.grace != time.Minute {
		t.Fatalf("joined: every %v with a grace of %v", r.every, r.grace)
	}
	for _, c := range conns {
		if rs.retime(c); r.every != time.Minute || r.grace != time.Minute {
			t.Errorf("every %v with a grace of %v, want a minute for both", r.every, r.grace)
		}
	}
}
