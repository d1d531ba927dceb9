package server

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
	"gorm.io/gorm"
)

var upgrader websocket.Upgrader

type message struct {
	ID   uint   `json:"id"`
	Text string `json:"text"`
}

type Note struct {
	ID   uint
	Text string
}

var db *gorm.DB

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
		db.Model(&Note{}).Where("owner = ?", 1).Updates(map[string]any{"text": msg.Text})
	}
}
