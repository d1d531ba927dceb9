package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/probe/corpus"
)

// identityName matches names of members that say who somebody is.
var identityName = regexp.MustCompile(`(?i)^(user|user_?name|user_?id|owner|owner_?id|account|account_?id|author|sender|from|nick|player|uid|sub)$`)

// errNotAllowed says that no payload was found that a condition allows.
var errNotAllowed = errors.New("no message was found that the condition allows to this identity; record one (--messages)")

// allowed returns a payload of the type that schema and condition allow.
func (r *promiser) allowed(m *spoken) (map[string]any, error) {
	who, known := claimsOf(r.first())
	for _, p := range r.candidates(m, who) {
		if !m.shape.Valid(corpus.Encode(p)) || m.tried && sameValues(p, m.good) {
			continue
		}
		if m.rule.Allows == nil {
			return p, nil
		}
		for _, as := range []Claims{who, withRoles(who, m.rule.Allow, known)} {
			if ok, err := m.rule.Allows(r.encode(m, p), as); err == nil && ok {
				return p, nil
			}
		}
	}
	if m.good != nil {
		return m.good, nil
	}
	if m.rule.Allows != nil {
		return nil, errNotAllowed
	}
	return nil, corpus.ErrNoExample
}

func sameValues(a, b map[string]any) bool {
	return string(corpus.Encode(a)) == string(corpus.Encode(b))
}

// encode is the payload as conditions see it: with the type where that is a
// member of it.
func (r *promiser) encode(m *spoken, payload map[string]any) []byte {
	if j, ok := r.speak.(jsonSpeech); ok {
		return j.wrap(m.rule.Type, payload, 0)
	}
	return corpus.Encode(payload)
}

// withRoles returns who with every role that a condition may name, where his
// roles are not known.
func withRoles(who Claims, source string, known bool) Claims {
	if !known {
		who.Roles, _ = literals(source)
	}
	return who
}

