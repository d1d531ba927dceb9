package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/report"
)

// set holds the endpoint to values that the guard overwrites: what is forged
// must not come back, to nobody.
func (r *promiser) set(ctx context.Context, t, ear *talk, m *spoken) error {
	for _, path := range m.rule.Set {
		if err := r.setPath(ctx, t, ear, m, path); err != nil {
			return err
		}
	}
	return nil
}

func (r *promiser) setPath(ctx context.Context, t, ear *talk, m *spoken, path string) error {
	text := fmt.Sprintf("%s is what the guard says, whatever the client sends", path)
	w := catalogue.IdentityFromClient
	seen, why := false, "no value that differs is valid"
	for _, forged := range r.forgeries(m, path) {
		a, heard, err := r.askHeard(ctx, t, ear, m, corpus.With(m.good, path, forged))
		if err != nil {
			return err
		}
		if u, found := r.tells(heard, path, forged); found {
			r.broken(m.rule.Type, w, text, fmt.Sprintf("%s came back as it was sent", path), report.Evidence{Request: a.evidence.Request, Response: r.s.Mask(showUnit(u))})
			return nil
		}
		if a.refusal == "" && !a.ended && (a.accepted(m.control) || len(heard) > 0) {
			seen, why = true, fmt.Sprintf("%v, without the forged value", a)
		} else if !seen {
			why = a.String()
		}
	}
	if seen && r.shows(m, path) {
		r.held(m.rule.Type, w, text, why)
		return nil
	}
	r.open(m.rule.Type, w, text, "the answers don't tell: "+why)
	return nil
}

// shows reports whether the server was seen to say something at a member of
// that name, or one like it, so that a forged value would have been seen.
func (r *promiser) shows(m *spoken, path string) bool {
	user, _ := claimsOf(r.first())
	for _, h := range r.heard {
		if r.speak.hear(h.unit).holds(h.unit, user.User) && user.User != "" {
			return true
		}
	}
	last := path[strings.LastIndexByte(path, '.')+1:]
	return len(r.values[last]) > 0
}

// forgeries are values for a path that are not the client's own.
func (r *promiser) forgeries(m *spoken, path string) []any {
	var out []any
	for _, v := range []any{r.other(), canary("id"), "wswarden-x", 987654.0, true} {
		if v == "" {
			continue
		}
		if p := corpus.With(m.good, path, v); m.shape.Valid(corpus.Encode(p)) && len(out) < 2 {
			out = append(out, v)
		}
	}
	return out
}

// askHeard sends a payload and returns all that it led to, at the sender's
// connection and at the other one.
func (r *promiser) askHeard(ctx context.Context, t, ear *talk, m *spoken, payload map[string]any) (answered, []wire.Unit, error) {
	if ear != nil {
		if err := ear.open(ctx); err != nil && !errors.Is(err, errNotOpen) {
			return answered{}, nil, err
		}
		if ear.c != nil {
			if _, err := ear.drain(ctx, time.Millisecond); err != nil {
				return answered{}, nil, err
			}
		}
	}
	a, err := t.ask(ctx, m.rule.Type, payload, m.control.types...)
	if err != nil {
		return a, nil, err
	}
	heard := slices.Clone(a.units)
	if ear != nil && ear.c != nil {
		more, err := ear.drain(ctx, t.wait)
		if err != nil {
			return a, heard, err
		}
		heard = append(heard, more...)
	}
	return a, heard, nil
}

// tells reports whether the server said the forged value: a canary anywhere,
// any other value where a member of the same name has it, or where the name of
// a user stands for that of the sender.
func (r *promiser) tells(units []wire.Unit, path string, forged any) (wire.Unit, bool) {
	last := path[strings.LastIndexByte(path, '.')+1:]
	for _, u := range units {
		h := r.speak.hear(u)
		if text, ok := forged.(string); ok && strings.HasPrefix(text, "wswarden-") && h.holds(u, text) {
			return u, true
		}
		found := false
		pairs(h.body, func(name string, v any) {
			if v == forged && (strings.EqualFold(name, last) || identityName.MatchString(name) && identityName.MatchString(last)) {
				found = true
			}
		})
		if found {
			return u, true
		}
	}
	return wire.Unit{}, false
}

// pairs calls f for every member of a decoded message.
func pairs(v any, f func(name string, v any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			pairs(e, f)
		}
	case map[string]any:
		for name, e := range v {
			f(name, e)
			pairs(e, f)
		}
	}
}

