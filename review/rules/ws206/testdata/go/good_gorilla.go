package feed

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	user, err := authenticate(r)
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		handle(user, data)
	}
}

func changePassword(w http.ResponseWriter, r *http.Request) {
	if err := store.SetPassword(r.Context(), userID(r), r.FormValue("password")); err != nil {
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	disconnectUser(userID(r))
}

func disconnectUser(id string) {
	for _, c := range hub.connectionsOf(id) {
		c.Close()
	}
}

func main() {
	http.HandleFunc("/ws", serve)
	http.HandleFunc("/password", changePassword)
	http.ListenAndServe(":8080", nil)
}
