package guard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// flakyCounters is a store in memory that can be lost.
type flakyCounters struct {
	*MemoryStore
	lost atomic.Bool
}

func (s *flakyCounters) Shared() bool { return true }

func (s *flakyCounters) HoldPlaces(ctx context.Context, holder string, holds []PlaceHold) ([]bool, error) {
	set, err := s.MemoryStore.HoldPlaces(ctx, holder, holds)
	if s.lost.Load() { // the answer is lost: it was set all the same
		return nil, errors.New("reset by peer")
	}
	return set, err
}

func (s *flakyCounters) RenewHolder(ctx context.Context, holder string, life time.Duration) (bool, error) {
	if s.lost.Load() {
		return false, errors.New("reset by peer")
	}
	return s.MemoryStore.RenewHolder(ctx, holder, life)
}

// sum returns the places that are set under key.
func (s *flakyCounters) sum(key string) (n int) {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	for _, h := range s.counters.places[key] {
		n += h.Places
	}
	return n
}

// newNode returns what one of several guards counts with the others, and what
// ends it.
func newNode(store Store) (*shared, func()) {
	g := &Guard{store: store, log: slog.New(slog.DiscardHandler), counts: newCounts()}
	s := newShared(g)
	ctx, cancel := context.WithCancel(context.Background())
	s.start(ctx, g)
	return s, func() {
		cancel()
		g.tasks.Wait()
	}
}

// TestLedger: over any course of takes and releases on several guards, no key
// has more places in use than its limit, and when all are released nothing is
// left in the store and in the ledgers.
func TestLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flakyCounters{MemoryStore: NewMemoryStore()}
		limits := map[string]int{"small": 3, "large": 300, "one": 1}
		var inUse sync.Map // of *atomic.Int64 by key
		for key := range limits {
			inUse.Store(key, new(atomic.Int64))
		}
		var nodes []*shared
		var workers sync.WaitGroup
		for n := range 3 {
			s, end := newNode(store)
			defer end()
			nodes = append(nodes, s)
			for w := range 8 {
				workers.Go(func() { takeAndRelease(t, s, limits, &inUse, rand.New(rand.NewPCG(uint64(n), uint64(w)))) })
			}
		}
		workers.Wait()
		time.Sleep(time.Second) // what is due is set
		for key := range limits {
			if n := store.sum(key); n != 0 {
				t.Errorf("%d places of %q are left in the store", n, key)
			}
		}
		for i, s := range nodes {
			s.places.mu.Lock()
			if len(s.places.by) != 0 || len(s.places.due) != 0 {
				t.Errorf("ledger %d keeps %v and %v", i, s.places.by, s.places.due)
			}
			s.places.mu.Unlock()
		}
	})
}

func takeAndRelease(t *testing.T, s *shared, limits map[string]int, inUse *sync.Map, random *rand.Rand) {
	var mine []*lease
	for range 2000 {
		if len(mine) > 0 && random.IntN(3) > 0 || len(mine) > 60 {
			e := mine[len(mine)-1]
			mine = mine[:len(mine)-1]
			n, _ := inUse.Load(e.key)
			n.(*atomic.Int64).Add(-1)
			s.release(e)
			continue
		}
		for key, limit := range limits {
			e := s.take(t.Context(), key, limit)
			if e == nil {
				continue
			}
			mine = append(mine, e)
			n, _ := inUse.Load(key)
			if now := n.(*atomic.Int64).Add(1); now > int64(limit) {
				t.Errorf("%d places of %q are in use, the limit is %d", now, key, limit)
			}
		}
	}
	for _, e := range mine {
		n, _ := inUse.Load(e.key)
		n.(*atomic.Int64).Add(-1)
		s.release(e)
	}
}

// TestLedgerLost: what was taken and released while the store was lost, and what
// it was told without an answer, is put right when it is back.
func TestLedgerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flakyCounters{MemoryStore: NewMemoryStore()}
		a, endA := newNode(store)
		b, endB := newNode(store)
		defer endB()
		kept, gone := a.take(t.Context(), "user", 2), a.take(t.Context(), "user", 2)
		if b.take(t.Context(), "user", 2) != nil {
			t.Fatal("a third place of two")
		}
		store.lost.Store(true)
		a.release(gone)
		a.take(t.Context(), "other", 2)
		for range 2 {
			if b.take(t.Context(), "user", 2) == nil {
				t.Fatal("no place although the store is lost")
			}
		}
		time.Sleep(time.Minute)
		store.lost.Store(false)
		time.Sleep(2 * renewEvery)
		if n := store.sum("user"); n != 3 {
			t.Errorf("the store counts %d places, 3 are in use", n)
		}
		if n := store.sum("other"); n != 1 {
			t.Errorf("the store counts %d places of the other key, 1 is in use", n)
		}
		if a.take(t.Context(), "user", 2) != nil {
			t.Error("a fourth place of two")
		}
		a.release(kept)
		endA()
		if b.take(t.Context(), "user", 3) == nil {
			t.Error("the places of a guard that ended are not free")
		}
	})
}

