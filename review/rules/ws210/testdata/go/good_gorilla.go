package agent

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

var (
	upgrader = websocket.Upgrader{}
	token    = sha256.Sum256([]byte(os.Getenv("AGENT_TOKEN")))
)

func serve(w http.ResponseWriter, r *http.Request) {
	given := sha256.Sum256([]byte(r.Header.Get("X-Agent-Token")))
	if subtle.ConstantTimeCompare(given[:], token[:]) != 1 {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	if r.Header.Get("X-Agent-Token") == "" {
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	read(c)
}
