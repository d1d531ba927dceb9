package feed

import (
	"net/http"

	"github.com/lesismal/nbio/nbhttp/websocket"
)

func newUpgrader() *websocket.Upgrader {
	u := websocket.NewUpgrader()
	u.MessageLengthLimit = 32 << 10
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
