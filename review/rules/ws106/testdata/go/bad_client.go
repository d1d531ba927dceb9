package feed

import (
	"net/url"

	"github.com/gorilla/websocket"
)

func follow() (*websocket.Conn, error) {
	u := url.URL{Scheme: "ws", Host: "prices.example.com", Path: "/feed"}
	c, _, err := websocket.DefaultDialer.Dial(u.String(), nil) // want `prices.example.com`
	return c, err
}
