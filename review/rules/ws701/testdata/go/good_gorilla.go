package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

const maxMessage = 32 << 10

var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(maxMessage)
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		handle(conn, data)
	}
}
