package guard

import (
	"context"
	"errors"
	"sync"
	"time"
)

// maxMarkers bounds the memory of revocations, about 200 bytes each.
const maxMarkers = 1 << 18

var errMarkersFull = errors.New("too many revocations")

// markers are the revocations of a [MemoryStore].
type markers struct {
	mu      sync.Mutex
	by      map[Revocation]Revocation // by their name alone, guarded by mu
	sweepAt int                       // size at which to forget the expired, guarded by mu
	watches map[*memoryWatch]struct{} // guarded by mu
}

// memoryWatch is one caller of Watch.
type memoryWatch struct {
	mu   sync.Mutex // held while a callback runs
	w    RevocationWatch
	over bool // guarded by mu
}

// name returns what r is kept under: whom it names, without times.
func (r Revocation) name() Revocation {
	r.At, r.Expires = time.Time{}, time.Time{}
	return r
}

// Revoke implements [RevocationStore].
func (s *MemoryStore) Revoke(_ context.Context, r Revocation) error {
	watches, err := s.markers.put(r)
	if err != nil {
		return err
	}
	for _, w := range watches {
		w.tell(r)
	}
	return nil
}

// Revoked implements [RevocationStore].
func (s *MemoryStore) Revoked(_ context.Context, subjects ...Subject) ([]Revocation, error) {
	names := map[Revocation]struct{}{{All: true}: {}}
	for _, u := range subjects {
		for _, n := range []Revocation{{User: u.User}, {Session: u.Session}, {Token: u.Token}} {
			names[n] = struct{}{}
		}
	}
	return s.markers.get(names, time.Now()), nil
}

// Watch implements [RevocationStore].
func (s *MemoryStore) Watch(ctx context.Context, w RevocationWatch) error {
	watch := &memoryWatch{w: w}
	s.markers.watch(watch)
	defer s.markers.unwatch(watch)
	watch.missed()
	<-ctx.Done()
	return nil
}

// put keeps r and returns who is to be told.
func (m *markers) put(r Revocation) ([]*memoryWatch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, known := m.by[r.name()]
	if !known && !m.makeRoom(time.Now()) {
		return nil, errMarkersFull
	}
	if old.At.After(r.At) {
		r.At = old.At
	}
	if old.Expires.After(r.Expires) {
		r.Expires = old.Expires
	}
	m.by[r.name()] = r
	watches := make([]*memoryWatch, 0, len(m.watches))
	for w := range m.watches {
		watches = append(watches, w)
	}
	return watches, nil
}

// makeRoom forgets what has expired, now and then, and reports whether there
// is room. m.mu must be held.
func (m *markers) makeRoom(now time.Time) bool {
	if m.by == nil {
		m.by = map[Revocation]Revocation{}
	}
	if len(m.by) < max(m.sweepAt, 1024) {
		return true
	}
	for name, r := range m.by {
		if !now.Before(r.Expires) {
			delete(m.by, name)
		}
	}
	m.sweepAt = min(2*len(m.by), maxMarkers)
	return len(m.by) < maxMarkers
}

// get returns the markers in force under the names.
func (m *markers) get(names map[Revocation]struct{}, now time.Time) []Revocation {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Revocation
	for name := range names {
		if r, ok := m.by[name]; ok && now.Before(r.Expires) {
			found = append(found, r)
		}
	}
	return found
}

func (m *markers) watch(w *memoryWatch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.watches == nil {
		m.watches = map[*memoryWatch]struct{}{}
	}
	m.watches[w] = struct{}{}
}

func (m *markers) unwatch(w *memoryWatch) {
	m.mu.Lock()
	delete(m.watches, w)
	m.mu.Unlock()
	w.mu.Lock() // waits for a callback
	defer w.mu.Unlock()
	w.over = true
}

func (w *memoryWatch) missed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.w.Missed()
}

func (w *memoryWatch) tell(r Revocation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.w.Revoked(r)
	}
}
