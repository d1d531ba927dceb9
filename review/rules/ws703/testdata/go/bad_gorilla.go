package ticker

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func ticker(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil) // want `Nothing counts the connections of a client` medium
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetReadLimit(512)
	for {
		_, symbol, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteJSON(priceOf(string(symbol))); err != nil {
			return
		}
	}
}
