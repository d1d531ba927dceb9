package feed

import (
	"log"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

func follow() {
	ceiling := time.Second
	for {
		conn, _, err := websocket.DefaultDialer.Dial("wss://feed.example.com", nil)
		if err != nil {
			log.Print(err)
			time.Sleep(rand.N(ceiling))
			ceiling = min(2*ceiling, time.Minute)
			continue
		}
		ceiling = time.Second
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
