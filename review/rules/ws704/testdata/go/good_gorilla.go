package chat

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

const idle = 60 * time.Second

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(4096)
	extend := func(string) error { return conn.SetReadDeadline(time.Now().Add(idle)) }
	conn.SetPongHandler(extend)
	extend("")
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		handle(conn, data)
	}
}
