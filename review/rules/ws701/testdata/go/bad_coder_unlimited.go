package upload

import (
	"net/http"

	"github.com/coder/websocket"
)

func receive(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(-1) // want `any size` high
	for {
		_, data, err := c.Read(r.Context())
		if err != nil {
			return
		}
		if err := store(r.Context(), data); err != nil {
			c.Close(websocket.StatusInternalError, "not stored")
			return
		}
	}
}
