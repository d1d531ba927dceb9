package probe

import (
	"context"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "credential-expiry", Summary: "holds a connection past the expiry of the identity's token",
		Weaknesses: []*catalogue.Weakness{catalogue.SessionUnrechecked}, Group: State, Needs: NeedIdentity | NeedAccepted, Last: true,
		Cost: Cost{Connections: 3, Messages: 20, Time: 60 * time.Second}, Run: runCredentialExpiry,
	})
}

func runCredentialExpiry(ctx context.Context, s *Session) error {
	w := catalogue.SessionUnrechecked
	claims, ok := tokenClaims(s.Target.Identity().Bearer())
	exp, has := claims["exp"].(float64)
	if !ok || !has {
		s.NotJudged(w, "it needs an identity whose bearer token is a JWT that expires soon; --revoke-hook shows the same by a logout")
		return nil
	}
	until := time.Until(time.Unix(int64(exp), 0))
	patience := s.Left(ctx).Time - 15*time.Second
	switch {
	case until < 0:
		s.NotJudged(w, "the token has expired already: take a fresh one that expires soon")
		return nil
	case until > patience:
		s.NotJudged(w, "the token expires in %v, which is longer than is waited; --budget seconds=%d waits", until.Round(time.Second), int((until + 30*time.Second).Seconds()))
		return nil
	}
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Close()
	// Ten seconds are left for clocks that differ and checks that are spread.
	ended, how, err := endsWithin(ctx, c, until+10*time.Second)
	if err != nil {
		return err
	}
	if ended {
		s.Pass(w, "a connection is %s when its token expires", how)
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: "end a connection when the credential that opened it expires; with guard: it does", Evidence: c.Evidence(), Anchor: "expiry",
		Message: "A connection was open 10 s after the token that opened it had expired. A token that was stolen once is good for as long as the socket stays."})
	return nil
}
