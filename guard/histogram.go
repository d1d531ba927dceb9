package guard

import (
	"sync/atomic"
	"time"
)

// Histogram is a distribution of durations.
type Histogram struct {
	// Bounds are the upper bounds of the buckets, rising.
	Bounds []time.Duration
	// Counts are how many lie at or under each bound.
	Counts []uint64
	// Count and Sum are of all, those above the last bound too.
	Count uint64
	Sum   time.Duration
}

// histogram counts durations. It is safe for concurrent use.
type histogram struct {
	bounds []time.Duration
	counts []atomic.Uint64 // of each bucket alone, the last one without bound
	sum    atomic.Int64
}

func newHistogram(bounds ...time.Duration) *histogram {
	return &histogram{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// observe counts d; what clocks of two machines make negative is 0.
func (h *histogram) observe(d time.Duration) {
	d = max(d, 0)
	i := 0
	for i < len(h.bounds) && d > h.bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(d))
}

func (h *histogram) snapshot() Histogram {
	s := Histogram{Bounds: h.bounds, Counts: make([]uint64, len(h.bounds)), Sum: time.Duration(h.sum.Load())}
	for i := range h.counts {
		s.Count += h.counts[i].Load()
		if i < len(h.bounds) {
			s.Counts[i] = s.Count
		}
	}
	return s
}
