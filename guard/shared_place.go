package guard

import (
	"context"
	"sync"
)

const (
	// spareShare is the part of a large limit that one guard may hold without
	// using it, so that not every connection asks the store: a 64th.
	spareShare = 64
	mostSpare  = 256
	// ledgerBatch is how many keys are set in one question.
	ledgerBatch = 256
)

// ledger holds the places of this guard in the store: as many as its
// connections use, and a few more under a large limit.
type ledger struct {
	s    *shared
	wake chan struct{} // something is due

	mu     sync.Mutex
	by     map[string]*lease // guarded by mu
	due    []*lease          // whose count in the store is to change, guarded by mu
	serial uint64            // guarded by mu
}

// lease is what this guard has under one key. Its fields are guarded by
// ledger.mu.
type lease struct {
	key     string
	limit   int           // as last asked for
	used    int           // places of connections, and of attempts to become one
	held    int           // what the store counts for this guard
	waiting int           // who is about to use one
	asking  chan struct{} // closed when the question under way is answered; nil while there is none
	due     bool          // it is in ledger.due
}

func (l *ledger) init(s *shared) {
	l.s, l.by, l.wake = s, map[string]*lease{}, make(chan struct{}, 1)
}

// spare is how many unused places may be held under a limit.
func (e *lease) spare() int { return min(e.limit/spareShare, mostSpare) }

// take uses a place under key, of limit over all guards. It returns nil if
// there is none, or if ctx ends first. A lost store has any.
func (s *shared) take(ctx context.Context, key string, limit int) *lease {
	l := &s.places
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.by[key]
	if e == nil {
		e = &lease{key: key}
		l.by[key] = e
	}
	e.limit = limit
	e.waiting++
	defer l.tidy(e)
	defer func() { e.waiting-- }()
	for {
		switch {
		case e.used < e.held || s.lost.Load():
			e.used++
			return e
		case e.asking != nil:
			if !l.await(ctx, e.asking) {
				return nil
			}
		case !l.raise(e):
			return nil
		}
	}
}

// await waits outside of mu, which must be held, and reports whether ctx has
// not ended.
func (l *ledger) await(ctx context.Context, answered <-chan struct{}) bool {
	l.mu.Unlock()
	defer l.mu.Lock()
	select {
	case <-answered:
		return true
	case <-ctx.Done():
		return false
	}
}

// raise asks for one more place than are in use, with those to spare if there
// are that many. It returns false if the store has none. l.mu must be held; it is
// not while the store is asked.
func (l *ledger) raise(e *lease) bool {
	more := []int{e.used + 1 + e.spare(), e.used + 1}
	if more[0] == more[1] {
		more = more[:1]
	}
	e.asking = make(chan struct{})
	defer l.answered(e)
	for _, places := range more {
		l.serial++
		hold := PlaceHold{Key: e.key, Places: places, Limit: e.limit, Serial: l.serial}
		set, err := l.set([]PlaceHold{hold})
		if err != nil {
			l.dueLater(e) // it may have been set
			return true   // to be judged again, without the store
		}
		if set[0] {
			e.held = places
			return true
		}
	}
	return false
}

// set asks the store outside of mu, which must be held.
func (l *ledger) set(holds []PlaceHold) (set []bool, err error) {
	l.mu.Unlock()
	defer l.mu.Lock()
	// Not in the time of the one that asks: others wait for the answer.
	err = l.s.ask(context.Background(), func(ctx context.Context) (err error) {
		if err = l.s.alive(ctx); err == nil {
			set, err = l.s.store.HoldPlaces(ctx, l.s.holder, holds)
		}
		return err
	})
	if err != nil {
		l.s.lose(err)
	}
	return set, err
}

// answered ends the question about e. l.mu must be held.
func (l *ledger) answered(e *lease) {
	close(e.asking)
	e.asking = nil
	if e.due {
		l.nudge()
	}
}

// release gives a place back.
func (s *shared) release(e *lease) {
	l := &s.places
	l.mu.Lock()
	defer l.mu.Unlock()
	e.used--
	if e.held > e.used+2*e.spare() || e.used == 0 {
		l.dueLater(e)
		l.nudge()
	}
	l.tidy(e)
}

// tidy forgets a lease that nobody needs. l.mu must be held.
func (l *ledger) tidy(e *lease) {
	if e.used == 0 && e.held == 0 && e.waiting == 0 && e.asking == nil && !e.due {
		delete(l.by, e.key)
	}
}

// dueLater has the count of e set in the store. l.mu must be held.
func (l *ledger) dueLater(e *lease) {
	if !e.due {
		e.due = true
		l.due = append(l.due, e)
	}
}

func (l *ledger) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// declare has all places set anew. kept says that the store still has them as
// they were set.
func (l *ledger) declare(kept bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.by {
		if !kept {
			e.held = 0
		}
		l.dueLater(e)
	}
	l.nudge()
}

// work sets what is due, until ctx is done.
func (l *ledger) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for ctx.Err() == nil && l.settle() {
		}
	}
}

// settle sets a batch of what is due, and reports whether there may be more. What
// a lost store can't take stays due until it is back.
func (l *ledger) settle() (more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.s.lost.Load() {
		return false
	}
	batch := l.batch()
	if len(batch) == 0 {
		return false
	}
	holds := make([]PlaceHold, len(batch))
	for i, e := range batch {
		l.serial++
		// What is in use is in use, whatever the limit: a store that was lost
		// may hear of more than there should be.
		holds[i] = PlaceHold{Key: e.key, Places: e.wanted(), Serial: l.serial}
		e.held = min(e.held, holds[i].Places) // nobody is to use what is given back
	}
	_, err := l.set(holds)
	for i, e := range batch {
		if err == nil {
			e.held = holds[i].Places
			if e.used == 0 && e.held > 0 || e.held > e.used+2*e.spare() {
				l.dueLater(e) // given back meanwhile
			}
		} else {
			l.dueLater(e)
		}
		l.answered(e)
		l.tidy(e)
	}
	return err == nil
}

// wanted is what this guard should hold for what is in use.
func (e *lease) wanted() int {
	if e.used == 0 {
		return 0
	}
	return e.used + min(e.spare(), max(e.held-e.used, 0))
}

// batch takes what is due and has no question under way. l.mu must be held.
func (l *ledger) batch() []*lease {
	var batch, rest []*lease
	for i, e := range l.due {
		if len(batch) == ledgerBatch {
			rest = append(rest, l.due[i:]...)
			break
		}
		if e.asking != nil {
			rest = append(rest, e)
			continue
		}
		e.due, e.asking = false, make(chan struct{})
		batch = append(batch, e)
	}
	l.due = rest
	return batch
}
