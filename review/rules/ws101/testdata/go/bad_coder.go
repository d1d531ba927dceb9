package feed

import (
	"net/http"

	"github.com/coder/websocket"
)

func handle(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // want `InsecureSkipVerify switches the check off` high
	})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	conn.Read(r.Context())
}
