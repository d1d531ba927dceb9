package console

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/wswarden/wswarden/guard"
)

const (
	tickEvery = time.Second
	// maxRefusals bounds the refusals in one message; a flood is counted, and the
	// last ones shown.
	maxRefusals = 50
)

// session is the connection of a viewer; a [guard.Session] is one.
type session interface {
	ID() string
	Context() context.Context
	TrySend(guard.Message) bool
	Close(code guard.CloseCode, reason string)
}

var _ session = (*guard.Session)(nil)

// viewer is one open dashboard.
type viewer struct {
	session session

	mu     sync.Mutex
	view   view   // guarded by mu
	page   []byte // what it was sent last; guarded by mu
	seen   uint64 // refusals that it was sent or told of; guarded by mu
	closed bool   // guarded by mu
}

// send queues a message. A viewer that does not read is closed: it must not
// hold memory, and comes back for a snapshot. v.mu must be held.
func (v *viewer) send(message any) {
	data := encode(message)
	if !v.closed && !v.session.TrySend(guard.Message{Data: data}) {
		v.closed = true
		v.session.Close(guard.CloseSlowConsumer, "slow-consumer;r=wait")
	}
}

// changed returns p unless it is what the viewer has. v.mu must be held.
func (v *viewer) changed(p page) *page {
	data := encode(p)
	if bytes.Equal(data, v.page) {
		return nil
	}
	v.page = data
	return &p
}

// encode writes JSON without what only markup needs: the page makes text of it.
func encode(message any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(message); err != nil {
		panic(err) // strings, numbers and times always marshal
	}
	return b.Bytes()
}

// feed is what all viewers are told from. Its fields do not change.
type feed struct {
	guard   Guard
	recent  *Recent
	history *history
	shared  bool
	version string
	started time.Time
	// revision counts the configurations that were put in force.
	revision func() uint64
}

// state returns the present state.
func (f *feed) state(at time.Time) (now, counted) {
	stats, refusals := f.guard.Stats(), f.recent.counts()
	n := nowOf(at, &stats, refusals)
	n.Store.Shared, n.Revision = f.shared, f.revision()
	return n, sum(at, &stats, refusals)
}

// greet sends the snapshot. v.mu must be held.
func (f *feed) greet(v *viewer) {
	n, _ := f.state(time.Now())
	events, total := f.recent.since(0, maxRecent)
	v.seen = total
	p := v.view.show(f.guard.Connections())
	v.changed(p)
	v.send(hello{Type: "hello", Version: f.version, Started: f.started, Samples: f.history.all(), Titles: titles, Refusals: refusalsOf(events), Now: n, Page: p})
}

// turn sends what another view shows. v.mu must be held.
func (f *feed) turn(v *viewer) {
	p := v.view.show(f.guard.Connections())
	v.changed(p)
	v.send(tick{Type: "tick", Page: &p})
}

// tell sends what has changed. v.mu must be held.
func (f *feed) tell(v *viewer, n *now, s *sample, m *moment) {
	events, total := f.recent.since(v.seen, maxRefusals)
	skipped := total - v.seen - uint64(len(events))
	v.seen = total
	v.send(tick{Type: "tick", Now: n, Sample: s, Refusals: refusalsOf(events), Skipped: skipped, Page: v.changed(m.show(&v.view))})
}

// viewers are the open dashboards by the ID of their connection.
type viewers struct {
	feed feed

	mu sync.Mutex
	by map[string]*viewer // guarded by mu
}

// look takes up what a viewer wants to see; the first time it gets everything.
func (vs *viewers) look(s session, want view) {
	vs.mu.Lock()
	v, old := vs.by[s.ID()]
	if !old {
		v = &viewer{session: s}
		vs.by[s.ID()] = v
	}
	v.mu.Lock() // before a tick can reach it
	vs.mu.Unlock()
	defer v.mu.Unlock()
	v.view = want
	if old {
		vs.feed.turn(v)
	} else {
		vs.feed.greet(v)
	}
}

// open returns the viewers whose connections stand, and forgets the others.
func (vs *viewers) open() []*viewer {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	var all []*viewer
	for id, v := range vs.by {
		if v.session.Context().Err() != nil {
			delete(vs.by, id)
			continue
		}
		all = append(all, v)
	}
	return all
}

// begin sets what the first sample is the difference to.
func (vs *viewers) begin(at time.Time) {
	_, vs.feed.history.last = vs.feed.state(at)
}

// beat samples the guard if it is time for it, and tells everybody who looks.
func (vs *viewers) beat(at time.Time, sampling bool) {
	all := vs.open()
	if !sampling && len(all) == 0 {
		return
	}
	n, c := vs.feed.state(at)
	var s *sample
	if sampling {
		taken := vs.feed.history.take(n.Connections, c)
		s = &taken
	}
	if len(all) == 0 {
		return
	}
	m := &moment{all: vs.feed.guard.Connections(), pages: map[key]page{}}
	for _, v := range all {
		v.mu.Lock()
		vs.feed.tell(v, &n, s, m)
		v.mu.Unlock()
	}
}
