package probe_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
)

// peer is a server that behaves as its fields say: for what the twin, which
// speaks one language of its own, can't be.
type peer struct {
	// refuse is the status for a handshake, 0 to take it.
	refuse func(*http.Request) int
	// retryAfter is said with every refusal, if anything.
	retryAfter string
	// greet is said on opening, close ends the connection behind it.
	greet func(*http.Request) []string
	close int
	// answer is what a message is answered with.
	answer       func(r *http.Request, message string) []string
	subprotocols []string
}

// start starts the peer and returns its address.
func (p peer) start(t *testing.T) *url.URL {
	t.Helper()
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, Subprotocols: p.subprotocols}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.refuse != nil {
			if status := p.refuse(r); status != 0 {
				if p.retryAfter != "" {
					w.Header().Set("Retry-After", p.retryAfter)
				}
				http.Error(w, http.StatusText(status), status)
				return
			}
		}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		say := func(texts []string) {
			for _, text := range texts {
				if c.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
					return
				}
			}
		}
		if p.greet != nil {
			say(p.greet(r))
		}
		if p.close != 0 {
			c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(p.close, "no"))
			return
		}
		for {
			_, m, err := c.ReadMessage()
			if err != nil {
				return
			}
			if p.answer != nil {
				say(p.answer(r, string(m)))
			}
		}
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse("ws" + strings.TrimPrefix(server.URL, "http") + "/live")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// as is an identity with one header line.
func as(name, header, value string) probe.Identity {
	return probe.Identity{Name: name, Lines: []wireclient.Line{{Name: header, Value: value}}}
}
