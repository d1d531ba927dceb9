package guard

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// problem is the body of a refusal (RFC 9457). It says what a client can act
// on and nothing about why: the audit log has that, under the same ID.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	ID     string `json:"id"`
}

// writeProblem answers with d and ends the connection: whatever a client has
// pipelined behind a refused upgrade is never served.
func writeProblem(w http.ResponseWriter, d *Denial, event string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	if d.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(d.RetryAfter)))
	}
	switch d.Status {
	case http.StatusUpgradeRequired:
		h.Set("Sec-WebSocket-Version", "13")
		h.Set("Upgrade", "websocket")
		h["Connection"] = []string{"close", "Upgrade"} // net/http closes for a first value that is "close" and nothing else
	case http.StatusMethodNotAllowed:
		h.Set("Allow", "POST, OPTIONS") // of the ticket endpoint; no other answers this
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(d.Status)
	body, err := json.Marshal(problem{"urn:wswarden:problem:" + d.Code, d.Public, d.Status, d.Code, event})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	w.Write(append(body, '\n'))
}