// faultyCounters is a store with a fault of its own.
type faultyCounters struct {
	*flakyCounters
	fault atomic.Pointer[func() error] // nil while it works
}

func (s *faultyCounters) failing() error {
	if f := s.fault.Load(); f != nil {
		return (*f)()
	}
	return nil
}

func (s *faultyCounters) HoldPlaces(ctx context.Context, holder string, holds []PlaceHold) ([]bool, error) {
	if err := s.failing(); err != nil {
		return nil, err
	}
	return s.flakyCounters.HoldPlaces(ctx, holder, holds)
}

func (s *faultyCounters) RenewHolder(ctx context.Context, holder string, life time.Duration) (bool, error) {
	if err := s.failing(); err != nil {
		return false, err
	}
	return s.flakyCounters.RenewHolder(ctx, holder, life)
}

func (s *faultyCounters) TakeRates(ctx context.Context, takes []RateTake) ([]RateTaken, error) {
	if err := s.failing(); err != nil {
		return nil, err
	}
	return s.flakyCounters.TakeRates(ctx, takes)
}

// TestFaultyStore: whatever a store does instead of answering, it is lost like any
// that does not answer, nobody waits for it, and it is found when it works again.
func TestFaultyStore(t *testing.T) {
	for name, fault := range map[string]func() error{
		"panics":   func() error { panic("a defect") },
		"gives up": func() error { return context.Canceled },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &faultyCounters{flakyCounters: &flakyCounters{MemoryStore: NewMemoryStore()}}
				s, end := newNode(store)
				defer end()
				synctest.Wait()
				e := s.take(t.Context(), "user", 2)
				a := newAllowance("user", Rate{Count: 1, Per: time.Hour, Burst: 1})
				store.fault.Store(&fault)
				if _, answer := s.use(a, time.Now().UnixNano()); answer == nil {
					t.Fatal("the store is not asked")
				} else {
					<-answer
				}
				if !s.down() {
					t.Error("the store is not lost after a question about a rate")
				}
				s.lost.Store(false)
				if s.take(t.Context(), "user", 2) == nil || !s.down() {
					t.Error("no place of a store that is lost")
				}
				s.lost.Store(false)
				s.release(e)
				time.Sleep(renewEvery + time.Second)
				if !s.down() {
					t.Error("the store is not lost after a renewal")
				}
				store.fault.Store(nil)
				time.Sleep(2 * renewEvery)
				if n := store.sum("user"); s.down() || n != 1 {
					t.Errorf("lost: %v; the store has %d places, 1 is in use", s.down(), n)
				}
			})
		})
	}
}

// TestLedgerDies: the places of a guard that does not renew come free.
func TestLedgerDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flakyCounters{MemoryStore: NewMemoryStore()}
		b, end := newNode(store)
		defer end()
		store.RenewHolder(t.Context(), "dead", holderLife)
		store.HoldPlaces(t.Context(), "dead", []PlaceHold{{Key: "user", Places: 2, Limit: 2, Serial: 1}})
		start := time.Now()
		for b.take(t.Context(), "user", 2) == nil {
			time.Sleep(time.Second)
		}
		if took := time.Since(start); took < holderLife-time.Second || took > holderLife+time.Second {
			t.Errorf("they came free after %v, want %v", took, holderLife)
		}
	})
}

// TestAllowance: an allowance passes what the store gave and no more, whatever
// the size of its parts.
func TestAllowance(t *testing.T) {
	for _, burst := range []int{1, 10, 63, 64, 300, 5000} {
		t.Run(fmt.Sprint(burst), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &flakyCounters{MemoryStore: NewMemoryStore()}
				rate := Rate{Count: 1, Per: time.Hour, Burst: burst}
				passed := 0
				for range 2 {
					s, end := newNode(store)
					defer end()
					a := newAllowance("user", rate)
					for passed < 2*burst {
						wait, answer := s.use(a, time.Now().UnixNano())
						if wait > 0 {
							break
						}
						if answer != nil {
							<-answer
							continue
						}
						if passed++; passed == burst/2 {
							break
						}
					}
				}
				// The first guard may keep a part back.
				if part := burst / allowanceShare; passed < burst-part || passed > burst {
					t.Errorf("%d of %d passed", passed, burst)
				}
			})
		})
	}
}

// grants is a store that has always room, and keeps nothing.
type grants struct{ Store }

func (grants) Shared() bool { return true }

func (grants) RenewHolder(context.Context, string, time.Duration) (bool, error) { return true, nil }

func (grants) HoldPlaces(_ context.Context, _ string, holds []PlaceHold) ([]bool, error) {
	set := make([]bool, len(holds))
	for i := range set {
		set[i] = true
	}
	return set, nil
}

// BenchmarkLease takes places under keys of which each is another one, and gives
// none back: B/op is what one takes of the guard's memory, besides garbage.
func BenchmarkLease(b *testing.B) {
	s, end := newNode(grants{})
	defer end()
	b.ReportAllocs()
	for i := range b.N {
		if s.take(b.Context(), fmt.Sprint("a\x00/ws\x00192.0.2.1/32", i), 10) == nil {
			b.Fatal("no place")
		}
	}
}
