package probe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "ticket-replay", Summary: "presents one ticket twice, then one twenty times at once",
		Weaknesses: []*catalogue.Weakness{catalogue.TicketWeak}, Group: State, Needs: NeedIdentity | NeedTicketURL | NeedAccepted, Cost: Cost{Connections: 30, Messages: 30, Time: 20 * time.Second}, Run: runTicketReplay,
	})
}

func runTicketReplay(ctx context.Context, s *Session) error {
	needed, err := s.ticketNeeded(ctx)
	if err != nil || !needed {
		return err
	}
	r, ok, err := s.ticketControl(ctx)
	if err != nil || !ok {
		return err
	}
	o, err := s.Try(ctx, r)
	if err != nil {
		return err
	}
	if o.Accepted() {
		s.Weak(Finding{Weakness: catalogue.TicketWeak, Fix: fixTicket, Evidence: o.Evidence, Anchor: "replay",
			Message: "The same ticket opens a second connection. Whoever reads it in a log or a history connects as the user."})
		return nil
	}
	n, e, err := s.raceTicket(ctx)
	if err != nil {
		return err
	}
	if n > 1 {
		s.Weak(Finding{Weakness: catalogue.TicketWeak, Fix: fixTicket, Evidence: e, Anchor: "race",
			Message: fmt.Sprintf("One ticket, presented %d times at once, opened %d connections: it is looked up and deleted in two steps. Who sees it in time gets in beside the user.", racers, n)})
		return nil
	}
	s.Pass(catalogue.TicketWeak, "a used ticket is %v, and of %d presented at once %d opened a connection", o, racers, n)
	return nil
}

// racers is how often one ticket is presented at once.
const racers = 20

// raceTicket presents one ticket many times at once. All connections are open
// before the first request is sent.
func (s *Session) raceTicket(ctx context.Context) (opened int, e report.Evidence, err error) {
	r, err := s.freshTicket(ctx)
	if err != nil {
		return 0, e, err
	}
	type dialled struct {
		c *Conn
		o Outcome
	}
	conns := make([]*guarded, 0, racers)
	defer func() {
		for _, nc := range conns {
			nc.Close()
		}
	}()
	for range racers {
		nc, err := s.Dial(ctx, r, nil)
		if err != nil {
			return 0, e, err
		}
		conns = append(conns, nc.(*guarded))
	}
	results := make([]dialled, len(conns))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, nc := range conns {
		wg.Go(func() {
			defer func() { _ = recover() }() // a fault of one racer is no answer of the server
			<-start
			c, o := s.exchange(nc, r)
			results[i] = dialled{c, o}
		})
	}
	close(start)
	wg.Wait()
	for _, d := range results {
		if d.c == nil {
			continue
		}
		ended, _, err := endsWithin(ctx, d.c, s.Settle())
		if err != nil {
			return opened, e, err
		}
		if !ended {
			opened++
			e = d.c.Evidence()
		}
		d.c.Close()
	}
	return opened, e, ctx.Err()
}
