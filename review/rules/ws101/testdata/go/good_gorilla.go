package feed

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/websocket"
)

// The default compares the host.
var byDefault = websocket.Upgrader{ReadBufferSize: 1024}

var byList = websocket.Upgrader{CheckOrigin: allowed}

var origins = map[string]bool{"https://app.example.com": true}

func allowed(r *http.Request) bool {
	got := r.Header["Origin"]
	return len(got) == 1 && origins[got[0]]
}

var byHost = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && strings.EqualFold(u.Host, r.Host)
}}

var custom func(r *http.Request) bool

var byVariable = websocket.Upgrader{CheckOrigin: custom} // nil is the default

func serve(u *websocket.Upgrader, w http.ResponseWriter, r *http.Request) {
	conn, err := u.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	conn.ReadMessage()
}

func a(w http.ResponseWriter, r *http.Request) {
	conn, _ := byDefault.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func b(w http.ResponseWriter, r *http.Request) {
	conn, _ := byList.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func c(w http.ResponseWriter, r *http.Request) {
	conn, _ := byHost.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func d(w http.ResponseWriter, r *http.Request) {
	conn, _ := byVariable.Upgrade(w, r, nil)
	conn.ReadMessage()
}
