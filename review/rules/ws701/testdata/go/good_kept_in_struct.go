package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader websocket.Upgrader

const maxMessage = 64 << 10

type client struct{ conn *websocket.Conn }

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &client{conn: conn}
	go c.read()
}

func (c *client) read() {
	defer c.conn.Close()
	c.conn.SetReadLimit(maxMessage)
	for {
		if _, _, err := c.conn.ReadMessage(); err != nil {
			return
		}
	}
}

// feed only writes: what nobody reads fills no memory.
func feed(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for i := range 10 {
		if conn.WriteJSON(i) != nil {
			return
		}
	}
}
