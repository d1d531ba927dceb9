package guard

import (
	"context"
	"errors"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// verdict is what became of a question.
type verdict struct {
	// result is how it is counted: good, refused, expired or unreachable.
	result   string
	identity Identity // valid if good
	err      error    // for the operator; nil if good
}

// judgeAgain asks whoever judges credentials of this kind now.
func (g *Guard) judgeAgain(ctx context.Context, kind byte, header map[string][]string) (v verdict) {
	defer g.recovered(func() { v = verdict{result: "unreachable", err: errors.New("panic")} })
	id, err := g.plan.Load().cfg.SignIn.again(ctx, kind, header)
	switch {
	case errors.Is(err, ErrCredentialRefused):
		return verdict{result: "refused", err: err}
	case err != nil:
		return verdict{result: "unreachable", err: err}
	case id == nil:
		return verdict{result: "unreachable", err: errors.New("no answer")}
	case !id.Expires.IsZero() && !g.now().Before(id.Expires):
		return verdict{result: "expired", err: errors.New("the credential has expired")}
	}
	return verdict{result: "good", identity: *id}
}

// again judges a credential as it was judged first, but asks an introspection
// endpoint, where there is one, about every token: a signature says nothing
// about what has happened since.
func (in SignIn) again(ctx context.Context, kind byte, header map[string][]string) (*Identity, error) {
	if kind == credentialRequest {
		if in.Request == nil {
			return nil, ErrCredentialRefused // it is not accepted any more
		}
		return in.Request.VerifyRequest(ctx, header)
	}
	token := bearerToken(header)
	switch {
	case in.Introspection != nil:
		return in.Introspection.VerifyToken(ctx, token)
	case in.Token != nil:
		return in.Token.VerifyToken(ctx, token)
	}
	return nil, ErrCredentialRefused
}

// judgedAgain applies a verdict to c.
func (c *conn) judgedAgain(v *verdict) {
	if d := c.denied(v); d != nil {
		c.endSession(d)
		return
	}
	if v.result == "good" && !v.identity.Expires.IsZero() {
		c.life.expire(v.identity.Expires)
	}
}

// denied returns why c can't go on after a verdict, nil if it can.
func (c *conn) denied(v *verdict) *Denial {
	id := &c.who.identity
	switch v.result {
	case "refused":
		return cut(catalogue.SessionUnrechecked, "recheck.refused", CloseSessionEnded, "session.revoked", RetryNo).because("judged again: %v", v.err)
	case "expired":
		return cut(catalogue.SessionUnrechecked, "session.expired", CloseSessionEnded, "session.expired", RetryFresh).because("judged again: %v", v.err)
	case "good":
		if v.identity.User != id.User {
			return cut(catalogue.SessionUnrechecked, "recheck.user", CloseSessionEnded, "session.revoked", RetryNo).because("judged again, the credential is another user's")
		}
		if !sameRoles(v.identity.Roles, id.Roles) {
			// The backend and the rules know the old ones.
			return cut(catalogue.SessionUnrechecked, "recheck.roles", CloseSessionEnded, "session.expired", RetryFresh).because("judged again, the user has other roles")
		}
	}
	return nil
}

func sameRoles(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// endSession ends c for d, or records d where the route only monitors.
func (c *conn) endSession(d *Denial) {
	if c.rules.Load().cfg.Mode != Monitor {
		c.refuse(d)
		return
	}
	c.g.record(c.route, Event{ID: newID(eventIDBytes), Action: "session", Outcome: Monitored, Weakness: d.Weakness, Rule: d.Rule, Detail: d.Detail,
		Connection: c.id, Client: c.address, User: c.who.identity.User, Session: c.who.identity.Session})
}
