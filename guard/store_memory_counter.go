package guard

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

// maxPlaceKeys bounds the memory of places, about 300 bytes a key.
const maxPlaceKeys = 1 << 20

var errPlacesFull = errors.New("too many keys with places")

// counters are the rates and places of a [MemoryStore].
type counters struct {
	rates rates[string]

	mu      sync.Mutex
	holders map[string]time.Time            // until when, guarded by mu
	places  map[string]map[string]PlaceHold // by key and holder, guarded by mu
	sweepAt int                             // size of places at which to forget the empty, guarded by mu
}

// TakeRates implements [CounterStore].
func (s *MemoryStore) TakeRates(_ context.Context, takes []RateTake) ([]RateTaken, error) {
	taken := make([]RateTaken, len(takes))
	now := time.Now().UnixNano()
	for i, t := range takes {
		n, wait := s.counters.rates.bucket(t.Key, now).takeSome(newPace(t.Rate), t.Events, now)
		taken[i] = RateTaken{n, wait}
	}
	return taken, nil
}

// HoldPlaces implements [CounterStore].
func (s *MemoryStore) HoldPlaces(_ context.Context, holder string, holds []PlaceHold) ([]bool, error) {
	return s.counters.hold(holder, holds, time.Now())
}

// RenewHolder implements [CounterStore].
func (s *MemoryStore) RenewHolder(_ context.Context, holder string, life time.Duration) (bool, error) {
	return s.counters.renew(holder, life, time.Now()), nil
}

func (c *counters) hold(holder string, holds []PlaceHold, now time.Time) ([]bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	set := make([]bool, len(holds))
	for i, h := range holds {
		if c.places[h.Key] == nil && !c.makeRoom() {
			return nil, errPlacesFull
		}
		set[i] = c.set(holder, h, now)
	}
	return set, nil
}

// set sets the places of one key. c.mu must be held.
func (c *counters) set(holder string, h PlaceHold, now time.Time) bool {
	by := c.places[h.Key]
	old := by[holder]
	if old.Serial > h.Serial {
		return true // an empty key is kept for a while, so that this holds of it too
	}
	others := 0
	for name, o := range by {
		if name != holder && now.Before(c.holders[name]) {
			others += o.Places
		}
	}
	if h.Limit > 0 && h.Places > old.Places && others+h.Places > h.Limit {
		return false
	}
	if by == nil {
		by = map[string]PlaceHold{}
		c.places[h.Key] = by
	}
	by[holder] = h
	return true
}

// makeRoom forgets what is empty, now and then, and reports whether there is
// room for a key. c.mu must be held.
func (c *counters) makeRoom() bool {
	if c.places == nil {
		c.places = map[string]map[string]PlaceHold{}
	}
	if len(c.places) < max(c.sweepAt, 1024) {
		return true
	}
	maps.DeleteFunc(c.places, func(_ string, by map[string]PlaceHold) bool {
		for _, h := range by {
			if h.Places > 0 {
				return false
			}
		}
		return true
	})
	c.sweepAt = min(2*len(c.places), maxPlaceKeys)
	return len(c.places) < maxPlaceKeys
}

func (c *counters) renew(holder string, life time.Duration, now time.Time) (kept bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holders == nil {
		c.holders = map[string]time.Time{}
	}
	kept = now.Before(c.holders[holder])
	for name, until := range c.holders {
		if !now.Before(until) || name == holder && life <= 0 {
			c.forget(name)
		}
	}
	if life > 0 {
		c.holders[holder] = now.Add(life)
	}
	return kept
}

// forget forgets a holder with all of its places. c.mu must be held.
func (c *counters) forget(holder string) {
	delete(c.holders, holder)
	maps.DeleteFunc(c.places, func(_ string, by map[string]PlaceHold) bool {
		delete(by, holder)
		return len(by) == 0
	})
}
