package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "malformed-message",
		Summary:    "sends texts that are no JSON, or JSON that no client writes, and looks whether the handler survives",
		Weaknesses: []*catalogue.Weakness{catalogue.ParseUnguarded},
		Cost:       Cost{Connections: 26, Messages: 40, Time: 25 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runMalformed,
	})
}

const fixParse = "wrap the parsing and the handler in one try, answer a constant error, and let no message end the process"

// malformed are messages that a handler must survive.
var malformed = []struct{ what, text string }{
	{"a brace", "{"},
	{"an empty text", ""},
	{"null", "null"},
	{"a number", "1"},
	{"a list", "[]"},
	{"a text that is no object", `"wswarden"`},
	{"an object without a type", "{}"},
	{"a type that is null", `{"type":null,"action":null,"event":null}`},
	{"a type that is an object", `{"type":{},"action":{},"event":{}}`},
	{"a key twice", `{"type":"wswarden-a","type":"wswarden-b"}`},
	{"a byte order mark", "\ufeff" + `{"type":"wswarden-ping"}`},
	{"half a surrogate pair", `{"type":"wswarden-\ud800"}`},
	{"a number beyond all bounds", `{"type":"wswarden-ping","action":"wswarden-ping","id":1e400}`},
}

func runMalformed(ctx context.Context, s *Session) error {
	w := catalogue.ParseUnguarded
	raw := s.envelope().raw
	if raw == nil {
		s.NotJudged(w, "texts that are no messages of %s end with its library and do not reach the application", s.Facts().Framework())
		return nil
	}
	usual, err := s.react(ctx, s.harmless())
	if err != nil {
		return err
	}
	var ended []string
	var first report.Evidence
	for _, m := range malformed {
		r, err := s.react(ctx, raw(m.text))
		if errors.Is(err, ErrUnsteady) || len(ended) > 0 && err != nil && ctx.Err() == nil && !errors.Is(err, ErrBudget) {
			s.Weak(Finding{Weakness: w, Severity: catalogue.High, Evidence: first, Fix: fixParse, Anchor: "process",
				Message: fmt.Sprintf("After %s no connection can be opened any more: one message has ended the whole process, for everybody.", strings.Join(ended, ", "))})
			return nil
		}
		if err != nil {
			return err
		}
		if !r.broken() || usual.broken() && m.text != "" && r.signature() == usual.signature() {
			continue
		}
		if len(ended) == 0 {
			first = r.evidence
		}
		ended = append(ended, m.what)
	}
	switch {
	case len(ended) > 0:
		s.Weak(Finding{Weakness: w, Evidence: first, Fix: fixParse, Anchor: "handler",
			Message: fmt.Sprintf("A message ends the connection without a proper Close, as a handler does that throws: %s. Whatever the handler held for others, a lock, a turn, the process, may go with it.", strings.Join(ended, ", "))})
	case usual.broken():
		s.NotJudged(w, "every text ends the connection, also well-formed ones of an unknown type")
	default:
		s.Pass(w, "the connection outlives %d malformed messages, or is closed properly", len(malformed))
	}
	return nil
}
