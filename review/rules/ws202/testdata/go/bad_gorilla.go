package feed

import (
	"net/http"
	"net/url"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	claims, err := verifyToken(r.URL.Query().Get("token")) // want `"token" is read`
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	read(c, claims)
}

func dial(token string) (*websocket.Conn, error) {
	u := url.URL{Scheme: "wss", Host: "api.example.com", Path: "/ws"}
	q := u.Query()
	q.Set("access_token", token) // want `"access_token" becomes part`
	u.RawQuery = q.Encode()
	c, _, err := websocket.DefaultDialer.Dial(u.String(), nil)
	return c, err
}
