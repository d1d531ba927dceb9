package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	claims, err := redeemTicket(r.Context(), r.URL.Query().Get("ticket"))
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	read(c, claims, r.URL.Query().Get("room"))
}

// Not a handshake.
func confirm(w http.ResponseWriter, r *http.Request) {
	confirmAddress(r.URL.Query().Get("token"))
}

func dial(token string) (*websocket.Conn, error) {
	h := http.Header{"Authorization": {"Bearer " + token}}
	c, _, err := websocket.DefaultDialer.Dial("wss://api.example.com/ws?format=json", h)
	return c, err
}
