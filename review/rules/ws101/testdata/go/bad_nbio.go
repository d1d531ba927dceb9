package feed

import (
	"net/http"

	"github.com/lesismal/nbio/nbhttp/websocket"
)

func newUpgrader() *websocket.Upgrader {
	u := websocket.NewUpgrader()
	u.CheckOrigin = func(r *http.Request) bool { return true } // want `lets every origin in` high
	u.OnMessage(func(c *websocket.Conn, messageType websocket.MessageType, data []byte) {
		c.WriteMessage(messageType, data)
	})
	return u
}

var upgrader = newUpgrader()

func serve(w http.ResponseWriter, r *http.Request) {
	if _, err := upgrader.Upgrade(w, r, nil); err != nil {
		return
	}
}
