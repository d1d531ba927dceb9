package probe

import (
	"context"
	"slices"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

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
