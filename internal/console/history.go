package console

import (
	"sync"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// A page that is opened has the last 15 minutes at once. A sample is some 100
// bytes and 40 for each weakness that was seen in its 2 s: 450 of them are
// about 50 kB in peace, and at most 1 MB.
const (
	sampleEvery = 2 * time.Second
	maxSamples  = 450
)

// sample is what happened in the time since the sample before.
type sample struct {
	At          int64             `json:"at"`    // ms since 1970
	Span        int64             `json:"span"`  // ms
	Connections int               `json:"conns"` // open at its end
	Accepted    uint64            `json:"accepted"`
	Client      uint64            `json:"client"` // messages that passed
	Server      uint64            `json:"server"`
	Denied      uint64            `json:"denied"`             // messages
	Refusals    map[string]uint64 `json:"refusals,omitempty"` // by weakness
}

// counted are the sums that samples are differences of.
type counted struct {
	at                               time.Time
	accepted, client, server, denied uint64
	refusals                         map[string]uint64
}

func sum(at time.Time, s *guard.Stats, refusals map[string]uint64) counted {
	c := counted{at: at, refusals: refusals}
	for i := range s.Routes {
		r := &s.Routes[i]
		c.accepted += r.Accepted
		for _, m := range r.Messages {
			switch {
			case m.Decision == guard.Denied:
				c.denied += m.Messages
			case m.From == "client":
				c.client += m.Messages
			default:
				c.server += m.Messages
			}
		}
	}
	return c
}

// history is a ring of the last samples.
type history struct {
	mu   sync.Mutex
	last counted  // guarded by mu
	ring []sample // oldest first from next on; guarded by mu
	next int      // guarded by mu
}

// take adds a sample and returns it.
func (h *history) take(open int, now counted) sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := h.last
	h.last = now
	s := sample{
		At:          now.at.UnixMilli(),
		Span:        now.at.Sub(last.at).Milliseconds(),
		Connections: open,
		Accepted:    now.accepted - last.accepted,
		Client:      now.client - last.client,
		Server:      now.server - last.server,
		Denied:      now.denied - last.denied,
	}
	for weakness, n := range now.refusals {
		if n -= last.refusals[weakness]; n > 0 {
			if s.Refusals == nil {
				s.Refusals = map[string]uint64{}
			}
			s.Refusals[weakness] = n
		}
	}
	if len(h.ring) < maxSamples {
		h.ring = append(h.ring, s)
		return s
	}
	h.ring[h.next] = s
	h.next = (h.next + 1) % maxSamples
	return s
}

// all returns the samples, oldest first.
func (h *history) all() []sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]sample, 0, len(h.ring))
	out = append(out, h.ring[h.next:]...)
	return append(out, h.ring[:h.next]...)
}
