package guard_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// fakeStore is a store in memory whose answers a test changes.
type fakeStore struct {
	*guard.MemoryStore
	put  func() error                             // nil: as usual
	take func(guard.Ticket) (guard.Ticket, error) // of what is there; nil: as usual
	ask  func(guard.TicketHash)                   // told of every TakeTicket; nil: nobody
}

func (s *fakeStore) PutTicket(ctx context.Context, hash guard.TicketHash, t guard.Ticket, outstanding int) (int, error) {
	if s.put != nil {
		if err := s.put(); err != nil {
			return 0, err
		}
	}
	return s.MemoryStore.PutTicket(ctx, hash, t, outstanding)
}

func (s *fakeStore) TakeTicket(ctx context.Context, hash guard.TicketHash) (guard.Ticket, error) {
	if s.ask != nil {
		s.ask(hash)
	}
	t, err := s.MemoryStore.TakeTicket(ctx, hash)
	if err == nil && s.take != nil {
		return s.take(t)
	}
	return t, err
}

func TestMemoryStore(t *testing.T) {
	guardtest.TestStore(t, func(testing.TB) guard.Store { return guard.NewMemoryStore() })
}

// TestMemoryStoreForgets: a used ticket is remembered for a while, and no
// longer.
func TestMemoryStoreForgets(t *testing.T) {
	s, start := guard.NewMemoryStore(), time.Now()
	put := func(n byte, issued time.Duration) {
		t.Helper()
		at := start.Add(issued)
		if _, err := s.PutTicket(t.Context(), guard.TicketHash{n}, guard.Ticket{Identity: guard.Identity{User: string('a' + rune(n))}, Issued: at, Expires: at.Add(30 * time.Second)}, 5); err != nil {
			t.Fatal(err)
		}
	}
	take := func(n byte, want error) {
		t.Helper()
		if _, err := s.TakeTicket(t.Context(), guard.TicketHash{n}); err != want {
			t.Errorf("ticket %d: %v, want %v", n, err, want)
		}
	}
	put(1, 0)
	take(1, nil)
	put(2, time.Minute)
	take(1, guard.ErrTicketUsed)
	put(3, time.Hour)
	take(1, guard.ErrTicketUnknown)
	take(2, guard.ErrTicketUnknown)
	take(3, nil)
}

// TestMemoryStoreFull: a store that is full forgets the oldest ticket if it is
// used, and takes no more if it is not.
func TestMemoryStoreFull(t *testing.T) {
	const most = 1 << 18
	s := guard.NewMemoryStore()
	ticket := guard.Ticket{Identity: guard.Identity{User: "alice"}, Issued: time.Now()}
	ticket.Expires = ticket.Issued.Add(30 * time.Second)
	hash := func(i int) guard.TicketHash { return guard.TicketHash{byte(i), byte(i >> 8), byte(i >> 16)} }
	put := func(i int) error {
		_, err := s.PutTicket(t.Context(), hash(i), ticket, 2*most)
		return err
	}
	for i := range most {
		if err := put(i); err != nil {
			t.Fatalf("ticket %d: %v", i, err)
		}
	}
	if err := put(most); err == nil {
		t.Error("a store full of tickets in use takes one more")
	}
	if _, err := s.TakeTicket(t.Context(), hash(0)); err != nil {
		t.Errorf("the oldest can't be taken: %v", err)
	}
	if err := put(most); err != nil {
		t.Errorf("a used ticket keeps another one out: %v", err)
	}
	if _, err := s.TakeTicket(t.Context(), hash(0)); err != guard.ErrTicketUnknown {
		t.Errorf("the oldest is still remembered: %v", err)
	}
	if err := put(most + 1); err == nil {
		t.Error("a store full of tickets in use takes one more")
	}
}

// TestTicketRace: of any number of clients with one ticket, one gets in.
func TestTicketRace(t *testing.T) {
	w := startGateway(t, ticketsOnly(func(c *guard.Config) {
		c.Routes[0].Limits.ConnectionsPerIP, c.Routes[0].Limits.ConnectionsPerUser = 100, 100
	}))
	h := withTicket(w.minted(t, nil))
	h.URL = w.url + "/ws"
	var wg sync.WaitGroup
	conns := make(chan *wireclient.Conn, 32)
	for range 32 {
		wg.Go(func() {
			c, _, err := wireclient.Dial(t.Context(), h)
			if err != nil {
				t.Error(err)
			}
			if c != nil {
				conns <- c
			}
		})
	}
	wg.Wait()
	close(conns)
	if len(conns) != 1 {
		t.Errorf("%d clients got in", len(conns))
	}
	for c := range conns {
		c.Close()
	}
}

// TestTicketStoreDown: a store that can't answer admits nobody, and nothing
// needs a restart when it can again.
func TestTicketStoreDown(t *testing.T) {
	for _, mode := range []guard.Mode{guard.Enforce, guard.Monitor} {
		t.Run(string(mode), func(t *testing.T) {
			store := &fakeStore{MemoryStore: guard.NewMemoryStore()}
			w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Store, c.Routes[0].Mode = store, mode }))
			lost, kept := w.minted(t, nil), w.minted(t, nil)
			store.take = func(guard.Ticket) (guard.Ticket, error) { return guard.Ticket{}, errDown }
			w.refuses(t, withTicket(lost), denial{503, "unavailable", "store.down", ""})
			store.take = nil
			w.dial(t, withTicket(kept))
			if got := w.Stats().Tickets; got["store"] != 1 || got["redeemed"] != 1 {
				t.Errorf("counted %v", got)
			}
		})
	}
}

// TestTicketUsedIsAnAlarm: a second presentation is logged as a warning.
func TestTicketUsedIsAnAlarm(t *testing.T) {
	var log bytes.Buffer
	w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) }))
	m := w.minted(t, nil)
	w.dial(t, withTicket(m))
	e := w.refuses(t, withTicket(m), ticketInvalid("ticket.used"))
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "ticket="+e.Ticket) || strings.Contains(text, m.Ticket[5:40]) {
		t.Errorf("logged %q", text)
	}
}
