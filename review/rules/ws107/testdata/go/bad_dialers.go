package feed

import (
	"crypto/tls"

	"github.com/gorilla/websocket"
)

func dial() (*websocket.Conn, error) {
	d := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // want `InsecureSkipVerify turns off`
	c, _, err := d.Dial("wss://prices.internal.example/ws", nil)
	return c, err
}
