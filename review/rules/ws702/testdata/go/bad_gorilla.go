package search

import (
	"database/sql"
	"net/http"

	"github.com/gorilla/websocket"
)

type server struct {
	db       *sql.DB
	upgrader websocket.Upgrader
}

func (s *server) search(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(4096)
	for {
		var query struct{ Text string }
		if err := conn.ReadJSON(&query); err != nil { // want `Nothing counts the messages of a connection` medium
			return
		}
		var n int
		if err := s.db.QueryRow("SELECT count(*) FROM articles WHERE body LIKE $1", "%"+query.Text+"%").Scan(&n); err != nil {
			return
		}
		conn.WriteJSON(map[string]int{"hits": n})
	}
}
