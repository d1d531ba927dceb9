package redisstore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/redisstore"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const origin = "https://app.example.com"

// gateway is a guard with a store of its own in a Redis that others use too.
type gateway struct {
	*guard.Guard
	url string // host and port
}

// startGateway starts a guard that knows the users of tokens.
func startGateway(t testing.TB, address string, tokens guardtest.Tokens, edit func(*guard.Config)) *gateway {
	t.Helper()
	backend := guardtest.NewBackend(t)
	cfg := guard.Config{
		Store: open(t, address), Nodes: 2, SignIn: guard.SignIn{Token: tokens},
		Limits: guard.SharedLimits{Handshakes: guard.Rate{Count: 1 << 20, Per: time.Second}},
		Routes: []guard.Route{{
			Path: "/ws", Backend: backend.URL, Origins: []string{origin},
			Auth:   guard.Auth{Ticket: &guard.TicketPolicy{Rate: guard.Rate{Count: 1 << 20, Per: time.Second}}, Bearer: true},
			Limits: guard.Limits{ConnectionsPerIP: 1 << 20, ConnectionsPerUser: 1 << 20, Connections: 1 << 20},
		}},
	}
	if edit != nil {
		edit(&cfg)
	}
	g, err := guard.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(g.Gateway())
	t.Cleanup(func() {
		g.Close()
		s.Close()
	})
	return &gateway{g, s.Listener.Addr().String()}
}

func users(n int) guardtest.Tokens {
	tokens := guardtest.Tokens{}
	for i := range n {
		tokens[fmt.Sprint("token-", i)] = guard.Identity{User: fmt.Sprint("user-", i), Session: fmt.Sprint("session-", i), Authenticated: time.Now().Add(-time.Minute)}
	}
	return tokens
}

func (g *gateway) mint(t testing.TB, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+g.url+"/ws/ticket", strings.NewReader("{}"))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", origin)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	var answer struct{ Ticket string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Error(err)
	}
	return res.StatusCode, answer.Ticket
}

// dial opens a connection by ticket or token, and returns the status.
func (g *gateway) dial(t testing.TB, h wireclient.Handshake) (*wireclient.Conn, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.URL, h.Origin = "ws://"+g.url+"/ws", origin
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		t.Error(err)
		return nil, 0
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, res.StatusCode
}

func byTicket(ticket string) wireclient.Handshake {
	return wireclient.Handshake{Subprotocols: []string{"wswarden.v1", "wst." + ticket}}
}

func byToken(token string) wireclient.Handshake { return wireclient.Handshake{Bearer: token} }

// TestRedemptionRace: of 32 takers of one ticket on two stores, one gets it.
func TestRedemptionRace(t *testing.T) {
	const tickets, racers = 500, 32
	r := guardtest.StartRedis(t)
	stores := []guard.Store{open(t, r.URL()), open(t, r.URL())}
	now := time.Now()
	hash := func(i int) guard.TicketHash { return guard.TicketHash{byte(i), byte(i >> 8)} }
	for i := range tickets {
		ticket := guard.Ticket{Identity: guard.Identity{User: fmt.Sprint(i)}, Issued: now, Expires: now.Add(30 * time.Second)}
		if _, err := stores[i%2].PutTicket(t.Context(), hash(i), ticket, 5); err != nil {
			t.Fatal(err)
		}
	}
	var wins [tickets]atomic.Int32
	var wg sync.WaitGroup
	for n := range racers {
		wg.Go(func() {
			for i := range tickets {
				ticket, err := stores[n%2].TakeTicket(t.Context(), hash(i))
				switch {
				case err == nil && ticket.Identity.User == fmt.Sprint(i):
					wins[i].Add(1)
				case err != guard.ErrTicketUsed:
					t.Errorf("ticket %d: %+v, %v", i, ticket, err)
				}
			}
		})
	}
	wg.Wait()
	for i := range wins {
		if n := wins[i].Load(); n != 1 {
			t.Errorf("ticket %d was redeemed %d times", i, n)
		}
	}
}

