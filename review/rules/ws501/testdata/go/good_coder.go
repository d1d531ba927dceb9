package cursor

import (
	"net/http"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

type position struct{ X, Y int }

type board struct {
	mu      sync.Mutex
	members map[*websocket.Conn]bool
}

func (b *board) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	b.mu.Lock()
	b.members[conn] = true
	b.mu.Unlock()
	for {
		var at position
		if err := wsjson.Read(r.Context(), conn, &at); err != nil {
			return
		}
		b.mu.Lock()
		for c := range b.members {
			wsjson.Write(r.Context(), c, position{X: at.X, Y: at.Y})
		}
		b.mu.Unlock()
	}
}
