package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "lifetime", Summary: "holds one connection that answers pings, for a minute or as long as the budget allows",
		Weaknesses: []*catalogue.Weakness{catalogue.LifetimeUnbounded}, Group: State, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 2, Messages: 10, Time: 60 * time.Second}, Run: runLifetime,
	})
}

func runLifetime(ctx context.Context, s *Session) error {
	w := catalogue.LifetimeUnbounded
	patience := s.Left(ctx).Time - 5*time.Second
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Close()
	began := time.Now()
	for time.Since(began) < patience {
		ended, how, err := endsWithin(ctx, c, min(dripGap, patience))
		if err != nil {
			return err
		}
		if ended {
			s.Pass(w, "a connection that answers pings is %s after %v", how, time.Since(began).Round(time.Second))
			return nil
		}
	}
	if patience < time.Hour {
		s.NotJudged(w, "a connection was open after %v, which many honest limits allow; --budget seconds=3700 waits for an hour", patience.Round(time.Second))
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: "end every connection after a longest life, such as a day, and no later than its credential", Evidence: c.Evidence(), Anchor: "age",
		Message: fmt.Sprintf("A connection was open after %v. A session that is never looked at again lives as long as the attacker keeps the socket.", patience.Round(time.Second))})
	return nil
}
