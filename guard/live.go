package guard

import (
	"cmp"
	"slices"
	"sync"
)

// live is the index of open connections. It also counts the handshakes on their
// way to one.
type live struct {
	mu       sync.Mutex
	by       map[string]*conn // guarded by mu
	named    nameIndex        // guarded by mu
	attempts int              // guarded by mu
	shut     bool             // no more connections; guarded by mu
	empty    sync.Cond        // on mu: there is neither connection nor attempt any more
}

func (l *live) init() {
	l.by = map[string]*conn{}
	l.named.init()
	l.empty.L = &l.mu
}

// enter counts an attempt, and reports whether new connections are welcome. If
// they are, exit must be called once it has become one or not.
func (l *live) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shut {
		l.attempts++
	}
	return !l.shut
}

func (l *live) exit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attempts--
	l.wake()
}

// wake tells who waits that nothing is left. mu must be held.
func (l *live) wake() {
	if len(l.by) == 0 && l.attempts == 0 {
		l.empty.Broadcast()
	}
}

// add indexes c and reports whether new connections are still welcome.
func (l *live) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[c.id] = c
	l.named.add(c, c.names)
	c.route.counts.open.Add(1)
	return !l.shut
}

func (l *live) remove(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[c.id] == nil {
		return
	}
	delete(l.by, c.id)
	l.named.remove(c, c.names)
	c.route.counts.open.Add(-1)
	l.wake()
}

func (l *live) find(id string) *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[id]
}

// all returns the connections, oldest first.
func (l *live) all() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	cs := make([]*conn, 0, len(l.by))
	for _, c := range l.by {
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b *conn) int {
		return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.id, b.id))
	})
	return cs
}

// close refuses new connections.
func (l *live) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = true
}

func (l *live) closing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shut
}

// wait returns when no connection is left, nor any attempt to open one.
func (l *live) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.by) > 0 || l.attempts > 0 {
		l.empty.Wait()
	}
}
