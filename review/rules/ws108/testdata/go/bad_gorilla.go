package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	h := http.Header{}
	h.Set("Sec-WebSocket-Protocol", r.Header.Get("Sec-WebSocket-Protocol")) // want `sub-protocol`
	c, err := upgrader.Upgrade(w, r, h)
	if err != nil {
		return
	}
	defer c.Close()
	read(c)
}
