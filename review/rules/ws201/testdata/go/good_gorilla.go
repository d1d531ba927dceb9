package shell

import (
	"net/http"
	"os/exec"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	if _, err := verifyToken(r.Header.Get("Authorization")); err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		_, line, err := c.ReadMessage()
		if err != nil {
			return
		}
		out, _ := exec.Command("sh", "-c", string(line)).CombinedOutput()
		c.WriteMessage(websocket.TextMessage, out)
	}
}
