package agent

import (
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

var (
	upgrader = websocket.Upgrader{}
	token    = os.Getenv("AGENT_TOKEN")
)

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Agent-Token") != token { // want `compares a secret`
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	read(c)
}
