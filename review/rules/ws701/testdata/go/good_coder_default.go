// The default of coder/websocket is 32 KiB.
package feed

import (
	"net/http"

	"github.com/coder/websocket"
)

func receive(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{"app.example.com"}})
	if err != nil {
		return
	}
	defer c.CloseNow()
	for {
		_, data, err := c.Read(r.Context())
		if err != nil {
			return
		}
		handle(data)
	}
}
