package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func handle(w http.ResponseWriter, r *http.Request) {
	user, err := verifyToken(r.Header.Get("Authorization"))
	if user == nil {
		http.Error(w, "sign in", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	serve(conn, user)
}
