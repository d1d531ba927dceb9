package chat

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

type client struct {
	conn  *websocket.Conn
	mu    sync.Mutex
	queue [][]byte
}

func (c *client) send(data []byte) {
	c.mu.Lock()
	c.queue = append(c.queue, data)
	c.mu.Unlock()
}

var clients = map[*client]bool{}

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	clients[&client{conn: conn}] = true
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		for c := range clients {
			c.send(data) // want `c.send queues what a slow reader doesn't take`
		}
	}
}
