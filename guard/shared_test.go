package guard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// commonStore is a store in memory that several guards of a test use, and that
// can be lost.
type commonStore struct {
	*guard.MemoryStore
	lost  atomic.Bool
	takes atomic.Int64 // calls of TakeRates
	slow  sync.Mutex   // held while TakeRates is not to answer
}

var errLost = errors.New("connection refused")

func (s *commonStore) Shared() bool { return true }

func (s *commonStore) up() error {
	if s.lost.Load() {
		return errLost
	}
	return nil
}

func (s *commonStore) Ping(context.Context) error { return s.up() }

func (s *commonStore) PutTicket(ctx context.Context, hash guard.TicketHash, t guard.Ticket, outstanding int) (int, error) {
	if err := s.up(); err != nil {
		return 0, err
	}
	return s.MemoryStore.PutTicket(ctx, hash, t, outstanding)
}

func (s *commonStore) TakeTicket(ctx context.Context, hash guard.TicketHash) (guard.Ticket, error) {
	if err := s.up(); err != nil {
		return guard.Ticket{}, err
	}
	return s.MemoryStore.TakeTicket(ctx, hash)
}

func (s *commonStore) Revoked(ctx context.Context, subjects ...guard.Subject) ([]guard.Revocation, error) {
	if err := s.up(); err != nil {
		return nil, err
	}
	return s.MemoryStore.Revoked(ctx, subjects...)
}

func (s *commonStore) TakeRates(ctx context.Context, takes []guard.RateTake) ([]guard.RateTaken, error) {
	s.takes.Add(1)
	s.slow.Lock()
	defer s.slow.Unlock()
	if err := s.up(); err != nil {
		return nil, err
	}
	return s.MemoryStore.TakeRates(ctx, takes)
}

func (s *commonStore) HoldPlaces(ctx context.Context, holder string, holds []guard.PlaceHold) ([]bool, error) {
	if err := s.up(); err != nil {
		return nil, err
	}
	return s.MemoryStore.HoldPlaces(ctx, holder, holds)
}

func (s *commonStore) RenewHolder(ctx context.Context, holder string, life time.Duration) (bool, error) {
	if err := s.up(); err != nil {
		return false, err
	}
	return s.MemoryStore.RenewHolder(ctx, holder, life)
}

// logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

// pair is two guards with one store.
type pair struct {
	store *commonStore
	log   *logBuffer
	a, b  *gateway
}

func startPair(t *testing.T, edit func(*guard.Config)) *pair {
	t.Helper()
	p := &pair{store: &commonStore{MemoryStore: guard.NewMemoryStore()}, log: new(logBuffer)}
	both := func(c *guard.Config) {
		c.Store, c.Nodes, c.Log = p.store, 2, slog.New(slog.NewTextHandler(p.log, nil))
		c.Routes[0].Limits.ConnectionsPerIP = 100
		if edit != nil {
			edit(c)
		}
	}
	p.a, p.b = startGateway(t, both), startGateway(t, both)
	return p
}

// soon waits until ok.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); !ok(); <-time.After(5 * time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatal(what)
		}
	}
}

// admitted reports whether a handshake is admitted, and closes it.
func (w *gateway) admitted(t *testing.T, h wireclient.Handshake) bool {
	t.Helper()
	c, _ := w.try(t, h)
	if c != nil {
		c.Close()
	}
	return c != nil
}

func asAlice() wireclient.Handshake {
	return wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken}
}

// TestPlacesOverGuards: the quotas of a route hold over all guards, and a
// place that one gives back is free for the other.
func TestPlacesOverGuards(t *testing.T) {
	for _, c := range []struct {
		rule  string
		limit func(*guard.Limits)
		h     wireclient.Handshake
	}{
		{"connections.user", func(l *guard.Limits) { l.ConnectionsPerUser = 3 }, asAlice()},
		{"connections.address", func(l *guard.Limits) { l.ConnectionsPerIP = 3 }, wireclient.Handshake{Origin: appOrigin}},
		{"connections.route", func(l *guard.Limits) { l.Connections = 3 }, wireclient.Handshake{Origin: appOrigin}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p := startPair(t, func(cfg *guard.Config) { c.limit(&cfg.Routes[0].Limits) })
			first := p.a.dial(t, c.h)
			p.b.dial(t, c.h)
			p.b.dial(t, c.h)
			for _, w := range []*gateway{p.a, p.b} {
				w.refuses(t, c.h, denial{429, "too_many_connections", c.rule, "WS703"})
			}
			first.Close()
			soon(t, "the place that was given back is not free", func() bool { return p.b.admitted(t, c.h) })
		})
	}
}

