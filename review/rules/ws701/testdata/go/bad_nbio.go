package feed

import (
	"net/http"

	"github.com/lesismal/nbio/nbhttp/websocket"
)

func newUpgrader() *websocket.Upgrader {
	u := websocket.NewUpgrader()
	u.MessageLengthLimit = 0 // want `any size` high
	u.OnMessage(func(c *websocket.Conn, messageType websocket.MessageType, data []byte) {
		c.WriteMessage(messageType, data)
	})
	return u
}

func serve(w http.ResponseWriter, r *http.Request) {
	if _, err := newUpgrader().Upgrade(w, r, nil); err != nil {
		return
	}
}
