package goserver

import (
	"net/http"

	"github.com/gorilla/websocket"
)

// socket is the handler of /ws.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		refuse(w, http.StatusUpgradeRequired, "this is a WebSocket endpoint")
		return
	}
	if !s.enter() {
		refuse(w, http.StatusServiceUnavailable, "shutting down")
		return
	}
	defer s.running.Done()
	user := s.userOf(r)
	// FLAW WS201: who is nobody is served all the same.
	// FLAW WS703: nothing counts the connections of an address or a user.
	// FLAW WS701: no SetReadLimit, so a message may be of any size.
	// FLAW WS704, WS209: no ping, no read deadline, no maximum age.
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	c := newClient(conn, user)
	c.sendJSON(welcome{Type: "welcome", User: nullable(user)})
	s.market.join(c)
	go c.write(s.stop)
	defer func() {
		s.market.leave(c)
		close(c.left)
		<-c.ended
	}()
	for {
		// FLAW WS702: as many messages a second as the client can send.
		opcode, data, err := conn.ReadMessage()
		if err != nil {
			return
		}
		s.receive(c, opcode, data)
	}
}

// userOf tells who opens the connection; empty means anonymous.
func (s *Server) userOf(r *http.Request) string {
	if user := r.Header.Get("Wswarden-User"); s.opts.TrustGuard && user != "" {
		return user
	}
	// FLAW WS202: a token that lives for minutes travels in the URL, and
	// stays in the logs of every proxy on the way.
	if token := r.URL.Query().Get("token"); token != "" {
		return subject(s.book.fromToken(token))
	}
	return subject(s.book.fromRequest(r))
}

func subject(c *claims) string {
	if c == nil {
		return ""
	}
	return c.Subject
}

// nullable turns the empty string into JSON null.
func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
