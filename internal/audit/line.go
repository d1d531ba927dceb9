package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/redact"
)

// maxText bounds each text of a line: an Origin may be as long as a header.
const maxText = 512

// line is one event, under the names of the Elastic Common Schema where it has
// one. Names are flat, so that a line can be searched with grep.
type line struct {
	Time       string `json:"@timestamp"`
	ID         string `json:"event.id"`
	Action     string `json:"event.action"`
	Outcome    string `json:"event.outcome"`
	Duration   int64  `json:"event.duration,omitempty"` // nanoseconds
	Weakness   string `json:"wswarden.weakness,omitempty"`
	Rule       string `json:"wswarden.rule,omitempty"`
	Detail     string `json:"wswarden.detail,omitempty"`
	Message    string `json:"wswarden.message,omitempty"` // its type, as the configuration has it
	Route      string `json:"wswarden.route,omitempty"`
	Connection string `json:"wswarden.connection,omitempty"`
	Session    string `json:"wswarden.session,omitempty"` // 8 hex digits of its SHA-256
	Ticket     string `json:"wswarden.ticket,omitempty"`  // 8 hex digits of its SHA-256
	CloseCode  int    `json:"wswarden.close_code,omitempty"`
	Client     string `json:"source.ip,omitempty"`
	Origin     string `json:"http.request.origin,omitempty"`
	Status     int    `json:"http.response.status_code,omitempty"`
	User       string `json:"user.id,omitempty"`
	chainPart
}

// encode returns ev as one line with its line feed.
func encode(ev guard.Event) []byte {
	return marshal(line{
		Time:       ev.Time.UTC().Format(time.RFC3339Nano),
		ID:         ev.ID,
		Action:     ev.Action,
		Outcome:    string(ev.Outcome),
		Duration:   ev.Duration.Nanoseconds(),
		Weakness:   ev.Weakness,
		Rule:       ev.Rule,
		Detail:     Text(ev.Detail),
		Message:    Text(ev.Message),
		Route:      Text(ev.Route),
		Connection: ev.Connection,
		Session:    Pseudonym(ev.Session),
		Ticket:     ev.Ticket,
		CloseCode:  int(ev.Close),
		Client:     ev.Client,
		Origin:     Text(ev.Origin),
		Status:     ev.Status,
		User:       Text(ev.User),
	})
}

func marshal(l line) []byte {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return append(b, '\n')
}

// Text bounds and redacts what may hold input of a client.
func Text(s string) string {
	s = redact.String(s)
	if len(s) <= maxText {
		return s
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "\uFFFD") + "…"
}

// Pseudonym names a session without handing it out: in many applications its
// ID alone opens the account.
func Pseudonym(session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:4])
}

// NewID returns an ID for an event that does not come from a guard, in the form
// of those that do.
func NewID() string {
	var b [6]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}
