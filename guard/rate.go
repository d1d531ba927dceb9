package guard

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// pace is a Rate as the generic cell rate algorithm reads it: one event each
// interval, and as much ahead of it as slack allows. There is no window at
// whose edge twice the rate could pass.
type pace struct{ interval, slack int64 } // nanoseconds

func newPace(r Rate) pace {
	interval := int64(r.Per) / int64(max(r.Count, 1))
	ahead := int64(max(r.Burst, 1) - 1)
	if interval > 0 {
		ahead = min(ahead, maxSlack/interval)
	}
	return pace{interval, interval * ahead}
}

// maxSlack keeps the arithmetic of take from overflowing: 73 years.
const maxSlack = math.MaxInt64 / 4

// bucket is the state of one rate: the time at which it is used up to. Its
// zero value is unused. It is safe for concurrent use.
type bucket struct{ until atomic.Int64 }

// take uses one event at now and returns 0, or how long to wait for it.
func (b *bucket) take(p pace, now int64) time.Duration {
	for {
		old := b.until.Load()
		at := max(old, now)
		if wait := at - p.slack - now; wait > 0 {
			return time.Duration(wait)
		}
		if b.until.CompareAndSwap(old, at+p.interval) {
			return 0
		}
	}
}

// takeSome uses up to n events at now and returns how many. If there is none, it
// returns how long to wait for one.
func (b *bucket) takeSome(p pace, n int, now int64) (int, time.Duration) {
	for {
		old := b.until.Load()
		at := max(old, now)
		ahead := now + p.slack - at
		if ahead < 0 {
			return 0, time.Duration(-ahead)
		}
		got := int64(n)
		if p.interval > 0 {
			got = min(got, ahead/p.interval+1)
		}
		if b.until.CompareAndSwap(old, at+got*p.interval) {
			return int(got), 0
		}
	}
}

// rates keeps a bucket for each key that is busy, and for no other: one whose
// time has passed is as good as new.
type rates[K comparable] struct {
	mu    sync.Mutex
	by    map[K]*bucket // guarded by mu
	next  int           // size at which to sweep; guarded by mu
	again int64         // when to sweep a full map again; guarded by mu
}

const (
	// maxRates bounds the memory for keys that come at once, about 100 B each.
	// Beyond it new keys share one bucket.
	maxRates = 1 << 17
	// fullSweep is how often a full map is swept, which looks at every key.
	fullSweep = int64(time.Second)
)

func (r *rates[K]) take(p pace, key K, now int64) time.Duration {
	return r.bucket(key, now).take(p, now)
}

func (r *rates[K]) bucket(key K, now int64) *bucket {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.by[key]; b != nil {
		return b
	}
	if r.by == nil {
		r.by, r.next = map[K]*bucket{}, 1024
	}
	if len(r.by) >= r.next || len(r.by) >= maxRates && now >= r.again {
		r.sweep(now)
	}
	if len(r.by) >= maxRates {
		var shared K
		key = shared
		if b := r.by[key]; b != nil {
			return b
		}
	}
	b := new(bucket)
	r.by[key] = b
	return b
}

// sweep forgets the keys that are idle. r.mu must be held.
func (r *rates[K]) sweep(now int64) {
	for k, b := range r.by {
		if b.until.Load() <= now {
			delete(r.by, k)
		}
	}
	r.next, r.again = max(1024, 2*len(r.by)), now+fullSweep
}
