package probe

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/wswarden/wswarden/probe/corpus"
)

// maxProvoked bounds the types of messages whose handlers are given invalid
// values.
const maxProvoked = 12

// provoke sends messages of known types with values that their handlers can't
// take, and returns the types. What they lead to is read along with everything
// else that was received. Types that may change something are left out unless
// --write allows them.
func (s *Session) provoke(ctx context.Context) ([]string, error) {
	list, speak := s.knownMessages()
	if speak == nil || !s.Control.Accepted() || s.run.gone != "" {
		return nil, nil
	}
	keep := ""
	if j, ok := speak.(jsonSpeech); ok {
		keep = j.field
	}
	t := s.newTalk(s.Target.Identity(), speak)
	defer t.close()
	var provoked []string
	for _, k := range list {
		if !k.reads() && !s.Target.Write || len(provoked) == maxProvoked {
			continue
		}
		for _, payload := range invalidValues(k.payload, keep) {
			if _, err := t.ask(ctx, k.name, payload); err != nil {
				if errors.Is(err, errNotOpen) || errors.Is(err, ErrThrottled) {
					return provoked, nil
				}
				return provoked, err
			}
		}
		provoked = append(provoked, k.name)
	}
	return provoked, nil
}

// invalidValues are payloads in which nothing is of its type: no members, null
// for each, and a list or a text for each. The member of the type's name is kept.
func invalidValues(from map[string]any, keep string) []any {
	each := func(of func(v any) any) map[string]any {
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(from)) {
			if name != keep {
				out[name] = of(from[name])
			}
		}
		if keep != "" && from[keep] != nil {
			return corpus.With(out, keep, from[keep])
		}
		return out
	}
	out := []any{
		map[string]any{},
		each(func(any) any { return nil }),
		each(func(v any) any {
			if _, isText := v.(string); isText {
				return []any{[]any{}}
			}
			return "wswarden"
		}),
	}
	if keep == "" {
		out = append(out, "wswarden") // parameters that are no object at all
	}
	return out
}
