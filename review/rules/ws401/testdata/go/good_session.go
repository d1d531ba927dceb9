package server

import (
	"database/sql"
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

type message struct {
	UserID string `json:"userId"`
	Symbol string `json:"symbol"`
}

var db *sql.DB

func userOf(r *http.Request) string { return r.Context().Value("user").(string) }

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
		db.Exec("INSERT INTO orders (user_id, symbol) VALUES (?, ?)", userOf(r), msg.Symbol)
	}
}
