package feed

import (
	"log"
	"time"

	"github.com/gorilla/websocket"
)

func follow() {
	for {
		conn, _, err := websocket.DefaultDialer.Dial("wss://feed.example.com", nil)
		if err != nil {
			log.Print(err)
			time.Sleep(5 * time.Second) // want `after the same pause each time \(5 \* time.Second\)` low
			continue
		}
		read(conn)
	}
}

func read(conn *websocket.Conn) {
	defer conn.Close()
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}
