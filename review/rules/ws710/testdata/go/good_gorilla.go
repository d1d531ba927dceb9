package feed

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

const maxTopics = 20

type hub struct {
	mu       sync.Mutex
	upgrader websocket.Upgrader
	topics   map[string]map[*client]bool
}

type client struct {
	conn   *websocket.Conn
	topics map[string]bool
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
	c := &client{conn: conn, topics: map[string]bool{}}
	for {
		var req request
		if err := conn.ReadJSON(&req); err != nil {
			return
		}
		if req.Op == "subscribe" {
			h.subscribe(c, req.Topic)
		}
	}
}

func (h *hub) subscribe(c *client, topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(c.topics) >= maxTopics {
		return
	}
	c.topics[topic] = true
	if h.topics[topic] == nil {
		h.topics[topic] = map[*client]bool{}
	}
	h.topics[topic][c] = true
}
