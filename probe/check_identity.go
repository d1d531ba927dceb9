package probe

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	cost := Cost{Connections: 60, Messages: 300, Time: 60 * time.Second}
	register(&Check{
		Name: "cross-user", Summary: "repeats reads of one identity as the other and as nobody, with the other's ids, and compares the answers",
		Weaknesses: []*catalogue.Weakness{catalogue.IDOR}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: cost, Run: runCrossUser,
	}, &Check{
		Name: "identity-field", Summary: "says in messages that the sender is somebody else, and looks for whom the server acts",
		Weaknesses: []*catalogue.Weakness{catalogue.IdentityFromClient}, Group: State, Needs: NeedIdentity | NeedAccepted, Cost: cost, Run: runIdentityField,
	}, &Check{
		Name: "mass-assignment", Summary: "adds role, isAdmin, balance and the like to messages, and looks whether the record has them",
		Weaknesses: []*catalogue.Weakness{catalogue.MassAssignment}, Group: State, Needs: NeedAccepted, Cost: cost, Run: runMassAssignment,
	}, &Check{
		Name: "privileged-message", Summary: "sends the messages that you name as privileged (--privileged)",
		Weaknesses: []*catalogue.Weakness{catalogue.PrivilegedUnchecked}, Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 20, Messages: 60, Time: 20 * time.Second}, Run: runPrivileged,
	})
}

const fixIdentity = "take who acts from the connection, never from the message; with guard: set: {userId: session.user}"

// conversation is what checks of messages work with.
type conversation struct {
	s     *Session
	speak speech
	known []known
	// controls are the answers to each known message as the first identity.
	controls map[string]answered
	t        *talk
}

