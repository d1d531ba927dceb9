package probe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/report"
)

// promiseWeaknesses are what broken promises open.
var promiseWeaknesses = []*catalogue.Weakness{
	catalogue.OriginUnchecked, catalogue.OriginWeak, catalogue.OriginOptional, catalogue.SubprotocolUnchecked,
	catalogue.AuthMissing, catalogue.TokenInURL, catalogue.TicketWeak, catalogue.SessionUnrechecked, catalogue.SensitiveUnrefreshed, catalogue.LifetimeUnbounded,
	catalogue.ParseUnguarded, catalogue.SchemaMissing, catalogue.PrototypePollution, catalogue.DynamicDispatch,
	catalogue.IdentityFromClient, catalogue.IDOR, catalogue.PrivilegedUnchecked, catalogue.SubscribeUnchecked, catalogue.MassAssignment,
	catalogue.BroadcastRaw, catalogue.BroadcastUnscoped, catalogue.RecordLeak,
	catalogue.MessageSize, catalogue.MessageRate, catalogue.ConnectionCount, catalogue.IdleUnbounded, catalogue.CompressionBomb,
	catalogue.ControlFlood, catalogue.FragmentAbuse,
}

// PromisesName is the name of the check that holds a target to its
// configuration.
const PromisesName = "promises"

// promiseCheck makes the check for a configuration. It is safe in the sense
// that naming a configuration asks for it: its messages are those that the
// configuration lists, and near misses of them.
func promiseCheck(p *Promises) *Check {
	c := &Check{
		Name: PromisesName, Summary: "what the configuration of guard promises, message by message",
		Weaknesses: promiseWeaknesses, Cost: promiseCost(p),
	}
	c.Run = func(ctx context.Context, s *Session) error {
		r := newPromiser(s, p)
		err := r.run(ctx)
		c.Weaknesses = r.sum() // what the configuration says nothing of is not passed
		return err
	}
	return c
}

// promiseCost estimates from above what the promises may use.
func promiseCost(p *Promises) Cost {
	c := Cost{Connections: 80 + len(p.Origins) + 2*(p.PerAddress+p.PerUser), Messages: 40 + p.Messages.burst() + p.ControlFrames.burst() + p.Fragments, Time: 60 * time.Second}
	c.Connections, c.Messages = min(c.Connections, 400), min(c.Messages, 2000)
	if p.Rules == nil {
		return c
	}
	for _, m := range p.Rules.Client {
		n := 16
		if shape, err := corpus.NewShape(m.Schema); err == nil {
			if example, err := shape.Example(nil); err == nil {
				n += len(shape.Mutations(example))
			}
		}
		n += min(m.Limit.burst(), maxBurst) + 8
		c.Messages += n
		c.Connections += 4 + n/4
		c.Time += time.Duration(n) * 400 * time.Millisecond
		if m.Limit.Count > 0 {
			c.Time += time.Duration(float64(n) / (0.8 * float64(m.Limit.Count)) * float64(m.Limit.Per))
		}
	}
	return c
}

// maxBurst is the largest number of events that a limit is tried with.
const maxBurst = 120

// promiser holds a target to a configuration.
type promiser struct {
	s     *Session
	p     *Promises
	speak speech
	// heard is what the server said, with who it was said to.
	heard []heardBy
	// values are what the server said of members, by their name: what a member of a
	// message may be, where no schema says it.
	values map[string][]any
	pace   map[string]*limiter // by identity
	// guarded says that a guard was heard to refuse messages: what is refused in
	// another way is refused by the application behind it.
	guarded bool
	// spoken are the types that were tested.
	spoken []*spoken
}

type heardBy struct {
	who  *Identity
	unit wire.Unit
}

func newPromiser(s *Session, p *Promises) *promiser {
	r := &promiser{s: s, p: p, values: map[string][]any{}, pace: map[string]*limiter{}}
	if p.Rules != nil {
		r.speak = newSpeech(p.Rules.Dialect, p.Rules.TypeField)
	}
	return r
}

func (r *promiser) run(ctx context.Context) error {
	if r.p.Monitor {
		r.line("", nil, report.PromiseNotJudged, "the route refuses", "mode: monitor only records; set mode: enforce", nil)
		return nil
	}
	steps := []func(context.Context) error{r.origins, r.carriers, r.subprotocols, r.compression, r.messages, r.limits}
	for _, step := range steps {
		if err := step(ctx); err != nil && !errors.Is(err, errNotOpen) {
			return err
		}
	}
	return nil
}

// line reports what became of a promise.
func (r *promiser) line(message string, w *catalogue.Weakness, v report.PromiseVerdict, text, why string, e *report.Evidence) {
	r.lineOf(message, w, v, report.HighConfidence, text, why, e)
}

func (r *promiser) lineOf(message string, w *catalogue.Weakness, v report.PromiseVerdict, sure report.Confidence, text, why string, e *report.Evidence) {
	r.s.mu.Lock()
	r.s.promises = append(r.s.promises, report.Promise{
		Route: r.p.Path, Message: message, Text: text, Verdict: v, Why: r.s.Mask(why), Weakness: w,
	})
	r.s.mu.Unlock()
	if v != report.PromiseBroken {
		return
	}
	where := ""
	if message != "" {
		where = fmt.Sprintf(" of messages %q", message)
	}
	f := Finding{
		Weakness: w, Message: fmt.Sprintf("%s promises%s: %s. Broken: %s.", r.p.Source, where, text, why), Confidence: sure,
		Fix:    "route clients through the guard with this configuration, and close the way around it",
		Anchor: r.p.Path + "\x00" + message + "\x00" + text,
	}
	if e != nil {
		f.Evidence = *e
	}
	r.s.Weak(f)
}