// TestPlacesOfClosedGuard: a guard that ends gives its places up.
func TestPlacesOfClosedGuard(t *testing.T) {
	p := startPair(t, func(c *guard.Config) { c.Routes[0].Limits.ConnectionsPerUser = 2 })
	p.a.dial(t, asAlice())
	p.a.dial(t, asAlice())
	p.b.refuses(t, asAlice(), denial{429, "too_many_connections", "connections.user", "WS703"})
	p.a.Close()
	p.b.dial(t, asAlice())
	p.b.dial(t, asAlice())
}

// TestPlacesLarge: a large quota is given out in parts, and to the last place.
func TestPlacesLarge(t *testing.T) {
	const limit = 200
	p := startPair(t, func(c *guard.Config) {
		l := &c.Routes[0].Limits
		l.Connections, l.ConnectionsPerIP = limit, 1000
		c.Limits.Handshakes = guard.Rate{Count: 1 << 20, Per: time.Second}
	})
	var open atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		w := []*gateway{p.a, p.b}[i%2]
		wg.Go(func() {
			for range limit / 4 {
				h := wireclient.Handshake{Origin: appOrigin, URL: w.url + "/ws"}
				c, _, err := wireclient.Dial(testContext(t), h)
				if err != nil {
					t.Error(err)
					return
				}
				if c == nil {
					continue
				}
				open.Add(1)
				t.Cleanup(func() { c.Close() })
			}
		})
	}
	wg.Wait()
	// Each guard may hold a 64th that it does not use.
	if n := open.Load(); n > limit || n < limit-2*limit/64 {
		t.Errorf("%d connections are open, the limit is %d", n, limit)
	}
}

// say sends texts and reports whether all come back.
func say(t *testing.T, c *wireclient.Conn, n int) (echoed int, closed guard.CloseCode) {
	t.Helper()
	for i := range n {
		if err := c.SendText(fmt.Sprint("message ", i)); err != nil {
			break
		}
		u, err := c.NextMessage(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			return echoed, guard.CloseCode(u.Code)
		}
		echoed++
	}
	return echoed, 0
}

// TestUserRateOverGuards: what a user sends by one guard counts at the other.
func TestUserRateOverGuards(t *testing.T) {
	p := startPair(t, func(c *guard.Config) {
		l := &c.Routes[0].Limits
		l.Messages, l.UserMessages = guard.Rate{Count: 1000, Per: time.Minute}, guard.Rate{Count: 20, Per: time.Hour}
	})
	a, b := p.a.dial(t, asAlice()), p.b.dial(t, asAlice())
	if n, code := say(t, a, 10); n != 10 {
		t.Fatalf("%d of 10 messages, closed with %d", n, code)
	}
	n, code := say(t, b, 20)
	if n != 10 || code != guard.CloseRate {
		t.Errorf("%d messages at the other guard, closed with %d; 10 were left", n, code)
	}
	if n, code := say(t, a, 3); n != 0 || code != guard.CloseRate {
		t.Errorf("%d more messages, closed with %d", n, code)
	}
}

// TestUserRateAsksSeldom: most messages are passed from the allowance.
func TestUserRateAsksSeldom(t *testing.T) {
	p := startPair(t, func(c *guard.Config) {
		c.Routes[0].Limits.Messages = guard.Rate{Count: 10000, Per: time.Minute}
		c.Routes[0].Limits.UserMessages = guard.Rate{Count: 6400, Per: time.Minute}
	})
	if n, code := say(t, p.a.dial(t, asAlice()), 3200); n != 3200 {
		t.Fatalf("%d of 3200 messages, closed with %d", n, code)
	}
	if n := p.store.takes.Load(); n > 100 {
		t.Errorf("the store was asked %d times for 3200 messages", n)
	}
}

