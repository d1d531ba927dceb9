package server

import (
	"database/sql"
	"encoding/json"
	"net/http"

	"example.com/app/notes"
	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

type message struct {
	NoteID string `json:"noteId"`
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
		if !notes.OwnedBy(r.Context(), msg.NoteID) {
			continue
		}
		db.Exec("DELETE FROM notes WHERE id = ?", msg.NoteID)
	}
}
