package probe

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "role-change", Summary: "takes a role away by --demote-hook while a connection is open, and sends a privileged message on it",
		Weaknesses: []*catalogue.Weakness{catalogue.SensitiveUnrefreshed}, Group: State, Needs: NeedIdentity | NeedAccepted, Last: true,
		Cost: Cost{Connections: 4, Messages: 20, Time: 30 * time.Second}, Run: runRoleChange,
	})
}

func runRoleChange(ctx context.Context, s *Session) error {
	w := catalogue.SensitiveUnrefreshed
	typ := ""
	if len(s.Target.Privileged) > 0 {
		typ = s.Target.Privileged[0]
	}
	switch {
	case s.Target.Demote == "":
		s.NotJudged(w, "it needs a command or an address that takes the role away (--demote-hook)")
		return nil
	case typ == "":
		s.NotJudged(w, "it needs the type of a message that the role allows (--privileged)")
		return nil
	}
	msgs, speak := s.knownMessages()
	if speak == nil {
		s.NotJudged(w, noMessages)
		return nil
	}
	payload := map[string]any{}
	for _, k := range msgs {
		if k.name == typ {
			payload = k.payload
		}
	}
	t := s.newTalk(s.Target.Identity(), speak)
	defer t.close()
	before, err := t.ask(ctx, typ, payload)
	if err != nil {
		return err
	}
	if before.refusal != "" || before.ended || before.silent() {
		s.NotJudged(w, "%q is not carried out for %s before the change either: %v", typ, name(s.Target.Identity()), before)
		return nil
	}
	if _, err := s.hook(ctx, s.Target.Demote, http.MethodPost); err != nil {
		return err
	}
	if err := sleep(ctx, time.Second); err != nil {
		return err
	}
	if t.c.ended() {
		s.Pass(w, "the connection is ended when the role is taken away")
		return nil
	}
	after, err := t.ask(ctx, typ, payload, before.types...)
	if err != nil {
		return err
	}
	if after.accepted(before) {
		s.Weak(Finding{Weakness: w, Fix: "look the permissions up again before a sensitive action; with guard: fresh: true", Evidence: after.evidence, Anchor: typ,
			Message: fmt.Sprintf("A second after the role was taken away the message %q is carried out on the open connection: what counted at the handshake counts for its whole life.", typ)})
		return nil
	}
	s.Pass(w, "a second after the role was taken away %q is answered: %s", typ, strings.TrimSpace(after.String()))
	return nil
}
