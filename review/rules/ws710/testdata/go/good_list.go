package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var byDefault websocket.Upgrader

var members = map[string][]*websocket.Conn{}

func serveListed(w http.ResponseWriter, r *http.Request) {
	conn, err := byDefault.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		var req struct{ Topic string }
		if err := conn.ReadJSON(&req); err != nil {
			return
		}
		if req.Topic != "news" && req.Topic != "prices" {
			continue
		}
		members[req.Topic] = append(members[req.Topic], conn)
	}
}
