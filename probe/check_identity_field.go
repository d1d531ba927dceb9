package probe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "identity-field", Summary: "says in messages that the sender is somebody else, and looks for whom the server acts",
		Weaknesses: []*catalogue.Weakness{catalogue.IdentityFromClient}, Group: State, Needs: NeedIdentity | NeedAccepted, Cost: Cost{Connections: 60, Messages: 300, Time: 60 * time.Second}, Run: runIdentityField,
	})
}

const fixIdentity = "take who acts from the connection, never from the message; with guard: set: {userId: session.user}"

func runIdentityField(ctx context.Context, s *Session) error {
	w := catalogue.IdentityFromClient
	v, err := s.converse(ctx, func(known) bool { return true })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	victim := canary("victim")
	if len(s.Target.Identities) > 1 {
		victim = userOf(&s.Target.Identities[1])
	}
	ear, err := v.ear(ctx)
	if err != nil {
		return err
	}
	defer ear.close()
	tried := 0
	for _, k := range v.known {
		if k.reads() || !v.works(k) {
			continue // a read of another's is for the check of two identities
		}
		for _, member := range identityMembers(k) {
			payload := maps.Clone(k.payload)
			payload[member] = victim
			tried++
			a, heard, err := v.heard(ctx, ear, k.name, payload)
			if err != nil {
				return err
			}
			if u, acted := actedFor(v.speak, heard, victim, userOf(s.Target.Identity())); acted {
				s.Weak(Finding{Weakness: w, Fix: fixIdentity, Evidence: report.Evidence{Request: a.evidence.Request, Response: s.Mask(showUnit(u))}, Anchor: k.name + "." + member,
					Message: fmt.Sprintf("A message %q of %s whose member %q names somebody else is carried out in that name. Whoever is connected acts as anybody.", k.name, name(s.Target.Identity()), member)})
				break
			}
		}
	}
	if tried == 0 {
		s.NotJudged(w, "no message that changes something is known and answered")
		return nil
	}
	s.Pass(w, "%d messages that name another sender are refused, or carried out in the name of who sent them", tried)
	return nil
}

// identityMembers are the names under which a message is made to say who sends
// it: those that it has, and the usual ones.
func identityMembers(k known) []string {
	var out []string
	for member := range k.payload {
		if identityName.MatchString(member) {
			out = append(out, member)
		}
	}
	slices.Sort(out)
	for _, usual := range []string{"userId", "user", "username"} {
		if _, has := k.payload[usual]; !has {
			out = append(out, usual)
		}
	}
	return out
}

// actedFor returns the message by which a server shows that it acted for the
// victim: one that names him and not the sender, and is no refusal. One that
// names both passes on what was sent, and one of the type echo shows nothing.
func actedFor(speak speech, units []wire.Unit, victim, sender string) (wire.Unit, bool) {
	for _, u := range units {
		h := speak.hear(u)
		if h.refusal == "" && saysUser(h.body, victim) && !saysUser(h.body, sender) && !strings.EqualFold(h.typ, "echo") {
			return u, true
		}
	}
	return wire.Unit{}, false
}
