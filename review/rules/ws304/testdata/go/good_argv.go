package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

type message struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Count int    `json:"count"`
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
		out, _ := exec.Command("ping", "-c", "1", msg.Name).Output()
		cut, _ := exec.Command("sh", "-c", fmt.Sprintf("head -n %d log", msg.Count)).Output()
		conn.WriteMessage(websocket.TextMessage, append(out, cut...))
	}
}