// literals returns the texts and numbers of an expression.
func literals(source string) (texts []string, numbers []float64) {
	for _, m := range literal.FindAllStringSubmatch(source, -1) {
		switch {
		case m[1] != "":
			texts = appendNew(texts, m[1])
		case m[2] != "":
			texts = appendNew(texts, m[2])
		case m[3] != "":
			if n, err := strconv.ParseFloat(m[3], 64); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	return texts, numbers
}

var literal = regexp.MustCompile(`"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)'|\b(\d+(?:\.\d+)?)\b`)

// maxCandidates bounds the payloads that are tried in search of one.
const maxCandidates = 3000

// candidates are payloads of a type, the likely ones first: recorded ones, those
// made of the schema with values that the server has used, and variations of
// what the condition looks at.
func (r *promiser) candidates(m *spoken, who Claims) []map[string]any {
	var out []map[string]any
	if c := r.s.Target.Corpus; c != nil {
		if known := corpus.Find(c.Client, m.rule.Type); known != nil {
			out = append(out, decodeObjects(known.Samples)...)
		}
	}
	given := map[string]any{r.typeField(): m.rule.Type}
	if _, plain := r.speak.(jsonSpeech); !plain {
		given = map[string]any{}
	}
	base, err := m.shape.Example(given)
	if err != nil {
		return out
	}
	if m.tried {
		for name := range base {
			if have := r.values[name]; len(have) > 0 && name != r.typeField() {
				if p := corpus.With(base, name, have[0]); m.shape.Valid(corpus.Encode(p)) {
					base = p
				}
			}
		}
	}
	for name, v := range base {
		if _, isText := v.(string); isText && identityName.MatchString(name) && who.User != "" {
			if p := corpus.With(base, name, who.User); m.shape.Valid(corpus.Encode(p)) {
				base = p
			}
		}
	}
	out = append(out, base)
	if m.rule.Allow == "" {
		return out
	}
	return append(out, r.variations(m, base, who)...)
}

// variations change the members that a condition looks at to values that it
// names, and to some around them.
func (r *promiser) variations(m *spoken, base map[string]any, who Claims) []map[string]any {
	texts, numbers := literals(m.rule.Allow)
	out := []map[string]any{base}
	for _, name := range slices.Sorted(maps.Keys(base)) {
		if name == r.typeField() || !strings.Contains(m.rule.Allow, name) {
			continue
		}
		var values []any
		switch v := base[name].(type) {
		case string:
			values = append(values, v)
			for _, user := range []string{who.User, r.other(), "wswarden-other"} {
				if user == "" {
					continue
				}
				values = append(values, user)
				for _, t := range texts {
					values = append(values, t+user)
				}
			}
			for _, t := range texts {
				values = append(values, t, t+"x", strings.TrimSuffix(t, ":")+":x")
			}
			values = append(values, r.values[name]...)
		case float64:
			values = append(values, v)
			for _, n := range numbers {
				values = append(values, n, n+1, n-1, n*2)
			}
		case bool:
			values = append(values, true, false)
		default:
			continue
		}
		var next []map[string]any
		for _, p := range out {
			next = append(next, p)
			for _, v := range values {
				if len(next) < maxCandidates {
					next = append(next, corpus.With(p, name, v))
				}
			}
			less := maps.Clone(p)
			delete(less, name)
			next = append(next, less)
		}
		out = next
	}
	return out
}

// allow holds the endpoint to the condition of a type, with the first identity
// that it denies something to.
func (r *promiser) allow(ctx context.Context, t, _ *talk, m *spoken) error {
	if m.rule.Allows == nil {
		return nil
	}
	text := "a message is refused unless " + m.rule.Allow
	w := r.aboutAllow(m)
	why := "no valid message was found that the condition denies to an identity"
	for i := range r.s.Target.Identities {
		id := &r.s.Target.Identities[i]
		who, known := claimsOf(id)
		list, certain := r.denied(m, who, known)
		if len(list) == 0 {
			continue
		}
		if !certain && r.toldRoles(id, m.rule.Allow) {
			why = fmt.Sprintf("%s seems to have a role that it names: take an identity without", name(id))
			continue
		}
		as := t
		if i > 0 {
			as = r.talk(id)
			defer as.close()
		}
		return r.allowAs(ctx, as, m, w, text, list, certain)
	}
	r.open(m.rule.Type, w, text, why)
	return nil
}

// allowAs sends what the condition denies, until something is let through.
func (r *promiser) allowAs(ctx context.Context, t *talk, m *spoken, w *catalogue.Weakness, text string, denied []map[string]any, certain bool) error {
	var last answered
	for _, payload := range denied {
		a, err := t.ask(ctx, m.rule.Type, payload, m.control.types...)
		switch {
		case errors.Is(err, errNotOpen):
			r.open(m.rule.Type, w, text, err.Error())
			return nil
		case err != nil:
			return err
		case !r.letThrough(m, a):
			last = a
			continue
		case certain:
			r.broken(m.rule.Type, w, text, fmt.Sprintf("it was carried out: %v", a), a.evidence)
		default:
			r.doubtful(m.rule.Type, w, text, fmt.Sprintf("it was carried out, unless %s has a role that is named there: %v", name(t.who), a), a.evidence)
		}
		return nil
	}
	switch {
	case r.byApplication(last):
		r.open(m.rule.Type, w, text, fmt.Sprintf("the application refused it, guard did not: %v", last))
	case m.good == nil && last.silent():
		r.open(m.rule.Type, w, text, "nothing came back")
	case m.good == nil, r.refusedByOther(m, last):
		r.held(m.rule.Type, w, text, last.String())
	default:
		r.judge(m, w, text, last)
	}
	return nil
}

// letThrough reports whether a message that the condition denies was answered
// as one that it allows is; where it allows none, by anything but a refusal.
func (r *promiser) letThrough(m *spoken, a answered) bool {
	if m.good == nil {
		return a.refusal == "" && !a.ended && !a.silent()
	}
	return m.works && a.accepted(m.control)
}

// refusedByOther reports whether a message that the condition denies was
// refused, in whatever words, where the valid one is answered.
func (r *promiser) refusedByOther(m *spoken, a answered) bool {
	return m.works && a.refusal != ""
}

// maxDenied is how many payloads that a condition denies are tried.
const maxDenied = 4

// denied returns valid payloads that the condition denies, the likeliest attacks
// first, and whether it does so whatever roles the identity has.
func (r *promiser) denied(m *spoken, who Claims, known bool) (list []map[string]any, certain bool) {
	withAll := withRoles(who, m.rule.Allow, known)
	base := m.good
	if base == nil {
		list := r.candidates(m, who)
		if len(list) == 0 {
			return nil, false
		}
		base = list[0]
	}
	var sure, maybe []map[string]any
	for _, p := range r.likelyFirst(m, r.variations(m, base, who)) {
		message := r.encode(m, p)
		if !m.shape.Valid(corpus.Encode(p)) || len(sure) >= maxDenied {
			continue
		}
		ok, err := m.rule.Allows(message, who)
		if err != nil || ok {
			continue
		}
		if yes, err := m.rule.Allows(message, withAll); err == nil && !yes {
			sure = append(sure, p)
		} else if len(maybe) < maxDenied {
			maybe = append(maybe, p)
		}
	}
	if len(sure) > 0 {
		return sure, true
	}
	return maybe, known
}

// likelyFirst sorts payloads: those that name the other user in the way that the
// condition names the sender are the attack.
func (r *promiser) likelyFirst(m *spoken, list []map[string]any) []map[string]any {
	other := r.other()
	words, _ := literals(m.rule.Allow)
	score := func(p map[string]any) int {
		text := string(corpus.Encode(p))
		n := 0
		if other != "" && strings.Contains(text, other) {
			n = 1
			for _, w := range words {
				if strings.Contains(text, w+other) {
					n = 2
				}
			}
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b map[string]any) int { return score(b) - score(a) })
	return list
}

// toldRoles reports whether the server has said that somebody has a role that a
// condition names.
func (r *promiser) toldRoles(who *Identity, source string) bool {
	roles, _ := literals(source)
	for _, h := range r.heard {
		if h.who != who {
			continue
		}
		found := false
		pairs(r.speak.hear(h.unit).body, func(name string, v any) {
			if n := strings.ToLower(name); n == "role" || n == "roles" || n == "groups" || n == "permissions" {
				texts(v, func(role string) { found = found || slices.Contains(roles, role) })
			}
		})
		if found {
			return true
		}
	}
	return false
}

// aboutAllow is what is open where a condition is not in force: by what it
// speaks of.
func (r *promiser) aboutAllow(m *spoken) *catalogue.Weakness {
	about := strings.ToLower(m.rule.Type + " " + m.rule.Allow)
	for _, word := range []string{"channel", "room", "topic", "subscri", "join"} {
		if strings.Contains(about, word) {
			return catalogue.SubscribeUnchecked
		}
	}
	if strings.Contains(about, "session.user") || strings.Contains(about, "session.name") {
		return catalogue.IDOR
	}
	return catalogue.PrivilegedUnchecked
}