// sum says of each weakness that a promise is about what became of those
// promises, and returns these weaknesses.
func (r *promiser) sum() []*catalogue.Weakness {
	r.s.mu.Lock()
	lines := slices.Clone(r.s.promises)
	r.s.mu.Unlock()
	var about []*catalogue.Weakness
	for _, w := range promiseWeaknesses {
		held, open, why := 0, 0, ""
		seen := false
		for _, p := range lines {
			if p.Weakness != w {
				continue
			}
			seen = true
			switch p.Verdict {
			case report.PromiseHeld:
				held++
			case report.PromiseNotJudged:
				open++
				why = cmp.Or(why, p.Text+": "+p.Why)
			}
		}
		if !seen {
			continue
		}
		about = append(about, w)
		switch {
		case held == 0 && open > 0:
			r.s.NotJudged(w, "%s", why)
		case open > 0:
			r.s.Pass(w, "%d promises of %s about it held, %d are not judged", held, r.p.Source, open)
		default:
			r.s.Pass(w, "%d promises of %s about it held", held, r.p.Source)
		}
	}
	return about
}

func (r *promiser) held(message string, w *catalogue.Weakness, text, why string) {
	r.line(message, w, report.PromiseHeld, text, why, nil)
}

func (r *promiser) broken(message string, w *catalogue.Weakness, text, why string, e report.Evidence) {
	r.line(message, w, report.PromiseBroken, text, why, &e)
}

// doubtful is broken for what is probable.
func (r *promiser) doubtful(message string, w *catalogue.Weakness, text, why string, e report.Evidence) {
	r.lineOf(message, w, report.PromiseBroken, report.MediumConfidence, text, why, &e)
}

func (r *promiser) open(message string, w *catalogue.Weakness, text, why string) {
	r.line(message, w, report.PromiseNotJudged, text, why, nil)
}

// claims are who an identity is to conditions: what its token says, else its
// name. known reports whether the roles are known.
func claimsOf(who *Identity) (c Claims, known bool) {
	if who == nil {
		return Claims{Roles: []string{}}, true
	}
	c = Claims{User: who.Name, Name: who.Name, Roles: []string{}}
	payload, ok := tokenClaims(who.Bearer())
	if !ok {
		return c, false
	}
	if sub, _ := payload["sub"].(string); sub != "" {
		c.User = sub
	}
	if n, _ := payload["name"].(string); n != "" {
		c.Name = n
	}
	list, known := payload["roles"].([]any)
	for _, v := range list {
		if role, ok := v.(string); ok {
			c.Roles = append(c.Roles, role)
		}
	}
	return c, known
}

// first and second are the identities that messages are sent as and seen by.
func (r *promiser) first() *Identity { return r.s.Target.Identity() }

func (r *promiser) second() *Identity {
	if ids := r.s.Target.Identities; len(ids) > 1 {
		return &ids[1]
	}
	return r.first()
}

// other returns the name of the second identity, empty if there is none.
func (r *promiser) other() string {
	if len(r.s.Target.Identities) < 2 {
		return ""
	}
	c, _ := claimsOf(&r.s.Target.Identities[1])
	return c.User
}

// talk begins a conversation that keeps to the limits of the configuration.
func (r *promiser) talk(who *Identity) *talk {
	t := r.s.newTalk(who, r.speak)
	t.pace = r.limiterOf(who)
	t.perConn = max(1, min(40, r.p.Messages.burst()-3))
	if n := r.p.Rules.Strikes; n > 0 {
		t.refusals = max(1, min(t.refusals, n-2))
	}
	t.onUnit = func(u wire.Unit) { r.learn(who, u) }
	return t
}

func (r *promiser) limiterOf(who *Identity) *limiter {
	key := name(who)
	if r.pace[key] == nil {
		l := &limiter{all: newTokens(r.p.UserMessages), byType: map[string]*tokens{}}
		for _, m := range r.p.Rules.Client {
			if m.Limit.Count > 0 {
				l.byType[m.Type] = newTokens(m.Limit)
			}
		}
		r.pace[key] = l
	}
	return r.pace[key]
}

// The bounds of what is kept of the server's messages.
const (
	maxHeard  = 4000
	maxValues = 8
)

// learn keeps what the server said.
func (r *promiser) learn(who *Identity, u wire.Unit) {
	if len(r.heard) < maxHeard {
		r.heard = append(r.heard, heardBy{who, u})
	}
	body := r.speak.hear(u).body
	r.guarded = r.guarded || ownRefusal(body)
	r.learnValues(body, 0)
}

func (r *promiser) learnValues(v any, depth int) {
	if depth > 4 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v[:min(len(v), 4)] {
			r.learnValues(e, depth+1)
		}
	case map[string]any:
		for name, e := range v {
			switch e.(type) {
			case string, float64:
				if have := r.values[name]; len(have) < maxValues && !slices.Contains(have, e) {
					r.values[name] = append(have, e)
				}
			default:
				r.learnValues(e, depth+1)
			}
		}
	}
}

// tokenClaims reads the claims of a JWT. It verifies nothing: the token is the
// tester's own.
func tokenClaims(token string) (map[string]any, bool) {
	part, ok := tokenPart(token, 1)
	if !ok {
		return nil, false
	}
	var claims map[string]any
	if json.Unmarshal(part, &claims) != nil || claims == nil {
		return nil, false
	}
	return claims, true
}
