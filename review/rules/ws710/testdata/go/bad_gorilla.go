package feed

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

type hub struct {
	mu       sync.Mutex
	upgrader websocket.Upgrader
	topics   map[string]map[*websocket.Conn]bool
}

type request struct {
	Op    string `json:"op"`
	Topic string `json:"topic"`
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var req request
		if err := conn.ReadJSON(&req); err != nil {
			return
		}
		if req.Op == "subscribe" {
			h.subscribe(conn, req.Topic) // want `nothing counts them` medium
		}
	}
}

func (h *hub) subscribe(conn *websocket.Conn, topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[topic] == nil {
		h.topics[topic] = map[*websocket.Conn]bool{}
	}
	h.topics[topic][conn] = true
}
