package guard

import (
	"context"
	"sync"
	"time"
)

const (
	// allowanceShare is the part of a burst that a guard asks for at once, so that
	// not every message asks the store: a 64th. A smaller burst is given out one
	// by one, to the last.
	allowanceShare = 64
	// refillBatch is how many allowances are refilled in one question.
	refillBatch = 256
)

// allowance is what this guard may use of a rate that guards share, before it
// asks again. What it was given counts as used in the store. So each guard may
// keep back that much of what others could use, and pass as much more at a later
// time.
type allowance struct {
	key   string
	rate  Rate
	batch int // how many to ask for

	mu      sync.Mutex
	events  int           // left, guarded by mu
	none    int64         // until when the store has none, in Unix nanoseconds; guarded by mu
	waiting int           // who waits for the answer, guarded by mu
	asking  chan struct{} // closed when the question under way is answered; nil while there is none; guarded by mu
}

func newAllowance(key string, r Rate) *allowance {
	return &allowance{key: key, rate: r, batch: max(r.Burst/allowanceShare, 1)}
}

// use uses one event of a at now. It returns how long to wait for one if the
// store has none, or, where only the store can tell, a channel that is closed
// when it has: then ask again.
func (s *shared) use(a *allowance, now int64) (wait time.Duration, answer <-chan struct{}) {
	if s.down() {
		return 0, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.events > 0:
		a.events--
		if 2*a.events < a.batch && a.batch > 1 && now >= a.none {
			s.refill.request(a)
		}
		return 0, nil
	case now < a.none:
		return time.Duration(a.none - now), nil
	}
	a.waiting++
	s.refill.request(a)
	return 0, a.asking
}

// paceOverGuards holds a message to a rate that guards share. What only the
// store can tell, the message waits for; where too many wait already, it is
// left to the rate of this guard.
func (c *conn) paceOverGuards(a *allowance, now int64, refusal func(Rate, time.Duration) *Denial) decision {
	s := c.g.shared
	wait, answer := s.use(a, now)
	switch {
	case wait > 0:
		return refused(refusal(a.rate, wait))
	case answer == nil || c.g.waits.Load() > maxWaits/2:
		return decision{}
	}
	return decision{wait: func(ctx context.Context) *Denial {
		for answer != nil && wait == 0 {
			select {
			case <-answer:
				wait, answer = s.use(a, c.g.now().UnixNano())
			case <-ctx.Done():
				return internalError() // heard by nobody: the connection has ended
			}
		}
		if wait > 0 {
			return refusal(a.rate, wait)
		}
		return nil
	}}
}

// refill asks the store for allowances, many in one question.
type refill struct {
	s    *shared
	wake chan struct{} // something is due

	mu  sync.Mutex
	due []*allowance // guarded by mu
}

func (r *refill) init(s *shared) { r.s, r.wake = s, make(chan struct{}, 1) }

// request has a refilled. a.mu must be held.
func (r *refill) request(a *allowance) {
	if a.asking != nil {
		return
	}
	a.asking = make(chan struct{})
	r.mu.Lock()
	r.due = append(r.due, a)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// work answers requests until ctx is done.
func (r *refill) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			for r.answer(nil) { // whoever still waits
			}
			return
		case <-r.wake:
			for r.answer(r.s) {
			}
		}
	}
}

// answer answers a batch of requests, unasked if the store is nil or down, and
// reports whether there was any.
func (r *refill) answer(s *shared) bool {
	batch := r.batch()
	if len(batch) == 0 {
		return false
	}
	taken := make([]RateTaken, len(batch))
	if !s.down() {
		taken = r.take(batch, taken)
	}
	now := time.Now().UnixNano()
	for i, a := range batch {
		a.refilled(taken[i], now)
	}
	return true
}

// take asks the store, and returns nothing for each if it does not answer.
func (r *refill) take(batch []*allowance, nothing []RateTaken) []RateTaken {
	takes := make([]RateTake, len(batch))
	for i, a := range batch {
		a.mu.Lock()
		takes[i] = RateTake{Key: a.key, Rate: a.rate, Events: max(a.batch, a.waiting)}
		a.mu.Unlock()
	}
	taken := nothing
	err := r.s.ask(context.Background(), func(ctx context.Context) (err error) {
		taken, err = r.s.store.TakeRates(ctx, takes)
		return err
	})
	if err != nil {
		r.s.lose(err)
		return nothing
	}
	return taken
}

func (r *refill) batch() []*allowance {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.due), refillBatch)
	batch := r.due[:n:n]
	r.due = r.due[n:]
	return batch
}

// refilled takes an answer.
func (a *allowance) refilled(t RateTaken, now int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events += t.Events
	a.none = 0
	if t.Events == 0 && t.Wait > 0 {
		a.none = now + int64(t.Wait)
	}
	a.waiting = 0
	close(a.asking)
	a.asking = nil
}
