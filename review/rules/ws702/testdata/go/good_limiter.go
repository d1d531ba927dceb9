package search

import (
	"database/sql"
	"net/http"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"golang.org/x/time/rate"
)

type server struct{ db *sql.DB }

func (s *server) search(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	limiter := rate.NewLimiter(2, 10)
	for {
		var query struct{ Text string }
		if err := wsjson.Read(r.Context(), conn, &query); err != nil {
			return
		}
		if !limiter.Allow() {
			conn.Close(websocket.StatusPolicyViolation, "rate")
			return
		}
		var n int
		if err := s.db.QueryRow("SELECT count(*) FROM articles WHERE body LIKE $1", "%"+query.Text+"%").Scan(&n); err != nil {
			return
		}
		wsjson.Write(r.Context(), conn, map[string]int{"hits": n})
	}
}
