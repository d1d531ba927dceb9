package probe

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "prototype",
		Summary:    "sends a message with a __proto__ key that holds a harmless mark, and looks for the mark later",
		Weaknesses: []*catalogue.Weakness{catalogue.PrototypePollution},
		Cost:       Cost{Connections: 13, Messages: 30, Time: 20 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runPrototype,
	})
}

const fixProto = "check the message against a schema without additional properties, and copy the fields that are known instead of merging"

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
