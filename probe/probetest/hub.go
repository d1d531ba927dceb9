package probetest

import (
	"slices"
	"sync"

	"github.com/wswarden/wswarden/internal/wire"
)

// hub knows the open connections and what they listen to.
type hub struct {
	app   *state
	mu    sync.Mutex
	conns map[*conn]map[string]bool // channels by connection, guarded by mu
}

func newHub() *hub { return &hub{app: newState(), conns: map[*conn]map[string]bool{}} }

// state returns what the application keeps.
func (h *hub) state() *state { return h.app }

func (h *hub) join(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = map[string]bool{}
}

func (h *hub) leave(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// maxChannels bounds what one connection listens to.
const maxChannels = 64

func (h *hub) subscribe(c *conn, channel string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	subscribed := h.conns[c]
	if subscribed == nil || len(subscribed) >= maxChannels && !subscribed[channel] {
		return false
	}
	subscribed[channel] = true
	return true
}

func (h *hub) unsubscribe(c *conn, channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns[c], channel)
}

// eachOf calls f for every connection of a session.
func (h *hub) eachOf(session string, f func(*conn)) {
	for _, c := range h.all() {
		c.mu.Lock()
		hit := c.who != nil && c.who.session.id == session
		c.mu.Unlock()
		if hit {
			f(c)
		}
	}
}

func (h *hub) all() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		out = append(out, c)
	}
	return out
}

// publish sends to those who listen to a channel, or to a pattern that a switch
// lets them subscribe to.
func (h *hub) publish(channel string, payload []byte) {
	h.mu.Lock()
	var to []*conn
	for c, subscribed := range h.conns {
		if subscribed[channel] || slices.ContainsFunc([]string{"*", "#", "user:*", "user:#", "user:+"}, func(p string) bool { return subscribed[p] }) {
			to = append(to, c)
		}
	}
	h.mu.Unlock()
	for _, c := range to {
		c.send(wire.Text, payload)
	}
}

// everybody sends to all connections but those whose credential is still to
// come.
func (h *hub) everybody(payload []byte) {
	for _, c := range h.all() {
		if !c.isPending() {
			c.send(wire.Text, payload)
		}
	}
}
