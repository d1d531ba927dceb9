package goserver

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// writeTimeout bounds one write to a connection whose peer has stopped reading.
const writeTimeout = 10 * time.Second

// client is one open connection. Its reader is the handler of /ws; its writer
// is the goroutine of write, because the library allows one writer at a time.
type client struct {
	conn  *websocket.Conn
	user  string        // empty: anonymous
	left  chan struct{} // closed by the reader when the connection is over
	ended chan struct{} // closed by the writer when it has returned
	wake  chan struct{} // holds one token while queue has something

	mu    sync.Mutex
	queue []frame // guarded by mu
}

type frame struct {
	opcode int
	data   []byte
}

func newClient(conn *websocket.Conn, user string) *client {
	c := &client{
		conn: conn, user: user,
		left:  make(chan struct{}),
		ended: make(chan struct{}),
		wake:  make(chan struct{}, 1),
	}
	// The answer to a close frame waits its turn behind the answers to what
	// came before it; the library's own handler would overtake them.
	conn.SetCloseHandler(func(code int, _ string) error {
		c.send(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""))
		return nil
	})
	return c
}

// send queues a message and never waits.
//
// FLAW WS706: the queue of a slow reader grows without limit, as it does in the
// servers in Node and Python by their libraries' defaults.
func (c *client) send(opcode int, data []byte) {
	c.mu.Lock()
	c.queue = append(c.queue, frame{opcode, data})
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *client) sendJSON(message any) {
	c.send(websocket.TextMessage, encode(message))
}

func (c *client) refuse(reason string) {
	c.sendJSON(errorMessage{Type: "error", Message: reason})
}

// write sends what is queued until the reader has left, a write fails or stop
// is closed. It closes the connection, which ends the reader too.
func (c *client) write(stop <-chan struct{}) {
	defer close(c.ended)
	defer c.conn.Close()
	for {
		select {
		case <-c.wake:
			if !c.flush() {
				return
			}
		case <-c.left:
			c.flush()
			return
		case <-stop:
			goingAway := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			c.conn.WriteControl(websocket.CloseMessage, goingAway, time.Now().Add(time.Second))
			return
		}
	}
}

func (c *client) flush() bool {
	c.mu.Lock()
	frames := c.queue
	c.queue = nil
	c.mu.Unlock()
	for _, f := range frames {
		c.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		if c.conn.WriteMessage(f.opcode, f.data) != nil {
			return false
		}
	}
	return true
}

// encode leaves < and > as they are: the flaw of the chat is that nothing
// touches its text.
func encode(message any) []byte {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		panic(err) // all messages are made of decoded JSON, strings and finite numbers
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
