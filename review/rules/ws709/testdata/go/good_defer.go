package ask

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

type server struct {
	mu       sync.Mutex
	open     map[string]int
	upgrader websocket.Upgrader
}

func (s *server) ask(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	s.count(r.RemoteAddr, 1)
	defer s.count(r.RemoteAddr, -1)
	for {
		_, question, err := conn.ReadMessage()
		if err != nil {
			return
		}
		conn.WriteMessage(websocket.TextMessage, answer(question))
	}
}

func (s *server) count(host string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[host] += n; s.open[host] <= 0 {
		delete(s.open, host)
	}
}
