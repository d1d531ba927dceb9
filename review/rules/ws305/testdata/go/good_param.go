package server

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

type message struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

var db *sql.DB

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
		rows, err := db.Query("SELECT * FROM items WHERE name = ?", msg.Name)
		if err == nil {
			rows.Close()
		}
		db.Exec(fmt.Sprintf("DELETE FROM log LIMIT %d", msg.Count))
	}
}
