package presence

import (
	"database/sql"
	"net/http"

	"github.com/gorilla/websocket"
)

type server struct {
	db       *sql.DB
	upgrader websocket.Upgrader
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetPingHandler(func(data string) error { // want `Each ping or pong frame of a client makes the server call s.db.Exec` medium
		_, err := s.db.Exec("UPDATE presence SET seen = now() WHERE room = $1", r.URL.Path)
		return err
	})
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}
