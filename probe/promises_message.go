package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/probe/corpus"
)

// spoken is a type of messages that is under test.
type spoken struct {
	rule  *MessagePromise
	shape *corpus.Shape
	// good is a payload that the rules allow, and control what it is answered with.
	good    map[string]any
	control answered
	// tried says that good was sent; works that it was answered, and not by a
	// refusal.
	tried, works bool
}

// messages holds the endpoint to the rules of messages.
func (r *promiser) messages(ctx context.Context) error {
	rules := r.p.Rules
	if rules == nil {
		return nil
	}
	about := catalogue.SchemaMissing
	switch {
	case r.speak == nil:
		r.open("", about, "messages are held to their rules", fmt.Sprintf("messages of the dialect %q can't be made here yet", rules.Dialect))
		return nil
	case !r.s.Control.Accepted():
		r.open("", about, "messages are held to their rules", fmt.Sprintf("the control handshake was %v: an identity that may connect is needed (--identity)", r.s.Control))
		return nil
	}
	t, ear := r.talk(r.first()), r.talk(r.second())
	ear.perConn = 1 << 20
	defer t.close()
	defer ear.close()
	if err := ear.open(ctx); err != nil {
		if !errors.Is(err, errNotOpen) {
			return err
		}
		ear = nil
	}
	var types []*spoken
	for i := range rules.Client {
		if m := r.prepare(&rules.Client[i]); m != nil {
			types = append(types, m)
		}
	}
	r.spoken = types
	// Twice: what the server says to the first messages is what others may need.
	for range 2 {
		for _, m := range types {
			if err := r.control(ctx, t, m); err != nil {
				return err
			}
		}
	}
	if err := r.syntax(ctx, t, types); err != nil {
		return err
	}
	for _, m := range types {
		if err := r.message(ctx, t, ear, m); err != nil {
			return err
		}
	}
	r.fromServer()
	return nil
}

// prepare makes the first payload of a type, nil where none can be made.
func (r *promiser) prepare(rule *MessagePromise) *spoken {
	switch {
	case strings.HasSuffix(rule.Type, "*"):
		r.open(rule.Type, catalogue.SchemaMissing, "messages of these types are held to their rule", "the name is a pattern; list a type that it stands for to have it tested")
		return nil
	case rule.Monitor:
		r.open(rule.Type, catalogue.SchemaMissing, "messages of this type are held to their rule", "mode: monitor only records")
		return nil
	}
	shape, err := corpus.NewShape(rule.Schema)
	if err != nil {
		r.open(rule.Type, catalogue.SchemaMissing, "messages of this type are held to their schema", err.Error())
		return nil
	}
	return &spoken{rule: rule, shape: shape}
}

// control sends a payload that the rules allow, and notes what comes back.
func (r *promiser) control(ctx context.Context, t *talk, m *spoken) error {
	if m.works {
		return nil
	}
	good, err := r.allowed(m)
	if err != nil {
		if !m.tried {
			r.open(m.rule.Type, catalogue.SchemaMissing, "a message that is valid is accepted", err.Error())
		}
		m.tried = true
		return nil
	}
	m.good, m.tried = good, true
	if m.control, err = t.ask(ctx, m.rule.Type, good); err != nil {
		return err
	}
	if a := m.control; len(a.greetings) > 0 && len(a.types) == 0 && a.refusal == "" && !a.direct && !a.ended {
		// Some servers answer in the words in which they greet.
		if err := t.trust(ctx, a.greetings); err != nil {
			return err
		}
		if m.control, err = t.ask(ctx, m.rule.Type, good); err != nil {
			return err
		}
	}
	if err := t.learnNoise(ctx); err != nil {
		return err
	}
	m.works = !m.control.ended && m.control.refusal == "" && (m.control.direct || len(m.control.types) > 0)
	return nil
}

// message holds the endpoint to the rule of one type.
func (r *promiser) message(ctx context.Context, t, ear *talk, m *spoken) error {
	if m.good == nil {
		// What nobody here may send must be refused all the same.
		return r.allow(ctx, t, ear, m)
	}
	text := "a message that is valid is accepted"
	switch {
	case m.works:
		r.held(m.rule.Type, nil, text, m.control.String())
	case m.control.refusal != "" || m.control.ended:
		r.open(m.rule.Type, nil, text, fmt.Sprintf("%v; the application may want other values: record its messages (--messages)", m.control))
	default:
		r.open(m.rule.Type, nil, text, "nothing came back, so that refusals can only be told by what is said of them")
	}
	keep := []string{r.typeField()}
	for _, mut := range m.shape.Mutations(m.good, keep...) {
		if err := r.mutation(ctx, t, m, mut); err != nil {
			return err
		}
	}
	if m.rule.Fresh {
		r.open(m.rule.Type, catalogue.SensitiveUnrefreshed, "the session is judged again before each (fresh)", "it shows when a role is taken away while connected: --with role-change, with --demote-hook and --privileged")
	}
	for _, step := range []func(context.Context, *talk, *talk, *spoken) error{r.allow, r.set, r.clean, r.rate} {
		if err := step(ctx, t, ear, m); err != nil {
			return err
		}
	}
	return r.again(ctx, t, m)
}

func (r *promiser) typeField() string {
	name, _, _ := strings.Cut((&corpus.Corpus{TypeField: r.p.Rules.TypeField}).Field(), ".")
	return name
}

