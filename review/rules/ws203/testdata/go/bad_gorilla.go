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
	var who *claims
	for {
		var m message
		if err := c.ReadJSON(&m); err != nil {
			return
		}
		switch m.Type {
		case "auth":
			who, _ = verifyToken(m.Token)
		case "order":
			placeOrder(who, m.Symbol) // want `"order" is processed`
		}
	}
}
