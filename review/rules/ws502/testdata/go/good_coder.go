package desk

import (
	"net/http"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

type message struct{ Type, Text string }

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		var msg message
		if err := wsjson.Read(r.Context(), conn, &msg); err != nil {
			return
		}
		wsjson.Write(r.Context(), conn, message{Type: "note", Text: msg.Text})
	}
}
