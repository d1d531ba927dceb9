package collect

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{
	ReadBufferSize:    4096,
	EnableCompression: true, // want `nothing bounds what comes out` high
}

func collect(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		_, batch, err := conn.ReadMessage()
		if err != nil {
			return
		}
		store(batch)
	}
}
