package agent

import (
	"log"
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

func handle(w http.ResponseWriter, r *http.Request) {
	if r.Host != "localhost:8080" && r.Host != "127.0.0.1:8080" {
		http.Error(w, "unknown host", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	conn.ReadMessage()
}

func main() {
	http.HandleFunc("/ws", handle)
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
