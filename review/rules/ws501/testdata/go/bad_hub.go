package chat

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

type client struct {
	conn *websocket.Conn
	send chan []byte
}

type hub struct {
	clients   map[*client]bool
	broadcast chan []byte
}

func newHub() *hub {
	return &hub{clients: map[*client]bool{}, broadcast: make(chan []byte)}
}

func (h *hub) run() {
	for message := range h.broadcast {
		for c := range h.clients {
			select {
			case c.send <- message: // want `whole message of a client is relayed` high
			default:
				delete(h.clients, c)
			}
		}
	}
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &client{conn: conn, send: make(chan []byte, 64)}
	h.clients[c] = true
	go c.write()
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		h.broadcast <- message
	}
}

func (c *client) write() {
	for message := range c.send {
		c.conn.WriteMessage(websocket.TextMessage, message)
	}
}
