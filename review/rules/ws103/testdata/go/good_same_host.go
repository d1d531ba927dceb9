package feed

import (
	"net/http"
	"net/url"

	"github.com/gorilla/websocket"
)

// As the library does it: no browser leaves the header out.
var upgrader = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
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
