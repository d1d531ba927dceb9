package chat

import (
	"html"
	"net/http"
	"strconv"
	"sync"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

type hub struct {
	mu    sync.Mutex
	conns map[*websocket.Conn]bool
}

type message struct {
	Type string `json:"type"`
	Text string `json:"text"`
	Bid  string `json:"bid"`
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	for {
		var m message
		if conn.ReadJSON(&m) != nil {
			return
		}
		if m.Type == "echo" {
			conn.WriteJSON(m)
			continue
		}
		bid, err := strconv.Atoi(m.Bid)
		if err != nil {
			return
		}
		h.mu.Lock()
		for c := range h.conns {
			c.WriteJSON(map[string]any{"text": html.EscapeString(m.Text), "bid": bid})
		}
		h.mu.Unlock()
	}
}