// converse opens a conversation of the first identity and sends each message
// that is known once. It returns nil after it has said why there is none.
func (s *Session) converse(ctx context.Context, pick func(known) bool) (*conversation, error) {
	msgs, speak := s.knownMessages()
	if speak == nil || len(msgs) == 0 {
		s.NotJudged(nil, noMessages)
		return nil, nil
	}
	v := &conversation{s: s, speak: speak, controls: map[string]answered{}, t: s.newTalk(s.Target.Identity(), speak)}
	for _, k := range msgs {
		if !pick(k) || len(v.known) >= 24 {
			continue
		}
		a, err := v.t.ask(ctx, k.name, k.payload)
		if err != nil {
			v.close()
			return nil, err
		}
		v.known = append(v.known, k)
		v.controls[k.name] = a
	}
	if err := v.t.learnNoise(ctx); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

func (v *conversation) close() { v.t.close() }

// works reports whether a message is answered, and not refused.
func (v *conversation) works(k known) bool {
	a := v.controls[k.name]
	return a.refusal == "" && !a.ended && len(a.units) > 0
}

// bodies are the decoded answers.
func bodies(speak speech, units []wire.Unit) []any {
	var out []any
	for _, u := range units {
		if b := speak.hear(u).body; b != nil {
			out = append(out, b)
		}
	}
	return out
}

// idName matches names of members that name an object.
var idName = regexp.MustCompile(`(?i)(^|_)ids?$|[a-z]I[dD]$|^(number|no|ref|uuid|key|slug|name)$`)

// idsOf collects values of members that name objects, by the lower-case name,
// with that of the object around them put before a bare id.
func idsOf(speak speech, units []wire.Unit) map[string][]any {
	out := map[string][]any{}
	for _, b := range bodies(speak, units) {
		pairs(b, func(name string, v any) {
			switch v.(type) {
			case string, float64:
				if idName.MatchString(name) && len(out[strings.ToLower(name)]) < 4 {
					out[strings.ToLower(name)] = append(out[strings.ToLower(name)], v)
				}
			}
		})
	}
	return out
}

func runCrossUser(ctx context.Context, s *Session) error {
	w := catalogue.IDOR
	v, err := s.converse(ctx, func(k known) bool { return s.Target.Write || k.reads() })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	other := &s.Target.Identities[1]
	b := s.newTalk(other, v.speak)
	defer b.close()
	// What the other sees of his own.
	var seen []wire.Unit
	for _, k := range v.known {
		a, err := b.ask(ctx, k.name, v.as(k, other).payload)
		if err != nil {
			return err
		}
		seen = append(seen, a.units...)
	}
	ids := idsOf(v.speak, append(seen, b.greeting...))
	tried, weak := 0, false
	for _, k := range v.known {
		for _, swapped := range v.swaps(k, ids, other) {
			own, err := b.ask(ctx, k.name, swapped.payload)
			if err != nil {
				return err
			}
			if own.refusal != "" || own.ended || !v.personal(own, other) {
				continue // nothing of the other's comes back even to himself
			}
			tried++
			foreign, err := v.t.ask(ctx, k.name, swapped.payload, own.types...)
			if err != nil {
				return err
			}
			if v.same(foreign, own) {
				weak = true
				s.Weak(Finding{Weakness: w, Fix: "look the object up together with its owner, and answer as if it were not there otherwise", Evidence: foreign.evidence, Anchor: k.name,
					Message: fmt.Sprintf("%s gets with a message %q what belongs to %s: the same answer as he does himself. Whoever counts through the ids reads everybody's.%s", name(s.Target.Identity()), k.name, name(other), s.asNobody(ctx, v.speak, swapped, own))})
				break
			}
		}
	}
	switch {
	case weak:
	case tried == 0:
		s.NotJudged(w, "no read of %s brought back an object that names its owner, so that there was nothing to ask for: record some (--messages)", name(other))
	default:
		s.Pass(w, "%d reads of what belongs to %s are refused to %s", tried, name(other), name(s.Target.Identity()))
	}
	return nil
}

// as puts the other's name where a message says who asks.
func (v *conversation) as(k known, who *Identity) known {
	me := userOf(v.s.Target.Identity())
	out := known{k.name, maps.Clone(k.payload)}
	for member, value := range out.payload {
		if value == me && me != "" {
			out.payload[member] = userOf(who)
		}
	}
	return out
}

// swaps are the message with ids of the other's in the place of those that it
// has.
func (v *conversation) swaps(k known, ids map[string][]any, other *Identity) []known {
	var out []known
	for _, member := range slices.Sorted(maps.Keys(k.payload)) {
		lower := strings.ToLower(member)
		var values []any
		if identityName.MatchString(member) {
			values = append(values, userOf(other))
		}
		if idName.MatchString(member) {
			values = append(values, ids[lower]...)
			if strings.HasSuffix(lower, "id") {
				values = append(values, ids["id"]...)
			}
		}
		for _, value := range values {
			if value == k.payload[member] || len(out) >= 12 {
				continue
			}
			p := maps.Clone(k.payload)
			p[member] = value
			out = append(out, known{k.name, p})
		}
	}
	return out
}

// personal reports whether an answer says whose it is.
func (v *conversation) personal(a answered, who *Identity) bool {
	for _, b := range bodies(v.speak, a.units) {
		if saysUser(b, userOf(who)) {
			return true
		}
	}
	return false
}

// same reports whether two answers hold the same message.
func (v *conversation) same(a, b answered) bool {
	if a.refusal != "" || a.ended {
		return false
	}
	for _, x := range bodies(v.speak, a.units) {
		for _, y := range bodies(v.speak, b.units) {
			if equalJSON(x, y) {
				return true
			}
		}
	}
	return false
}

// asNobody says whether nobody gets it too.
func (s *Session) asNobody(ctx context.Context, speak speech, k known, own answered) string {
	t := s.newTalk(nil, speak)
	defer t.close()
	a, err := t.ask(ctx, k.name, k.payload, own.types...)
	if err != nil || !(&conversation{speak: speak}).same(a, own) {
		return ""
	}
	return " So does who has not signed in."
}

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

// ear is a connection that listens: of the second identity where there is one.
func (v *conversation) ear(ctx context.Context) (*talk, error) {
	who := v.s.Target.Identity()
	if ids := v.s.Target.Identities; len(ids) > 1 {
		who = &ids[1]
	}
	t := v.s.newTalk(who, v.speak)
	t.perConn = 1 << 20
	return t, t.open(ctx)
}

// heard sends a message and returns what came of it at both connections.
func (v *conversation) heard(ctx context.Context, ear *talk, typ string, payload map[string]any) (answered, []wire.Unit, error) {
	if err := ear.open(ctx); err != nil {
		return answered{}, nil, err
	}
	if _, err := ear.drain(ctx, time.Millisecond); err != nil {
		return answered{}, nil, err
	}
	a, err := v.t.ask(ctx, typ, payload, v.controls[typ].types...)
	if err != nil {
		return a, nil, err
	}
	more, err := ear.drain(ctx, v.t.wait)
	return a, append(slices.Clone(a.units), more...), err
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

// changing matches names of messages that store a record.
var changing = regexp.MustCompile(`(?i)update|set|save|edit|create|add|register|profile|patch|modify|change|put|new`)

func runMassAssignment(ctx context.Context, s *Session) error {
	w := catalogue.MassAssignment
	v, err := s.converse(ctx, func(known) bool { return true })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	tried := 0
	for _, k := range v.known {
		if k.reads() || !changing.MatchString(k.name) || !v.works(k) {
			continue
		}
		mark := canary("role")
		payload := maps.Clone(k.payload)
		for member, value := range map[string]any{"role": mark, "isAdmin": true, "verified": true, "balance": 987654321.0, "ownerId": mark} {
			if _, has := payload[member]; !has {
				payload[member] = value
			}
		}
		tried++
		a, err := v.t.ask(ctx, k.name, payload, v.controls[k.name].types...)
		if err != nil {
			return err
		}
		u, stored, err := v.stored(ctx, a, mark)
		if err != nil {
			return err
		}
		if stored {
			s.Weak(Finding{Weakness: w, Fix: "copy the members that a client may set, one by one, and refuse messages with others", Evidence: report.Evidence{Request: a.evidence.Request, Response: s.Mask(showUnit(u))}, Anchor: k.name,
				Message: fmt.Sprintf("Members that were added to a message %q, such as role, are in the record afterwards: the message is saved whole, and a user gives himself what he likes.", k.name)})
			// Put the record back as well as it can be.
			if _, err := v.t.ask(ctx, k.name, k.payload, v.controls[k.name].types...); err != nil {
				return err
			}
		}
	}
	if tried == 0 {
		s.NotJudged(w, "no message that stores a record is known and answered")
		return nil
	}
	s.Pass(w, "members that were added to %d messages are refused, or in no record afterwards", tried)
	return nil
}

// stored looks for a mark in an answer and in what later reads bring back.
func (v *conversation) stored(ctx context.Context, a answered, mark string) (wire.Unit, bool, error) {
	if a.refusal != "" || a.ended {
		return wire.Unit{}, false, nil
	}
	if u, found := find(v.speak, a.units, mark); found {
		return u, true, nil
	}
	for _, k := range v.known {
		if !k.reads() {
			continue
		}
		b, err := v.t.ask(ctx, k.name, k.payload, v.controls[k.name].types...)
		if err != nil {
			return wire.Unit{}, false, err
		}
		if u, found := find(v.speak, b.units, mark); found {
			return u, true, nil
		}
	}
	return wire.Unit{}, false, nil
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
