package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "refusal",
		Summary:    "looks whether strangers are refused by an HTTP status, or let in and closed",
		Weaknesses: []*catalogue.Weakness{catalogue.RefusedAfterUpgrade},
		Cost:       Cost{Connections: 4, Messages: 4, Time: 8 * time.Second},
		Run:        runRefusal,
	})
}

func runRefusal(ctx context.Context, s *Session) error {
	w := catalogue.RefusedAfterUpgrade
	whole, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	refused := 0
	for _, c := range []struct {
		what string
		r    Request
	}{
		{"from a foreign origin", whole.With("Origin", "https://"+s.Target.Foreign)},
		{"without a credential", s.plain()},
		{"with a bearer token that is none", s.plain().With("Authorization", "Bearer "+rubbish)},
	} {
		o, err := s.Try(ctx, c.r)
		if err != nil {
			return err
		}
		switch {
		case o.Kind == Closed:
			s.Weak(Finding{
				Weakness: w, Evidence: o.Evidence, Anchor: "refusal",
				Fix:     "judge origin and credential before the upgrade, and answer 403 or 401 instead of 101",
				Message: fmt.Sprintf("A handshake %s is %v. Until the Close frame it is a connection like any other: it costs a socket, gets what is sent to all, and its first messages are read.", c.what, o),
			})
			return nil
		case !o.Accepted():
			refused++
		}
	}
	if refused == 0 {
		s.NotJudged(w, "nobody was refused")
		return nil
	}
	s.Pass(w, "whoever is refused is refused before the upgrade")
	return nil
}
