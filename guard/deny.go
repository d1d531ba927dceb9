package guard

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// Denial is a decision against a request, a message or a connection. It is a
// value, not an error: the pipeline worked.
type Denial struct {
	// Weakness is the entry of the catalogue that it closes, such as WS101;
	// empty where none fits, as for a backend that is down.
	Weakness string
	// Rule is the stable name of the check, such as "origin.foreign".
	Rule string
	// Status is the HTTP answer before the 101.
	Status int
	// Close is the close code after it.
	Close CloseCode
	// Code is the word that a client may act on, such as "ticket_invalid". It
	// tells no more than Public.
	Code string
	// Public is what the peer may read: constant text.
	Public string
	// Detail is what the operator may read. It may quote input with %q, never a
	// credential or a payload.
	Detail string
	// Retry tells a client whether another attempt makes sense.
	Retry Retry
	// RetryAfter says when; zero says nothing.
	RetryAfter time.Duration
	// hard marks what [Monitor] does not let pass: there is nothing well
	// formed to pass on, or memory would have no bound.
	hard bool
	// answered says that the peer has its answer.
	answered bool
	// ending marks what ends the connection, whatever messages.reject says.
	ending bool
	// malformed marks what could not be read, as against what is not allowed.
	malformed bool
	// follows marks what belongs to a message that was refused before.
	follows bool
	// message is the type of message, as the configuration names it.
	message string
}

// Retry is the advice of a close reason.
type Retry string

const (
	// RetryNo says that the same attempt fails again.
	RetryNo Retry = "no"
	// RetryFresh says that a new credential is needed.
	RetryFresh Retry = "fresh"
	// RetryWait says to try again later.
	RetryWait Retry = "wait"
	// RetryNow says to try again at once, spread out.
	RetryNow Retry = "now"
)

// deny returns a refusal before the 101.
func deny(w *catalogue.Weakness, rule string, status int, code, public string) *Denial {
	d := &Denial{Rule: rule, Status: status, Code: code, Public: public, Retry: RetryNo}
	if w != nil {
		d.Weakness = w.ID
	}
	return d
}

// cut returns a refusal of an open connection. word is what the close reason
// starts with.
func cut(w *catalogue.Weakness, rule string, code CloseCode, word string, retry Retry) *Denial {
	d := &Denial{Rule: rule, Close: code, Code: word, Retry: retry}
	if w != nil {
		d.Weakness = w.ID
	}
	return d
}

// because sets what the operator reads.
func (d *Denial) because(format string, args ...any) *Denial {
	d.Detail = fmt.Sprintf(format, args...)
	return d
}

// after sets when a client may try again.
func (d *Denial) after(t time.Duration) *Denial {
	d.RetryAfter = t
	d.Retry = RetryWait
	return d
}

// always marks d as refused in monitor mode too.
func (d *Denial) always() *Denial {
	d.hard = true
	return d
}

// reason returns the close reason for event id (guard.md of the protocol
// between guard and client): word;r=advice[;t=seconds];i=event.
func (d *Denial) reason(event string) string {
	s := d.Code + ";r=" + string(d.Retry)
	if d.RetryAfter > 0 {
		s += fmt.Sprintf(";t=%d", seconds(d.RetryAfter))
	}
	s += ";i=" + event
	return s[:min(len(s), maxCloseReasonBytes)]
}

// seconds rounds up, so that nobody comes back too early.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// newID returns n random bytes in hex.
func newID(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}
