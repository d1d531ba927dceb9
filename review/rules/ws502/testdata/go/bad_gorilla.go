package desk

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"
)

type message struct{ Type, Token, Text string }

var (
	upgrader = websocket.Upgrader{}
	clients  = map[*websocket.Conn]bool{}
	users    = map[*websocket.Conn]*jwt.Token{}
)

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	clients[conn] = true
	for {
		var msg message
		if err := conn.ReadJSON(&msg); err != nil {
			return
		}
		if msg.Type == "auth" {
			if token, err := jwt.Parse(msg.Token, key, jwt.WithValidMethods([]string{"HS256"})); err == nil {
				users[conn] = token
			}
			continue
		}
		for c := range clients {
			c.WriteJSON(message{Type: "note", Text: msg.Text}) // want `goes to every open connection` medium
		}
	}
}