// clean holds the endpoint to what becomes of markup.
func (r *promiser) clean(ctx context.Context, t, ear *talk, m *spoken) error {
	for _, path := range slices.Sorted(maps.Keys(m.rule.Clean)) {
		how := m.rule.Clean[path]
		text := fmt.Sprintf("markup in %s arrives as text (%s)", path, how)
		w := catalogue.BroadcastRaw
		mark := canary("markup")
		payload := corpus.With(m.good, path, "<img src=x id="+mark+">"+mark)
		if !m.shape.Valid(corpus.Encode(payload)) {
			if how == "reject" {
				text = fmt.Sprintf("markup in %s is refused", path)
			}
			r.open(m.rule.Type, w, text, "the schema leaves no room for markup")
			continue
		}
		a, heard, err := r.askHeard(ctx, t, ear, m, payload)
		if err != nil {
			return err
		}
		if how == "reject" {
			r.judge(m, w, fmt.Sprintf("markup in %s is refused", path), a)
			continue
		}
		if u, raw := find(r.speak, heard, "<img src=x id="+mark); raw {
			r.broken(m.rule.Type, w, text, "it arrived as it was sent", report.Evidence{Request: a.evidence.Request, Response: r.s.Mask(showUnit(u))})
		} else if _, arrived := find(r.speak, heard, mark); arrived {
			r.held(m.rule.Type, w, text, "it arrived without its angle brackets")
		} else {
			r.open(m.rule.Type, w, text, "it arrived nowhere: "+a.String())
		}
	}
	return nil
}

// rate holds the endpoint to the rate of a type.
func (r *promiser) rate(ctx context.Context, _, _ *talk, m *spoken) error {
	limit := m.rule.Limit
	if limit.Count == 0 {
		return nil
	}
	text := fmt.Sprintf("%d messages in %v, %d at once", limit.Count, limit.Per, limit.burst())
	w := catalogue.MessageRate
	switch {
	case limit.burst() > maxBurst:
		r.open(m.rule.Type, w, text, fmt.Sprintf("more than %d at once are not sent", maxBurst))
		return nil
	case !m.works:
		r.open(m.rule.Type, w, text, "the valid message is not answered")
		return nil
	}
	t := r.talk(r.first())
	t.pace, t.perConn, t.refusals = nil, 1<<20, 1<<20
	defer t.close()
	if err := t.open(ctx); err != nil {
		return err
	}
	began := time.Now()
	n := 0
	for ; n < limit.burst()+5; n++ {
		t.n++
		if err := t.c.Send(ctx, wire.Text, t.speak.wrap(m.rule.Type, m.good, t.n)); err != nil {
			if errors.Is(err, ErrEnded) {
				break
			}
			return err
		}
	}
	units, err := t.drain(ctx, 2*t.wait)
	if err != nil {
		return err
	}
	regained := int(time.Since(began).Seconds() * float64(limit.Count) / limit.Per.Seconds())
	answers, refusals := 0, 0
	for _, u := range units {
		h := r.speak.hear(u)
		switch {
		case h.refusal != "":
			refusals++
		case slices.Contains(m.control.types, h.typ) || h.answers != 0:
			answers++
		}
	}
	_, over := t.c.Closing()
	switch {
	case over, refusals > 0:
		r.held(m.rule.Type, w, text, fmt.Sprintf("of %d at once %d were answered, then it refused", n, answers))
	case answers < n && answers <= limit.burst()+regained+1:
		r.held(m.rule.Type, w, text, fmt.Sprintf("of %d at once %d were answered", n, answers))
	default:
		r.broken(m.rule.Type, w, text, fmt.Sprintf("%d at once were all taken", n), t.c.Evidence())
	}
	// The next messages of the user find the rate used up.
	return sleep(ctx, time.Duration(float64(limit.Per)/float64(limit.Count))*2)
}

// shown is the evidence of a message of the server.
func (r *promiser) shown(u wire.Unit) report.Evidence {
	return report.Evidence{Response: r.s.Mask(showUnit(u))}
}

// decodeObjects decodes messages that are objects.
func decodeObjects(messages [][]byte) (out []map[string]any) {
	for _, m := range messages {
		var object map[string]any
		if json.Unmarshal(m, &object) == nil && object != nil {
			out = append(out, object)
		}
	}
	return out
}
