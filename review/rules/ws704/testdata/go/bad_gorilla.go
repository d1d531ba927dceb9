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
	conn, err := m.upgrader.Upgrade(w, r, nil) // want `No ping, idle timeout or read deadline` medium
	if err != nil {
		return
	}
	conn.SetReadLimit(4096)
	m.mu.Lock()
	m.members[conn] = true
	m.mu.Unlock()
	defer m.leave(conn)
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		m.mu.Lock()
		for c := range m.members {
			c.WriteMessage(websocket.TextMessage, data)
		}
		m.mu.Unlock()
	}
}

func (m *room) leave(conn *websocket.Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.members, conn)
	conn.Close()
}
