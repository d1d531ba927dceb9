package feed

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	token := r.Header.Get("Authorization")
	claims, err := verifyToken(token)
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	go watch(c, token)
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		handle(claims, data)
	}
}

func watch(c *websocket.Conn, token string) {
	ticker := time.NewTicker(30 * time.Second)
	defer ticker.Stop()
	for range ticker.C {
		if _, err := verifyToken(token); err != nil {
			c.Close()
			return
		}
	}
}
