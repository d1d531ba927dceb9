package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var origins = map[string]bool{"https://app.example.com": true}

var upgrader = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" {
		return true
	}
	return origins[origin] // want `passes with the Origin "null"` high
}}

func handle(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie("session")
	if err != nil {
		http.Error(w, "sign in", http.StatusUnauthorized)
		return
	}
	user := loadUser(cookie.Value)
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	serve(conn, user)
}
