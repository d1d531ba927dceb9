package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "counter-leak", Summary: "is refused more often than connections are allowed, then connects",
		Weaknesses: []*catalogue.Weakness{catalogue.CounterLeak}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 150, Messages: 10, Time: 40 * time.Second}, Run: runCounterLeak,
	})
}

// refusedTimes is how often a refusal is caused on each path of the counter
// check, unless the limit that is known is higher.
const refusedTimes = 24

func runCounterLeak(ctx context.Context, s *Session) error {
	w := catalogue.CounterLeak
	paths := []struct {
		what   string
		attack func(context.Context) (Outcome, error)
	}{
		{"a foreign origin", func(ctx context.Context) (Outcome, error) {
			return s.openOnce(ctx, s.plain().With("Origin", "https://"+s.Target.Foreign))
		}},
		{"no credential", func(ctx context.Context) (Outcome, error) { return s.openOnce(ctx, s.plain()) }},
		{"a bad credential", func(ctx context.Context) (Outcome, error) {
			return s.openOnce(ctx, s.plain().With("Authorization", "Bearer "+rubbish).With("Cookie", "session="+rubbish))
		}},
		{"a reset after the handshake", func(ctx context.Context) (Outcome, error) {
			r, err := s.Request(ctx, s.Target.Identity())
			if err != nil {
				return Outcome{}, err
			}
			c, o, err := s.Open(ctx, r)
			if c != nil {
				c.Drop()
			}
			return o, err
		}},
	}
	if s.Target.TicketURL != "" {
		paths = paths[:3] // a ticket for each would be the load of another check
	}
	for _, p := range paths {
		n := min(refusedTimes, s.Left(ctx).Connections-8)
		if n < 4 {
			s.NotJudged(w, "the budget is too small for %s", p.what)
			return nil
		}
		var last Outcome
		for range n {
			o, err := p.attack(ctx)
			if err != nil {
				return err
			}
			last = o
		}
		if err := sleep(ctx, 2*goodbye); err != nil { // a server may need a moment to notice
			return err
		}
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		o, err := s.openOnce(ctx, r)
		if err != nil {
			return err
		}
		if !o.Like(s.Control) {
			s.Weak(Finding{Weakness: w, Fix: "give a reserved place back in one place that every path passes, whatever ends the handshake", Evidence: o.Evidence, Anchor: p.what,
				Message: fmt.Sprintf("After %d handshakes with %s (%v), a correct one is %v: refused handshakes keep their place. Anybody locks an address out for good, his own or, behind a proxy, everybody's.", n, p.what, last, o)})
			return nil
		}
	}
	s.Pass(w, "a correct handshake is accepted after %d refused ones on each of %d paths", refusedTimes, len(paths))
	return nil
}
