package chat

import (
	"context"
	"net/http"
	"sync"

	"github.com/coder/websocket"
)

type client struct{ queue chan []byte }

type hub struct {
	mu      sync.Mutex
	clients map[*client]bool
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	c := &client{queue: make(chan []byte, 64)}
	h.mu.Lock()
	h.clients[c] = true
	h.mu.Unlock()
	go write(r.Context(), conn, c)
	for {
		_, data, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		h.publish(data)
	}
}

func (h *hub) publish(data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		select {
		case c.queue <- data:
		default:
			delete(h.clients, c)
			close(c.queue)
		}
	}
}

func write(ctx context.Context, conn *websocket.Conn, c *client) {
	for data := range c.queue {
		if conn.Write(ctx, websocket.MessageText, data) != nil {
			return
		}
	}
}
