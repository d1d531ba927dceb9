package feed

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gorilla/websocket"
)

var bySuffix = websocket.Upgrader{
	CheckOrigin: func(r *http.Request) bool {
		return strings.HasSuffix(r.Header.Get("Origin"), "example.com") // want `how Origin ends lets in https://evilexample\.com` high
	},
}

var pattern = regexp.MustCompile(`https://app.example.com`)

var byPattern = websocket.Upgrader{
	CheckOrigin: func(r *http.Request) bool {
		return pattern.MatchString(r.Header.Get("Origin")) // want `This pattern for Origin lets in` high
	},
}

func sameSite(r *http.Request) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	if err != nil {
		return false
	}
	return strings.Contains(u.Host, "localhost") // want `This search for a text in Origin lets in` high
}

var byHelper = websocket.Upgrader{CheckOrigin: sameSite}

func a(w http.ResponseWriter, r *http.Request) {
	conn, _ := bySuffix.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func b(w http.ResponseWriter, r *http.Request) {
	conn, _ := byPattern.Upgrade(w, r, nil)
	conn.ReadMessage()
}

func c(w http.ResponseWriter, r *http.Request) {
	conn, _ := byHelper.Upgrade(w, r, nil)
	conn.ReadMessage()
}
