package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func handle(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	user, err := verifyToken(r.Header.Get("Authorization"))
	if user == nil {
		conn.Close() // want `refused for its missing or wrong credential after the upgrade` low
		return
	}
	serve(conn, user)
}
