package feed

import (
	"log"
	"time"

	"github.com/gorilla/websocket"
)

func follow(url string) {
	for {
		conn, _, err := websocket.DefaultDialer.Dial(url, nil)
		if err == nil {
			err = read(conn)
			conn.Close()
		}
		log.Print("feed: ", err)
		time.Sleep(5 * time.Second) // want `client reconnects|pause before the client` low
	}
}

func read(conn *websocket.Conn) error {
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		store(data)
	}
}
