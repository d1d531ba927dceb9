package feed

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
)

var allowed = []string{"https://app.example.com", "https://admin.example.com"}

var pattern = regexp.MustCompile(`^https://(app|admin)\.example\.com$`)

var byList = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { return slices.Contains(allowed, r.Header.Get("Origin")) }}

var byPattern = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { return pattern.MatchString(r.Header.Get("Origin")) }}

var byHost = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return strings.EqualFold(u.Host, r.Host)
}}

func a(w http.ResponseWriter, r *http.Request) {
	conn, _ := byList.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func b(w http.ResponseWriter, r *http.Request) {
	conn, _ := byPattern.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func c(w http.ResponseWriter, r *http.Request) {
	conn, _ := byHost.Upgrade(w, r, nil)
	conn.ReadMessage()
}
