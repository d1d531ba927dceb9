package guard

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// holderLife is how long the places of a guard that died are still counted,
	// and renewEvery how often a living one says that it is alive.
	holderLife = 10 * time.Second
	renewEvery = 3 * time.Second
	// probeEvery is how often a lost store is tried.
	probeEvery = time.Second
	// countPatience bounds one question to the store about counts. A connection
	// or message that waits for the answer is then judged by this guard alone.
	countPatience = time.Second
	// declareEvery is how often places are set again that have not changed, well
	// within PlacesLast.
	declareEvery = PlacesLast / 4
)

// shared is what a guard counts together with the others that use its store.
// While the store is lost, every count goes on in this guard alone: connections
// live on under local limits, and what is new is judged by them. It is nil where
// the store serves one guard; its methods then let pass.
type shared struct {
	g      *Guard
	store  CounterStore
	holder string // this guard, for the store
	log    *slog.Logger

	lost   atomic.Bool
	losses atomic.Uint64

	renewing sync.Mutex
	renewed  time.Time // guarded by renewing

	places ledger
	refill refill
}

// newShared returns nil where nobody else uses the store.
func newShared(g *Guard) *shared {
	if !g.store.Shared() {
		return nil
	}
	var id [12]byte
	rand.Read(id[:]) // never fails: crypto/rand ends the program instead
	s := &shared{g: g, store: g.store, holder: hex.EncodeToString(id[:]), log: g.log}
	s.places.init(s)
	s.refill.init(s)
	return s
}

// start runs what works behind the data plane until ctx is done.
func (s *shared) start(ctx context.Context, g *Guard) {
	if s == nil {
		return
	}
	for _, work := range []func(context.Context){s.renew, s.places.work, s.refill.work} {
		g.tasks.Go(func() {
			for ctx.Err() == nil {
				s.guarded(ctx, work)
			}
		})
	}
}

// guarded runs work, which goes on after a panic.
func (s *shared) guarded(ctx context.Context, work func(context.Context)) {
	defer s.g.recovered(func() {})
	work(ctx)
}

// ask puts one question to the store. A store that panics has not answered.
func (s *shared) ask(ctx context.Context, question func(context.Context) error) (err error) {
	defer s.g.recovered(func() { err = errors.New("panic") })
	ctx, cancel := context.WithTimeout(ctx, countPatience)
	defer cancel()
	return question(ctx)
}

// failed notes that the store did not answer somebody else's question.
func (s *shared) failed(err error) {
	if s != nil && !errors.Is(err, context.Canceled) { // else who asked did not wait
		s.lose(err)
	}
}

// lose notes that the store does not answer. It says so once, until the store is
// back.
func (s *shared) lose(err error) {
	if !s.lost.CompareAndSwap(false, true) {
		return
	}
	s.losses.Add(1)
	s.log.Warn("the store is lost: limits count on this guard alone, and no ticket is minted or redeemed until it is back", "error", err)
}

// down reports whether counts go on without the store.
func (s *shared) down() bool { return s == nil || s.lost.Load() }

// renew keeps the places of this guard as long as it lives, and finds out when
// a lost store is back. At the end it gives them up.
func (s *shared) renew(ctx context.Context) {
	declared := time.Now()
	for ctx.Err() == nil {
		err := s.renewNow(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.lose(err)
		case err == nil && s.lost.CompareAndSwap(true, false):
			s.log.Info("the store is back")
			s.places.declare(true)
		case time.Since(declared) >= declareEvery:
			s.places.declare(true)
			declared = time.Now()
		}
		s.wait(ctx)
	}
	_ = s.ask(context.WithoutCancel(ctx), func(ctx context.Context) error { // else they end by themselves, a little later
		_, err := s.store.RenewHolder(ctx, s.holder, 0)
		return err
	})
}

// renewNow has the places of this guard kept from now on.
func (s *shared) renewNow(ctx context.Context) error {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	return s.renewLocked(ctx)
}

// alive makes sure that the store counts what this guard is about to set: one
// that has not renewed yet, or not for too long, counts as dead.
func (s *shared) alive(ctx context.Context) error {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	if time.Since(s.renewed) < holderLife {
		return nil
	}
	return s.renewLocked(ctx)
}

// renewLocked renews, and has all places set anew if they were lost. s.renewing
// must be held.
func (s *shared) renewLocked(ctx context.Context) error {
	now, kept := time.Now(), false
	err := s.ask(ctx, func(ctx context.Context) (err error) {
		kept, err = s.store.RenewHolder(ctx, s.holder, holderLife)
		return err
	})
	if err != nil {
		return err
	}
	s.renewed = now
	if !kept {
		s.places.declare(false)
	}
	return nil
}

// wait waits for the next time to renew.
func (s *shared) wait(ctx context.Context) {
	every := renewEvery
	if s.lost.Load() {
		every = probeEvery/2 + time.Duration(randomBelow(int64(probeEvery)))
	}
	pause(ctx, every)
}
