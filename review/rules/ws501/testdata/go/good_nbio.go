package chat

import (
	"encoding/json"
	"html"
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
	u.OnMessage(func(c *websocket.Conn, messageType websocket.MessageType, data []byte) {
		var said struct{ Text string }
		if err := json.Unmarshal(data, &said); err != nil || len(said.Text) > 500 {
			c.WriteClose(1008, "not a message")
			return
		}
		out, err := json.Marshal(map[string]string{"type": "said", "text": html.EscapeString(said.Text)})
		if err != nil {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		for other := range h.conns {
			other.WriteMessage(websocket.TextMessage, out)
		}
	})
	return u
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := h.upgrader().Upgrade(w, r, nil)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[conn] = struct{}{}
}