// TestStoreLost: while the store is lost, connections live on and new ones are
// judged by each guard alone, tickets open nothing, and all of it is counted
// together again when the store is back.
func TestStoreLost(t *testing.T) {
	p := startPair(t, func(c *guard.Config) {
		l := &c.Routes[0].Limits
		l.ConnectionsPerIP = 3
		l.Messages, l.UserMessages = guard.Rate{Count: 1000, Per: time.Minute}, guard.Rate{Count: 500, Per: time.Minute}
	})
	anybody := wireclient.Handshake{Origin: appOrigin}
	ticket, later := p.a.minted(t, nil), p.a.minted(t, nil)
	open, alice := p.a.dial(t, anybody), p.b.dial(t, asAlice())
	say(t, alice, 1)

	p.store.lost.Store(true)
	p.b.refuses(t, withTicket(ticket), denial{503, "unavailable", "store.down", ""})
	for i, c := range []*wireclient.Conn{open, alice} {
		if n, code := say(t, c, 50); n != 50 {
			t.Errorf("connection %d: %d of 50 messages, closed with %d", i, n, code)
		}
	}
	// Each guard counts alone: three places here, three there.
	p.a.dial(t, anybody)
	p.a.dial(t, anybody)
	p.b.dial(t, anybody)
	p.b.dial(t, anybody)
	for _, w := range []*gateway{p.a, p.b} {
		w.refuses(t, anybody, denial{429, "too_many_connections", "connections.address", "WS703"})
		if w.Ready(t.Context()) == nil {
			t.Error("ready without a store")
		}
	}

	p.store.lost.Store(false)
	soon(t, "the guards do not find the store again", func() bool { return p.log.count("the store is back") == 2 })
	p.b.refuses(t, withTicket(later), denial{429, "too_many_connections", "connections.address", "WS703"})
	open.Close()
	alice.Close()
	// Four places are in use over both, of three.
	soon(t, "the places are not given back", func() bool { return p.a.Stats().Connections+p.b.Stats().Connections == 4 })
	p.a.refuses(t, anybody, denial{429, "too_many_connections", "connections.address", "WS703"})
	p.b.refuses(t, anybody, denial{429, "too_many_connections", "connections.address", "WS703"})
	if lost := p.log.count("the store is lost"); lost != 2 {
		t.Errorf("the loss was logged %d times by 2 guards", lost)
	}
	for _, w := range []*gateway{p.a, p.b} {
		if s := w.Stats(); s.StoreLosses != 1 || s.StoreLost {
			t.Errorf("counted %d losses, lost %v", s.StoreLosses, s.StoreLost)
		}
	}
}

// TestUserTypeRateOverGuards: so does what a user sends of one type of messages.
func TestUserTypeRateOverGuards(t *testing.T) {
	p := startPair(t, func(c *guard.Config) {
		c.Routes[0].Limits.Messages = guard.Rate{Count: 1000, Per: time.Minute}
		c.Routes[0].Messages = &guard.MessagePolicy{Reject: guard.RejectClose, Unknown: guard.UnknownPass,
			Client: map[string]guard.MessageRule{"order": {Limit: guard.Rate{Count: 100, Per: time.Hour}, UserLimit: guard.Rate{Count: 8, Per: time.Hour}}}}
	})
	order := func(c *wireclient.Conn, kind string) guard.CloseCode {
		t.Helper()
		if err := c.SendText(`{"type":"` + kind + `"}`); err != nil {
			t.Fatal(err)
		}
		u, err := c.NextMessage(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		return guard.CloseCode(u.Code)
	}
	a, b := p.a.dial(t, asAlice()), p.b.dial(t, asAlice())
	for i := range 8 {
		if code := order([]*wireclient.Conn{a, b}[i%2], "order"); code != 0 {
			t.Fatalf("order %d of 8: closed with %d", i, code)
		}
	}
	if code := order(b, "other"); code != 0 {
		t.Errorf("another type: closed with %d", code)
	}
	if code := order(b, "order"); code != guard.CloseRate {
		t.Errorf("the ninth order: closed with %d, want %d", code, guard.CloseRate)
	}
}

// TestWaitForRate: a message whose rate only the store knows waits for it, and
// passes under the guard's own rate where the store is lost meanwhile.
func TestWaitForRate(t *testing.T) {
	p := startPair(t, func(c *guard.Config) {
		c.Routes[0].Limits.UserMessages = guard.Rate{Count: 10, Per: time.Hour}
	})
	c := p.a.dial(t, asAlice())
	p.store.slow.Lock()
	if err := c.SendText("waits"); err != nil {
		t.Fatal(err)
	}
	soon(t, "the store is not asked", func() bool { return p.store.takes.Load() == 1 })
	if m := p.a.Stats().Routes[0].Messages[0]; m.Messages != 0 {
		t.Error("the message did not wait")
	}
	p.store.lost.Store(true)
	p.store.slow.Unlock()
	if u, err := c.NextMessage(testContext(t)); err != nil || string(u.Payload) != "waits" {
		t.Errorf("got %q, %v", u.Payload, err)
	}
}
