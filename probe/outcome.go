package probe

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

// A Kind is what became of a handshake. A 101 alone decides nothing: many
// servers open the connection first and close it when they have looked.
type Kind uint8

// The kinds.
const (
	// Dropped: the connection ended, or went silent, without an answer.
	Dropped Kind = iota
	// Refused: an HTTP answer other than 101.
	Refused
	// Closed: 101, and then the server ended the connection by itself, with or
	// without data before.
	Closed
	// Denied: 101, and then the protocol above WebSocket said that it lets nobody
	// in this way, with or without ending the connection.
	Denied
	// Open: 101, and the connection stayed open, without data from the server.
	Open
	// Served: 101, data from the server, and the connection stayed open.
	Served
)

// An Outcome is what became of a handshake.
type Outcome struct {
	Kind Kind
	// Status, Header and Body are those of the answer; Body is cut at 64 KiB.
	Status int
	Header http.Header
	Body   []byte
	// Code and Reason are those of the Close frame, CloseAbnormal if the
	// connection ended without one.
	Code   wire.CloseCode
	Reason string
	// Messages are the first messages of the server.
	Messages []wire.Unit
	// Denial is what the protocol above said against the client, of Denied.
	Denial string
	// Invalid says what makes a 101 none that opens a WebSocket, empty if nothing.
	Invalid string
	// Evidence has the request and what came back, credentials masked.
	Evidence report.Evidence
	// came is how long after the 101 the last came that the server said.
	came time.Duration
}

// Accepted reports whether the server took the connection and kept it.
func (o Outcome) Accepted() bool { return o.Kind == Open || o.Kind == Served }

// Upgraded reports whether the answer was 101, whatever came then.
func (o Outcome) Upgraded() bool { return o.Status == http.StatusSwitchingProtocols }

// Throttled reports whether the server refused because it was asked too often.
func (o Outcome) Throttled() bool {
	return o.Kind == Refused && (o.Status == http.StatusTooManyRequests || o.Status == http.StatusServiceUnavailable && o.Header.Get("Retry-After") != "")
}

// Like reports whether o and p are the same answer, as far as an outsider can
// tell: both accepted, or refused in the same way.
func (o Outcome) Like(p Outcome) bool {
	if o.Accepted() || p.Accepted() {
		return o.Accepted() && p.Accepted()
	}
	if o.Kind != p.Kind {
		return false
	}
	switch o.Kind {
	case Refused:
		return o.Status == p.Status && shape(string(o.Body)) == shape(string(p.Body))
	case Closed:
		return o.Code == p.Code && shape(o.Reason) == shape(p.Reason)
	case Denied:
		return shape(o.Denial) == shape(p.Denial)
	}
	return true
}

// SameData reports whether o and p got the same data, but for what changes from
// one connection to the next: digits, and words that hold some.
func (o Outcome) SameData(p Outcome) bool {
	return slices.Equal(shapes(o.Messages), shapes(p.Messages))
}

func shapes(us []wire.Unit) []string {
	var out []string
	for _, u := range us {
		if s := shape(string(u.Payload)); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// shape is text without words that hold digits.
func shape(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' })
	words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	return strings.Join(words, " ")
}

// String says in words what became of the handshake.
func (o Outcome) String() string {
	switch o.Kind {
	case Refused:
		return fmt.Sprintf("refused with %d", o.Status)
	case Closed:
		text := "opened, then closed"
		if o.Code != wire.CloseAbnormal {
			text += " with " + o.Code.String()
		}
		if len(o.Messages) > 0 {
			text += ", after data"
		}
		return text
	case Denied:
		return fmt.Sprintf("opened, then refused by a message (%s)", clip(o.Denial, 120))
	case Open:
		return "opened"
	case Served:
		return "opened and served data"
	}
	return "ended without an answer"
}
