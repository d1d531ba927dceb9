package trade

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

type message struct {
	Type   string
	Token  string
	Symbol string
}

func serve(w http.ResponseWriter, r *http.Request) {
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	var user *claims
	for {
		var m message
		if err := c.ReadJSON(&m); err != nil {
			return
		}
		if m.Type == "auth" {
			user, _ = verifyToken(m.Token)
			continue
		}
		if user == nil {
			return
		}
		switch m.Type {
		case "order":
			placeOrder(user, m.Symbol)
		}
	}
}
