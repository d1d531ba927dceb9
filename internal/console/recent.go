package console

import (
	"maps"
	"sync"

	"github.com/wswarden/wswarden/guard"
)

// maxRecent is how many refusals a [Recent] keeps: some 100 kB, as an event has
// no payload and its texts are cut short where they come from.
const maxRecent = 200

// Recent is a [guard.Auditor] that keeps the last refusals and counts all of
// them by weakness, and hands every event on. It is safe for concurrent use.
type Recent struct {
	next guard.Auditor

	mu     sync.Mutex
	ring   [maxRecent]guard.Event // guarded by mu
	total  uint64                 // refusals so far; guarded by mu
	byKind map[string]uint64      // by weakness, empty where none fits; guarded by mu
}

// NewRecent returns a Recent that hands events on to next, nil drops them.
func NewRecent(next guard.Auditor) *Recent {
	return &Recent{next: next, byKind: map[string]uint64{}}
}

// Record implements [guard.Auditor].
func (r *Recent) Record(ev guard.Event) {
	if ev.Outcome != guard.Allowed {
		r.keep(ev)
	}
	if r.next != nil {
		r.next.Record(ev)
	}
}

func (r *Recent) keep(ev guard.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.total%maxRecent] = ev
	r.total++
	r.byKind[ev.Weakness]++
}

// counts returns the refusals so far by weakness.
func (r *Recent) counts() map[string]uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.byKind)
}

// since returns the refusals behind the first n, oldest first: the last most of
// them, and how many there were in all.
func (r *Recent) since(n uint64, most int) (events []guard.Event, total uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := max(n, r.total-min(r.total, uint64(min(most, maxRecent))))
	for i := first; i < r.total; i++ {
		events = append(events, r.ring[i%maxRecent])
	}
	return events, r.total
}
