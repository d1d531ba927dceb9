package chat

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

type room struct {
	mu       sync.Mutex
	members  map[*websocket.Conn]bool
	upgrader websocket.Upgrader
}

func (m *room) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := m.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	m.mu.Lock()
	m.members[conn] = true
	m.mu.Unlock()
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		m.mu.Lock()
		for c := range m.members {
			c.WriteMessage(kind, data) // want `The whole message of a client is relayed to others` high
		}
		m.mu.Unlock()
	}
}
