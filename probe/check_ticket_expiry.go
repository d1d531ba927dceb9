package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "ticket-expiry", Summary: "presents a ticket after its life",
		Weaknesses: []*catalogue.Weakness{catalogue.TicketWeak}, Group: State, Needs: NeedIdentity | NeedTicketURL | NeedAccepted, Cost: Cost{Connections: 6, Messages: 10, Time: 80 * time.Second}, Run: runTicketExpiry,
	})
}

// longestTicket is how long the life of a ticket is waited for.
const longestTicket = 70 * time.Second

func runTicketExpiry(ctx context.Context, s *Session) error {
	needed, err := s.ticketNeeded(ctx)
	if err != nil || !needed {
		return err
	}
	if _, ok, err := s.ticketControl(ctx); err != nil || !ok {
		return err
	}
	r, err := s.freshTicket(ctx)
	if err != nil {
		return err
	}
	life := s.Facts().ticketLife()
	said := "it is said to live for " + life.String()
	switch {
	case life == 0:
		life, said = longestTicket-5*time.Second, "its answer names no life (expires_in)"
	case life > longestTicket:
		s.Weak(Finding{Weakness: catalogue.TicketWeak, Severity: catalogue.Low, Fix: fixTicket, Anchor: "life",
			Message: fmt.Sprintf("A ticket is said to live for %v: long enough to be found in a log and used. Thirty seconds are enough for a page.", life)})
		return nil
	}
	if err := sleep(ctx, life+2*time.Second); err != nil {
		return err
	}
	o, err := s.Try(ctx, r)
	if err != nil {
		return err
	}
	if o.Accepted() {
		s.Weak(Finding{Weakness: catalogue.TicketWeak, Fix: fixTicket, Evidence: o.Evidence, Anchor: "expiry",
			Message: fmt.Sprintf("A ticket opens a connection %v after it was minted; %s. One that is found in a log later still works.", life+2*time.Second, said)})
		return nil
	}
	s.Pass(catalogue.TicketWeak, "%v after it was minted a ticket is %v; %s", life+2*time.Second, o, said)
	return nil
}
