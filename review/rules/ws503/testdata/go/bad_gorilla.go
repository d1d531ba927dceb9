package jobs

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
	for {
		var job struct{ Name string }
		if err := conn.ReadJSON(&job); err != nil {
			return
		}
		rows, err := s.db.QueryContext(r.Context(), "SELECT state FROM jobs WHERE name = $1", job.Name)
		if err != nil {
			conn.WriteJSON(map[string]string{"error": err.Error()}) // want `sends the text of an exception to the client` low
			continue
		}
		rows.Close()
	}
}
