package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "privileged-message", Summary: "sends the messages that you name as privileged (--privileged)",
		Weaknesses: []*catalogue.Weakness{catalogue.PrivilegedUnchecked}, Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 20, Messages: 60, Time: 20 * time.Second}, Run: runPrivileged,
	})
}

func runPrivileged(ctx context.Context, s *Session) error {
	w := catalogue.PrivilegedUnchecked
	if len(s.Target.Privileged) == 0 {
		s.NotJudged(w, "which messages are privileged is not known, and guessing might succeed: name them (--privileged), or give a configuration whose conditions name roles (--config)")
		return nil
	}
	msgs, speak := s.knownMessages()
	if speak == nil {
		s.NotJudged(w, noMessages)
		return nil
	}
	// Where the role can be taken away, the first identity has it.
	who := s.Target.Identity()
	if s.Target.Demote != "" {
		if len(s.Target.Identities) < 2 {
			s.NotJudged(w, "%s has the role until --demote-hook takes it away: give a second identity that lacks it", name(who))
			return nil
		}
		who = &s.Target.Identities[1]
	}
	t := s.newTalk(who, speak)
	defer t.close()
	unknown, err := t.ask(ctx, "wswarden_unknown_type", map[string]any{})
	if err != nil {
		return err
	}
	for _, typ := range s.Target.Privileged {
		payload := map[string]any{}
		for _, k := range msgs {
			if k.name == typ {
				payload = k.payload
			}
		}
		a, err := t.ask(ctx, typ, payload)
		if err != nil {
			return err
		}
		switch {
		case a.ended, a.refusal != "" && a.refusal != unknown.refusal:
			s.Pass(w, "%q of %s: %v", typ, name(who), a)
		case a.refusal != "" || a.silent():
			s.NotJudged(w, "%q is answered as a type that does not exist: %v", typ, a)
		default:
			s.Weak(Finding{Weakness: w, Fix: "check the role of the connection's user in the handler of every privileged message", Evidence: a.evidence, Anchor: typ,
				Message: fmt.Sprintf("The message %q, which you named as privileged, is carried out for %s: %v.", typ, name(who), a)})
		}
	}
	return nil
}
