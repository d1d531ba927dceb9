package guard

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// counts are what [Guard.Stats] reports. Rare events are counted in maps under
// a mutex, messages in atomics.
type counts struct {
	panics atomic.Uint64

	revocations *histogram // from the order to the Close frame

	mu       sync.Mutex
	ended    map[string]uint64 // revocations by what they name, guarded by mu
	rechecks map[string]uint64 // by result, guarded by mu
	tickets  map[string]uint64 // guarded by mu
	refusals map[string]uint64 // of no route, guarded by mu
	routes   map[string]*routeCounts
}

// routeCounts are the counts of one path. They outlive a reload.
type routeCounts struct {
	open     atomic.Int64
	accepted atomic.Uint64
	client   flow
	server   flow
	inspect  *histogram // of the time that rules took over a message

	mu       sync.Mutex
	byType   [2]map[string]*typeCounts // by side; guarded by mu
	refusals map[RefusalStats]uint64   // keyed with a zero Count, guarded by mu
	closes   map[CloseCode]uint64      // guarded by mu
}

// flow counts the messages of one direction.
type flow struct{ messages, bytes, denied, monitored atomic.Uint64 }

// tally counts what passes in one read, so that a batch costs a flow no more
// than a message.
type tally struct {
	messages, bytes, monitored uint64

	of    *typeCounts
	items uint64 // of the type of
}

// add takes t over and empties it.
func (f *flow) add(t *tally) {
	if t.messages > 0 {
		f.messages.Add(t.messages)
	}
	if t.monitored > 0 {
		f.monitored.Add(t.monitored)
	}
	if t.bytes > 0 {
		f.bytes.Add(t.bytes)
	}
	*t = tally{}
}

func newCounts() *counts {
	return &counts{tickets: map[string]uint64{}, refusals: map[string]uint64{}, routes: map[string]*routeCounts{},
		ended: map[string]uint64{}, rechecks: map[string]uint64{},
		revocations: newHistogram(time.Millisecond, 2500*time.Microsecond, 5*time.Millisecond, 10*time.Millisecond, 25*time.Millisecond, 50*time.Millisecond,
			100*time.Millisecond, 250*time.Millisecond, 500*time.Millisecond, time.Second, 5*time.Second)}
}

// route returns the counts of a path.
func (c *counts) route(path string) *routeCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.routes[path]
	if r == nil {
		r = &routeCounts{inspect: newInspectTimes(), refusals: map[RefusalStats]uint64{}, closes: map[CloseCode]uint64{}}
		c.routes[path] = r
	}
	return r
}

func (c *counts) ticket(result string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tickets[result]++
}

// revoked counts an order to revoke.
func (c *counts) revoked(r Revocation) {
	what := "all"
	for kind, name := range r.names() {
		if name != "" {
			what = [...]string{"user", "session", "token"}[kind]
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[what]++
}

func (c *counts) recheck(result string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rechecks[result]++
}

// refuse counts a denial, on its route if it has one.
func (c *counts) refuse(rt *route, d *Denial, outcome Outcome) {
	if rt == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.refusals[d.Weakness]++
		return
	}
	rt.counts.mu.Lock()
	defer rt.counts.mu.Unlock()
	rt.counts.refusals[RefusalStats{Weakness: d.Weakness, Outcome: outcome}]++
}

func (r *routeCounts) close(code CloseCode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closes[code]++
}

// stats returns a snapshot, in a fixed order.
func (c *counts) stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Tickets: maps.Clone(c.tickets), Refusals: maps.Clone(c.refusals), Panics: c.panics.Load(),
		Revocations: maps.Clone(c.ended), RevocationLatency: c.revocations.snapshot(), Rechecks: maps.Clone(c.rechecks)}
	for _, path := range slices.Sorted(maps.Keys(c.routes)) {
		r := c.routes[path].stats(path)
		s.Connections += r.Connections
		s.Routes = append(s.Routes, r)
	}
	return s
}

func (r *routeCounts) stats(path string) RouteStats {
	s := RouteStats{Path: path, Connections: int(r.open.Load()), Accepted: r.accepted.Load()}
	s.Messages = append(r.client.stats("client"), r.server.stats("server")...)
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, n := range r.refusals {
		k.Count = n
		s.Refusals = append(s.Refusals, k)
	}
	slices.SortFunc(s.Refusals, func(a, b RefusalStats) int {
		return strings.Compare(a.Weakness+string(a.Outcome), b.Weakness+string(b.Outcome))
	})
	s.Closes = maps.Clone(r.closes)
	s.Types = r.typeStats()
	s.Inspect = r.inspect.snapshot()
	return s
}

func (f *flow) stats(from string) []MessageStats {
	return []MessageStats{
		{From: from, Decision: Allowed, Messages: f.messages.Load(), Bytes: f.bytes.Load()},
		{From: from, Decision: Denied, Messages: f.denied.Load()},
		{From: from, Decision: Monitored, Messages: f.monitored.Load()},
	}
}
