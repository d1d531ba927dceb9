package server

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

type message struct {
	Text string `json:"text"`
}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var msg message
		if err := json.Unmarshal(data, &msg); err != nil {
			continue
		}
		conn.WriteJSON(map[string]any{"said": msg.Text})
	}
}
