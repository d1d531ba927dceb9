package feed

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	user, err := authenticate(r)
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	go watch(c, user.Session)
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		handle(user, data)
	}
}

func watch(c *websocket.Conn, session string) {
	for range time.Tick(time.Minute) {
		if !sessionValid(session) {
			c.Close()
			return
		}
	}
}

func sessionValid(id string) bool {
	valid, err := sessions.Valid(id)
	if err != nil {
		return false
	}
	return valid
}
