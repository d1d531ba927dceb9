package feed

import (
	"flag"
	"net/url"

	"github.com/gorilla/websocket"
)

var host = flag.String("host", "prices.example.com", "server")

func follow() (*websocket.Conn, error) {
	u := url.URL{Scheme: "wss", Host: *host, Path: "/feed"}
	c, _, err := websocket.DefaultDialer.Dial(u.String(), nil)
	return c, err
}

func local() (*websocket.Conn, error) {
	c, _, err := websocket.DefaultDialer.Dial("ws://localhost:8080/ws", nil)
	return c, err
}
