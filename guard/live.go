package guard

import (
	"cmp"
	"slices"
	"sync"
)

// live is the index of open connections.
type live struct {
	mu    sync.Mutex
	by    map[string]*conn // guarded by mu
	shut  bool             // no more connections; guarded by mu
	empty sync.Cond        // on mu: by has become empty
}

func (l *live) init() {
	l.by = map[string]*conn{}
	l.empty.L = &l.mu
}

// add indexes c and reports whether new connections are still welcome.
func (l *live) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by[c.id] = c
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
	c.route.counts.open.Add(-1)
	if len(l.by) == 0 {
		l.empty.Broadcast()
	}
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

// wait returns when no connection is left.
func (l *live) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.by) > 0 {
		l.empty.Wait()
	}
}
