package agent

import (
	"log"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func handle(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil) // want `gorilla compares Origin with the Host of the request, and Host with nothing` medium
	if err != nil {
		return
	}
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		run(data)
	}
}

func main() {
	http.HandleFunc("/ws", handle)
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
