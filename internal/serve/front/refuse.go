package front

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard"
)

const (
	answerTimeout = 2 * time.Second
	lingerTimeout = 500 * time.Millisecond
)

// refuse records d and answers it as problem+json (RFC 9457), the way the guard
// does. What a client is still sending is thrown away for a moment: closing a
// socket with unread data resets it, and the reset overtakes the answer. It
// does not close conn.
func (l *Listener) refuse(conn net.Conn, d *guard.Denial) {
	id := l.record(addrOf(conn.RemoteAddr()), d)
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		ID     string `json:"id"`
	}{"urn:wswarden:problem:" + d.Code, d.Public, d.Status, d.Code, id})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	conn.SetDeadline(time.Now().Add(answerTimeout))
	_, err = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\n"+
		"Content-Type: application/problem+json\r\n"+
		"Cache-Control: no-store\r\n"+
		"X-Content-Type-Options: nosniff\r\n"+
		"Content-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s\n", d.Status, http.StatusText(d.Status), len(body)+1, body)
	if err != nil || closeWrite(conn) != nil {
		return
	}
	conn.SetReadDeadline(time.Now().Add(lingerTimeout))
	io.CopyN(io.Discard, conn, maxDiscard)
}
