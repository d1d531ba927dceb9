package jobs

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var job job
		if err := conn.ReadJSON(&job); err != nil {
			return
		}
		if err := run(r.Context(), job); err != nil {
			conn.WriteJSON(map[string]string{"error": err.Error()}) // want `sends the text of an exception to the client` low
		}
	}
}
