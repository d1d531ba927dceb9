package oidclogout

import (
	"sync"
	"time"
)

// maxReplays bounds the tokens that are remembered, about 200 bytes each.
const maxReplays = 1 << 16

// replays remembers tokens that were obeyed, so that nobody who has seen one
// ends the next sign-in with it. Beyond its bound it forgets; [Receiver.orderedAt]
// keeps an old token from reaching new sign-ins all the same.
type replays struct {
	mu   sync.Mutex
	seen map[string]time.Time // until when; guarded by mu
}

// first reports whether id was not remembered, and remembers it for as long as
// its token counts as news.
func (r *replays) first(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until, ok := r.seen[id]; ok && now.Before(until) {
		return false
	}
	if len(r.seen) >= maxReplays {
		for k, until := range r.seen {
			if !now.Before(until) {
				delete(r.seen, k)
			}
		}
	}
	if r.seen == nil || len(r.seen) >= maxReplays {
		r.seen = map[string]time.Time{}
	}
	r.seen[id] = now.Add(2 * staleAfter)
	return true
}

// forget lets a token come again that could not be obeyed.
func (r *replays) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, id)
}
