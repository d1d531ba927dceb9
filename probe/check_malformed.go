package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
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
	}, &Check{
		Name:       "dispatch",
		Summary:    "sends the types constructor, toString, __proto__ and others, and compares with an invented one",
		Weaknesses: []*catalogue.Weakness{catalogue.DynamicDispatch},
		Cost:       Cost{Connections: 10, Messages: 24, Time: 20 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runDispatch,
	}, &Check{
		Name:       "prototype",
		Summary:    "sends a message with a __proto__ key that holds a harmless mark, and looks for the mark later",
		Weaknesses: []*catalogue.Weakness{catalogue.PrototypePollution},
		Cost:       Cost{Connections: 13, Messages: 30, Time: 20 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runPrototype,
	})
}

const (
	fixParse    = "wrap the parsing and the handler in one try, answer a constant error, and let no message end the process"
	fixDispatch = "choose the handler from a Map or a switch over the known types, and refuse every other with the same answer"
	fixProto    = "check the message against a schema without additional properties, and copy the fields that are known instead of merging"
)

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

// reaction is what a message did to its connection.
type reaction struct {
	alive    bool
	answers  []wire.Unit
	closing  *wire.Unit
	unasked  []string // shapes of what the server sends by itself
	evidence report.Evidence
}

// broken reports whether the handler ended rather than refused: the connection
// is gone without a Close frame, or with the code of an internal error.
func (r reaction) broken() bool {
	return !r.alive && (r.closing == nil || r.closing.Code == wire.CloseInternalError || r.closing.Code == wire.CloseAbnormal)
}

// signature is what tells one reaction from another: the shapes of the answers,
// without what was sent and without what comes unasked.
func (r reaction) signature(sent ...string) string {
	var parts []string
	for _, u := range r.answers {
		text := string(u.Payload)
		for _, w := range sent {
			text = strings.ReplaceAll(text, w, "…")
		}
		if p := shape(text); !slices.Contains(r.unasked, p) && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	slices.Sort(parts)
	if r.closing != nil {
		parts = append(parts, "close "+r.closing.Code.String())
	} else if !r.alive {
		parts = append(parts, "ended")
	}
	return strings.Join(parts, "|")
}

// react sends a message on a fresh connection and waits for what comes of it.
// What the server sends without being asked is taken off first.
func (s *Session) react(ctx context.Context, text string) (reaction, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return reaction{}, err
	}
	defer c.Close()
	if err := c.SendText(ctx, text); err != nil && !errors.Is(err, ErrEnded) {
		return reaction{}, err
	}
	// The pong of a ping behind it says that it was read; the answer may still
	// be on its way, and so may the end.
	alive, before, err := c.Alive(ctx, max(4*s.Settle(), time.Second))
	if err != nil {
		return reaction{}, err
	}
	after, err := c.Drain(ctx, s.Settle()/2)
	if err != nil {
		return reaction{}, err
	}
	closing, over := c.Closing()
	return reaction{alive && !over, append(before, after...), closing, shapes(s.Control.Messages), c.Evidence()}, nil
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

func runDispatch(ctx context.Context, s *Session) error {
	w := catalogue.DynamicDispatch
	const unknown = "wswardenUnknown"
	usual, err := s.react(ctx, s.typed(unknown))
	if err != nil {
		return err
	}
	again, err := s.react(ctx, s.typed(unknown+"Too"))
	if err != nil {
		return err
	}
	base := usual.signature(unknown+"Too", unknown)
	if again.signature(unknown+"Too", unknown) != base {
		s.NotJudged(w, "the answers to two invented types differ, so that a difference shows nothing")
		return nil
	}
	if base == "" {
		s.NotJudged(w, "an invented type is not answered, so that another answer can't be told from it")
		return nil
	}
	for _, name := range []string{"constructor", "toString", "__proto__", "hasOwnProperty", "__class__", "__init__"} {
		r, err := s.react(ctx, s.typed(name))
		if err != nil {
			return err
		}
		if r.signature(name) == base {
			continue
		}
		// Once more: a message of somebody else may have come in between.
		if r, err = s.react(ctx, s.typed(name)); err != nil {
			return err
		}
		if r.signature(name) == base {
			continue
		}
		s.Weak(Finding{Weakness: w, Evidence: r.evidence, Fix: fixDispatch, Anchor: "dispatch", Confidence: report.MediumConfidence,
			Message: fmt.Sprintf("The type %q is answered otherwise than an invented one: something is found under that name, which is a property that every object has. A client reaches functions that are no handlers.", name)})
		return nil
	}
	s.Pass(w, "types that are properties of every object are answered like an invented one")
	return nil
}

func runPrototype(ctx context.Context, s *Session) error {
	w := catalogue.PrototypePollution
	mark := "wswardenMark" + strings.ToLower(wire.NewKey()[:6])
	mark = strings.NewReplacer("+", "x", "/", "y").Replace(mark)
	plain, err := s.react(ctx, s.envelope().typed(harmlessName, `,"note":{"`+mark+`":"1"}`))
	if err != nil {
		return err
	}
	poisoned, err := s.react(ctx, s.envelope().typed(harmlessName, `,"__proto__":{"`+mark+`":"1"}`))
	if err != nil {
		return err
	}
	if poisoned.broken() && !plain.broken() {
		bad, err := s.react(ctx, "{")
		if err != nil {
			return err
		}
		if bad.broken() {
			s.NotJudged(w, "what the server can't read ends the connection, a __proto__ key like any other: see WS301")
			return nil
		}
		s.Weak(Finding{Weakness: w, Evidence: poisoned.evidence, Confidence: report.MediumConfidence, Fix: fixProto, Anchor: "ended",
			Message: "A message with a __proto__ key ends the connection, and the same without it does not: the key reaches code that merges or looks up by it."})
		return nil
	}
	// A message of a type that the server knows gets further than one of an
	// invented type; these only ask.
	var later reaction
	for _, write := range s.narrowEnvelopes() {
		for _, name := range []string{"ping", "hello", "whoami", "status"} {
			if _, err = s.react(ctx, write(name, `,"__proto__":{"`+mark+`":"1"}`)); err != nil {
				return err
			}
		}
		if later, err = s.react(ctx, write("whoami", "")); err != nil {
			return err
		}
		if slices.ContainsFunc(later.answers, func(u wire.Unit) bool { return strings.Contains(string(u.Payload), mark) }) {
			s.Weak(Finding{Weakness: w, Evidence: later.evidence, Fix: fixProto, Anchor: "mark",
				Message: "A mark that one message put below __proto__ comes back in the answer to another, on another connection: the prototype of all objects was changed, for every user."})
			return nil
		}
	}
	if len(poisoned.answers) == 0 && len(later.answers) == 0 {
		s.NotJudged(w, "nothing is answered, so that a mark could not come back; with the messages of the application (--config) more can be seen")
		return nil
	}
	s.Pass(w, "a mark below __proto__ does not come back")
	return nil
}
