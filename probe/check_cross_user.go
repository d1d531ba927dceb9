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
)

func init() {
	register(&Check{
		Name: "cross-user", Summary: "repeats reads of one identity as the other and as nobody, with the other's ids, and compares the answers",
		Weaknesses: []*catalogue.Weakness{catalogue.IDOR}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: Cost{Connections: 60, Messages: 300, Time: 60 * time.Second}, Run: runCrossUser,
	})
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
	// Who a read is about may be left out where it is about oneself.
	candidates := append(slices.Sorted(maps.Keys(k.payload)), identityMembers(k)...)
	for _, member := range slices.Compact(candidates) {
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
