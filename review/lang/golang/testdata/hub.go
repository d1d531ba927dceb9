// Package chat is a hub of chat rooms as many are written.
package chat

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"sync"
	"time"

	_ "net/http/pprof"

	"github.com/gorilla/websocket"
	"gopkg.in/yaml.v3"
	nh "nhooyr.io/websocket"
)

const (
	writeWait      = 10 * time.Second
	pingPeriod     = (pongWait * 9) / 10
	pongWait       = 60 * time.Second
	maxMessageSize = 1 << 16
)

type kind int

const (
	_ kind = iota
	kindChat
	kindJoin
)

var upgrader = websocket.Upgrader{
	ReadBufferSize:  1024,
	WriteBufferSize: 1024,
	CheckOrigin: func(r *http.Request) bool {
		return allowed[r.Header.Get("Origin")]
	},
}

var (
	allowed = map[string]bool{
		"https://app.example.com":   true,
		"https://admin.example.com": true,
	}
	errRefused        = errors.New("refused")
	first, second int = 1, 2
	lock          sync.Mutex
)

// A client is one connection.
type client struct {
	hub  *hub
	conn *websocket.Conn
	send chan []byte `json:"-"`
	*session
	sync.Mutex
	name, role string
}

type session struct{ UserID string }

type hub struct {
	clients    map[*client]bool
	register   chan *client
	unregister chan *client
	broadcast  chan []byte
}

type message struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

type handler interface {
	http.Handler
	handle(ctx context.Context, m *message) (reply []byte, err error)
}

type handlerFunc func(*client, *message) error

var handlers = map[string]handlerFunc{
	"chat": (*client).chat,
	"join": func(c *client, m *message) error { return nil },
}

func (h *hub) run() {
	for {
		select {
		case c := <-h.register:
			h.clients[c] = true
		case c, ok := <-h.unregister:
			if !ok {
				return
			}
			if _, ok := h.clients[c]; ok {
				delete(h.clients, c)
				close(c.send)
			}
		case m := <-h.broadcast:
			for c := range h.clients {
				select {
				case c.send <- m:
				default:
					close(c.send)
				}
			}
		}
	}
}

func (c *client) readPump() {
	defer func() {
		c.hub.unregister <- c
		c.conn.Close()
	}()
	c.conn.SetReadLimit(maxMessageSize)
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			if websocket.IsUnexpectedCloseError(err, websocket.CloseGoingAway) {
				log.Printf("error: %v", err)
			}
			break
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			continue
		}
		if handle, ok := handlers[m.Type]; ok {
			_ = handle(c, &m)
		} else if m.Type == "" || len(m.Payload) > 10 && !c.admin() {
			panic(errRefused)
		} else {
			handlers[m.Type](c, &m)
		}
	}
}

func (c *client) chat(m *message) (err error) {
	c.Lock()
	defer c.Unlock()
	c.count++
	c.total -= 2
	buf := append([]byte(nil), m.Payload[1:len(m.Payload)-1]...)
	c.send <- buf
	return
}

func (*client) admin() bool { return false }

func serve(h *hub, w http.ResponseWriter, r *http.Request) (*client, error) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	c := &client{hub: h, conn: conn, send: make(chan []byte, 256), session: &session{r.URL.Query().Get("user")}}
	c.hub.register <- c
	go c.readPump()
	return c, nil
}

func describe(v any, rest ...string) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case *websocket.CloseError, error:
		return v.(error).Error()
	case []byte:
		return string(v)
	case func(int) (string, error):
		s, _ := v(1)
		return s
	default:
		_ = yaml.Marshal
		return nh.StatusNormalClosure.String()
	}
}

func loop(n int) {
outer:
	for i, j := 0, n; i < j; i, j = i+1, j-1 {
		switch x := i % 3; {
		case x == 0, x == 1:
			fallthrough
		case x == 2:
			continue outer
		default:
			break outer
		}
	}
	for n > 0 {
		n--
	}
	for range 3 {
		goto done
	}
	for _, c := range []rune("a") {
		_ = c &^ 'b'
	}
done:
	x := ^n
	_ = x
}

func main() {
	h := &hub{}
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		serve(h, w, r)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