// TestHandshakeRace: of 32 clients with one ticket at two guards, one gets in.
func TestHandshakeRace(t *testing.T) {
	const tickets, racers = 25, 32
	r := guardtest.StartRedis(t)
	tokens := users(tickets)
	gateways := []*gateway{startGateway(t, r.URL(), tokens, nil), startGateway(t, r.URL(), tokens, nil)}
	for i := range tickets {
		status, ticket := gateways[i%2].mint(t, fmt.Sprint("token-", i))
		if status != http.StatusOK {
			t.Fatalf("mint: %d", status)
		}
		var in atomic.Int32
		var wg sync.WaitGroup
		for n := range racers {
			wg.Go(func() {
				switch _, status := gateways[n%2].dial(t, byTicket(ticket)); status {
				case http.StatusSwitchingProtocols:
					in.Add(1)
				case http.StatusUnauthorized:
				default:
					t.Errorf("ticket %d: status %d", i, status)
				}
			})
		}
		wg.Wait()
		if n := in.Load(); n != 1 {
			t.Errorf("%d clients got in with ticket %d", n, i)
		}
	}
}

// TestRevocationOverGuards: what is revoked at one guard closes connections of
// the other, and its tickets and credentials open nothing there.
func TestRevocationOverGuards(t *testing.T) {
	r := guardtest.StartRedis(t)
	tokens := users(2)
	a, b := startGateway(t, r.URL(), tokens, nil), startGateway(t, r.URL(), tokens, nil)
	_, ticket := a.mint(t, "token-0")
	revoked, _ := b.dial(t, byToken("token-0"))
	other, _ := b.dial(t, byToken("token-1"))
	if revoked == nil || other == nil {
		t.Fatal("not admitted")
	}
	if err := a.Revoke(t.Context(), guard.Revocation{User: "user-0"}); err != nil {
		t.Fatal(err)
	}
	u, err := revoked.NextMessage(t.Context())
	if err != nil || u.Opcode != wire.Close || u.Code != 4001 {
		t.Errorf("got %v %d, %v, want a Close frame with 4001", u.Opcode, u.Code, err)
	}
	if c, status := b.dial(t, byTicket(ticket)); c != nil || status != http.StatusUnauthorized {
		t.Errorf("a ticket of the revoked user: %d", status)
	}
	if c, _ := b.dial(t, byToken("token-0")); c != nil {
		t.Error("the token of the revoked user is admitted")
	}
	if err := other.SendText("hello"); err != nil {
		t.Fatal(err)
	}
	if u, err := other.NextMessage(t.Context()); err != nil || string(u.Payload) != "hello" {
		t.Errorf("another user: %q, %v", u.Payload, err)
	}
}

