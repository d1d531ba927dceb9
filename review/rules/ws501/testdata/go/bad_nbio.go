package chat

import (
	"net/http"
	"sync"

	"github.com/lesismal/nbio/nbhttp/websocket"
)

type hub struct {
	mu    sync.Mutex
	conns map[*websocket.Conn]struct{}
}

func (h *hub) upgrader() *websocket.Upgrader {
	u := websocket.NewUpgrader()
	u.OnOpen(func(c *websocket.Conn) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.conns[c] = struct{}{}
	})
	u.OnMessage(func(c *websocket.Conn, messageType websocket.MessageType, data []byte) {
		h.mu.Lock()
		defer h.mu.Unlock()
		for other := range h.conns {
			other.WriteMessage(messageType, data) // want `whole message` high
		}
	})
	u.OnClose(func(c *websocket.Conn, err error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.conns, c)
	})
	return u
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := h.upgrader().Upgrade(w, r, nil); err != nil {
		return
	}
}
