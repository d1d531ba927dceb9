package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

type Server struct {
	allowed  map[string]bool
	upgrader websocket.Upgrader
}

func New(allowed []string) *Server {
	s := &Server{allowed: map[string]bool{}}
	for _, o := range allowed {
		s.allowed[o] = true
	}
	s.upgrader = websocket.Upgrader{CheckOrigin: s.checkOrigin}
	return s
}

func (s *Server) checkOrigin(r *http.Request) bool {
	if len(s.allowed) == 0 {
		return true
	}
	return s.allowed[r.Header.Get("Origin")] // want `open to every origin until it is configured` medium
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	conn.ReadMessage()
}
