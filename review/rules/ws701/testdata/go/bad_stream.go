package feed

import (
	"io"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func upload(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil) // want `A message may have any size` high
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		_, reader, err := conn.NextReader()
		if err != nil {
			return
		}
		data, err := io.ReadAll(reader)
		if err != nil {
			return
		}
		store(string(data))
	}
}

func store(text string) { db.Exec("INSERT INTO uploads VALUES (?)", text) }
