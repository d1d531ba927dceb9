package ask

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var (
	upgrader = websocket.Upgrader{}
	open     = map[string]int{}
)

func ask(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	open[r.Host]++ // want `open counts the client here` medium
	for {
		_, question, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if string(question) == "bye" {
			break
		}
		conn.WriteMessage(websocket.TextMessage, answer(question))
	}
	open[r.Host]--
}
