package server

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

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
		var msg map[string]any
		if json.Unmarshal(data, &msg) != nil { // want `nothing checks types or shape`
			continue
		}
		conn.WriteJSON(map[string]any{"said": msg["text"]})
	}
}