// again sends the control once more: where it is no longer answered as before,
// refusals in between prove nothing.
func (r *promiser) again(ctx context.Context, t *talk, m *spoken) error {
	if !m.works {
		return nil
	}
	a, err := t.ask(ctx, m.rule.Type, m.good, m.control.types...)
	if err != nil || a.accepted(m.control) {
		return err
	}
	r.open(m.rule.Type, catalogue.SchemaMissing, "refusals of this type are refusals of what was sent", fmt.Sprintf("the valid message was answered differently afterwards: %v", a))
	return nil
}

// mutation holds the endpoint to the refusal of a payload that breaks the
// schema.
func (r *promiser) mutation(ctx context.Context, t *talk, m *spoken, mut corpus.Mutation) error {
	w := catalogue.SchemaMissing
	if mut.Keyword == "additionalProperties" {
		w = catalogue.MassAssignment
	}
	text := fmt.Sprintf("a message is refused where %s (%s)", mut.Text, mut.Keyword)
	if m.rule.Drop && mut.Keyword == "additionalProperties" {
		return nil // removed, not refused
	}
	var payload any
	if err := json.Unmarshal(mut.Payload, &payload); err != nil {
		return nil
	}
	return r.mustRefuse(ctx, t, m, w, text, payload)
}

// mustRefuse sends a payload that has to be refused.
func (r *promiser) mustRefuse(ctx context.Context, t *talk, m *spoken, w *catalogue.Weakness, text string, payload any) error {
	a, err := t.ask(ctx, m.rule.Type, payload, m.control.types...)
	if err != nil {
		return err
	}
	r.judge(m, w, text, a)
	return nil
}

// byApplication reports whether a message got through a guard that refuses others,
// and was refused behind it: that shows nothing of the guard.
func (r *promiser) byApplication(a answered) bool {
	return r.guarded && a.refusal != "" && !a.own
}

// judge compares what came of a message that has to be refused with the
// control.
func (r *promiser) judge(m *spoken, w *catalogue.Weakness, text string, a answered) {
	typ := m.rule.Type
	switch {
	case r.byApplication(a):
		r.open(typ, w, text, fmt.Sprintf("the application refused it, guard did not: %v", a))
	case m.works && a.accepted(m.control):
		r.broken(typ, w, text, fmt.Sprintf("it was answered as the valid one is: %v", a), a.evidence)
	case a.ended, a.refusal != "" && a.refusal != m.control.refusal:
		r.held(typ, w, text, a.String())
	case a.refusal != "":
		r.open(typ, w, text, fmt.Sprintf("the valid message is answered in the same way: %v", a))
	case m.works:
		r.held(typ, w, text, "nothing came back, where the valid message is answered")
	default:
		r.open(typ, w, text, "neither it nor the valid message is answered")
	}
}

// syntax holds the endpoint to what no message may be, whatever its type.
func (r *promiser) syntax(ctx context.Context, t *talk, types []*spoken) error {
	var m *spoken
	for _, one := range types {
		if one.works {
			m = one
			break
		}
	}
	if m == nil {
		r.open("", catalogue.ParseUnguarded, "what is no message is refused", "no message of a listed type is answered")
		return nil
	}
	whole := t.speak.wrap(m.rule.Type, m.good, 0)
	plain, isJSON := t.speak.(jsonSpeech)
	if !r.p.Rules.UnknownPasses {
		unknown, err := t.ask(ctx, "wswarden_unknown_type", m.good, m.control.types...)
		if err != nil {
			return err
		}
		r.judge(&spoken{rule: &MessagePromise{}, control: m.control, works: true}, catalogue.DynamicDispatch, "a type without a rule is refused", answeredAtAll(unknown, m.control))
	}
	if !isJSON {
		return nil
	}
	depth := r.p.Rules.Depth
	if depth <= 0 {
		depth = 32
	}
	member := func(text string) []byte { return append([]byte("{"+text+","), whole[1:]...) }
	for _, c := range []struct {
		text    string
		w       *catalogue.Weakness
		message []byte
		skip    bool
	}{
		{"half a JSON text is refused", catalogue.ParseUnguarded, whole[:len(whole)-1], false},
		{"a member that stands twice is refused", catalogue.SchemaMissing, member(fmt.Sprintf("%q:%q", plain.field, m.rule.Type)), false},
		{"a member __proto__ is refused", catalogue.PrototypePollution, member(`"__proto__":{"wswarden":1}`), r.p.Rules.PrototypeKeys},
		{"nesting beyond the limit is refused", catalogue.ParseUnguarded, member(`"` + corpus.Unknown + `":` + strings.Repeat("[", depth+8) + strings.Repeat("]", depth+8)), depth > 1000},
	} {
		if c.skip {
			continue
		}
		a, err := t.tell(ctx, m.rule.Type, c.message, m.control.types...)
		if err != nil {
			return err
		}
		r.judge(&spoken{rule: &MessagePromise{}, control: m.control, works: true}, c.w, c.text, a)
	}
	return nil
}

// answeredAtAll makes an answer of any type one of the control's: to a type
// that nobody knows there is no right answer.
func answeredAtAll(a, control answered) answered {
	if a.refusal == "" && !a.ended && len(a.units) > 0 {
		a.types = append(a.types, control.types...)
	}
	return a
}
