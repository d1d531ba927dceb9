package feed

import (
	"net/http"

	"github.com/lesismal/nbio/nbhttp/websocket"
)

func echo(c *websocket.Conn, messageType websocket.MessageType, data []byte) {
	c.WriteMessage(messageType, data)
}

// The default compares the host.
func byDefault(w http.ResponseWriter, r *http.Request) {
	u := websocket.NewUpgrader()
	u.OnMessage(echo)
	if _, err := u.Upgrade(w, r, nil); err != nil {
		return
	}
}

func byList(w http.ResponseWriter, r *http.Request) {
	u := websocket.NewUpgrader()
	u.CheckOrigin = func(r *http.Request) bool {
		return r.Header.Get("Origin") == "https://app.example.com"
	}
	u.OnMessage(echo)
	if _, err := u.UpgradeAndTransferConnToPoller(w, r, nil); err != nil {
		return
	}
}