// TestRevocationWhileDeaf: what was revoked while a guard's subscription was
// cut takes effect when it hears again.
func TestRevocationWhileDeaf(t *testing.T) {
	r := guardtest.StartRedis(t)
	tokens := users(1)
	b := startGateway(t, r.URL(), tokens, nil)
	c, _ := b.dial(t, byToken("token-0"))
	if c == nil {
		t.Fatal("not admitted")
	}
	writer := open(t, r.URL())
	for range 20 { // between a cut and a new subscription there is a gap to hit
		r.Do("CLIENT", "KILL", "TYPE", "pubsub")
		revocation := guard.Revocation{User: "somebody", At: time.Now(), Expires: time.Now().Add(time.Hour)}
		if err := writer.Revoke(t.Context(), revocation); err != nil {
			t.Fatal(err)
		}
	}
	r.Do("CLIENT", "KILL", "TYPE", "pubsub")
	revocation := guard.Revocation{User: "user-0", At: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := writer.Revoke(t.Context(), revocation); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if u, err := c.NextMessage(ctx); err != nil || u.Opcode != wire.Close || u.Code != 4001 {
		t.Errorf("got %v %d, %v, want a Close frame with 4001", u.Opcode, u.Code, err)
	}
}

// TestRedisKilled: at no moment of Redis's end does a ticket open two
// connections, nor anything without one; connections live on; and all works again
// when it is back.
func TestRedisKilled(t *testing.T) {
	r := guardtest.StartRedis(t)
	g := startGateway(t, r.URL(), users(1), nil)
	open, _ := g.dial(t, byToken("token-0"))
	_, unused := g.mint(t, "token-0")
	_, used := g.mint(t, "token-0")
	if c, status := g.dial(t, byTicket(used)); c == nil {
		t.Fatalf("redeem: %d", status)
	}
	r.Kill() // between mint and redemption
	for name, ticket := range map[string]string{"unused": unused, "used": used} {
		if c, status := g.dial(t, byTicket(ticket)); c != nil || status != http.StatusServiceUnavailable {
			t.Errorf("redeem the %s ticket without Redis: %d, want 503", name, status)
		}
	}
	if status, _ := g.mint(t, "token-0"); status != http.StatusServiceUnavailable {
		t.Errorf("mint without Redis: %d, want 503", status)
	}
	if err := g.Ready(t.Context()); err == nil {
		t.Error("ready without Redis")
	}
	if err := open.SendText("still here"); err != nil {
		t.Fatal(err)
	}
	if u, err := open.NextMessage(t.Context()); err != nil || string(u.Payload) != "still here" {
		t.Errorf("an open connection: %q, %v", u.Payload, err)
	}
	r.Restart()
	eventually(t, "the guard does not find Redis again", func() bool { return g.Ready(t.Context()) == nil })
	if c, status := g.dial(t, byTicket(unused)); c != nil || status != http.StatusUnauthorized {
		t.Errorf("a ticket that Redis forgot: %d, want 401", status)
	}
	status, ticket := g.mint(t, "token-0")
	if c, redeemed := g.dial(t, byTicket(ticket)); c == nil {
		t.Errorf("after the restart: mint %d, redeem %d", status, redeemed)
	}
}

// TestRedisHangs: a Redis that keeps its connections and answers nothing is as
// good as dead: nobody waits for it longer than its time, and what is open goes on.
func TestRedisHangs(t *testing.T) {
	r := guardtest.StartRedis(t)
	g := startGateway(t, r.URL(), users(1), func(c *guard.Config) {
		c.Store = open(t, r.URL(), func(c *redisstore.Config) { c.Timeout = 200 * time.Millisecond })
	})
	c, _ := g.dial(t, byToken("token-0"))
	_, ticket := g.mint(t, "token-0")
	if c == nil || ticket == "" {
		t.Fatal("not admitted")
	}
	echo := func() {
		t.Helper()
		if err := c.SendText("hello"); err != nil {
			t.Fatal(err)
		}
		if u, err := c.NextMessage(t.Context()); err != nil || string(u.Payload) != "hello" {
			t.Fatalf("got %v %q, %v", u.Opcode, u.Payload, err)
		}
	}
	echo()
	r.Pause()
	for range 3 {
		if _, status := g.dial(t, byTicket(ticket)); status != http.StatusServiceUnavailable {
			t.Errorf("redeem while Redis hangs: %d, want 503", status)
		}
		for range 10 {
			echo()
		}
	}
	r.Resume()
	eventually(t, "the guard does not find Redis again", func() bool { return g.Ready(t.Context()) == nil })
	_, ticket = g.mint(t, "token-0")
	if c, status := g.dial(t, byTicket(ticket)); c == nil {
		t.Errorf("redeem after Redis hung: %d", status)
	}
}

// TestCloseLeavesNothing: a store that is closed has no goroutine left, nor has
// a watch that has ended.
func TestCloseLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := guardtest.StartRedis(t)
	defer r.Kill()
	s, err := redisstore.New(redisstore.Config{Address: r.URL()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	began, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		s.Watch(ctx, guard.RevocationWatch{Missed: sync.OnceFunc(func() { close(began) }), Revoked: func(guard.Revocation) {}})
	}()
	<-began
	if _, err := putTicket(t, s, 1); err != nil {
		t.Error(err)
	}
	cancel()
	<-over
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRedisKilledUnderLoad: while Redis dies and comes back, every ticket opens
// one connection at most, and every answer is one that a client can act on.
func TestRedisKilledUnderLoad(t *testing.T) {
	r := guardtest.StartRedis(t)
	const clients = 8
	tokens := users(clients)
	gateways := []*gateway{startGateway(t, r.URL(), tokens, nil), startGateway(t, r.URL(), tokens, nil)}
	done := make(chan struct{})
	var opened, unavailable atomic.Int64
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				status, ticket := gateways[i%2].mint(t, fmt.Sprint("token-", n))
				if status == http.StatusServiceUnavailable {
					unavailable.Add(1)
					continue
				}
				if status != http.StatusOK {
					t.Errorf("mint: %d", status)
					continue
				}
				in := 0
				for _, g := range gateways {
					c, status := g.dial(t, byTicket(ticket))
					switch {
					case c != nil:
						in++
						c.Close()
					case status == http.StatusServiceUnavailable:
						unavailable.Add(1)
					case status != http.StatusUnauthorized:
						t.Errorf("redeem: %d", status)
					}
				}
				opened.Add(int64(in))
				if in > 1 {
					t.Errorf("a ticket opened %d connections", in)
				}
			}
		})
	}
	for range 3 {
		before := opened.Load()
		eventually(t, "nobody gets in", func() bool { return opened.Load() > before+10 })
		r.Kill()
		before = unavailable.Load()
		eventually(t, "nobody is refused", func() bool { return unavailable.Load() > before+10 })
		r.Restart()
	}
	close(done)
	wg.Wait()
}
