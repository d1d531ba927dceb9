package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "ticket-binding", Summary: "presents tickets from another address, origin, path and program",
		Weaknesses: []*catalogue.Weakness{catalogue.TicketWeak}, Group: State, Needs: NeedIdentity | NeedTicketURL | NeedAccepted, Cost: Cost{Connections: 16, Messages: 16, Time: 20 * time.Second}, Run: runTicketBinding,
	})
}

func runTicketBinding(ctx context.Context, s *Session) error {
	needed, err := s.ticketNeeded(ctx)
	if err != nil || !needed {
		return err
	}
	if _, ok, err := s.ticketControl(ctx); err != nil || !ok {
		return err
	}
	another := s.Target.Another
	if p := s.Target.Promises; another == "" && p != nil {
		for _, o := range p.Origins {
			if o != s.Target.Origin {
				another = o
			}
		}
	}
	source := otherSource(s.Target)
	tried := 0
	for _, b := range []struct {
		possible  bool
		what, why string
		change    func(Request) Request
	}{
		{source != "", "another address", "who steals it elsewhere connects as the user", func(r Request) Request { r.From = source; return r }},
		{another != "", "a page of another allowed origin", "a weakness of that page opens this one", func(r Request) Request { return r.With("Origin", another) }},
		{s.Target.OtherPath != "", "another endpoint of the server", "it gives more than it was minted for", func(r Request) Request {
			_, query, has := strings.Cut(r.Target, "?")
			if r.Target = s.Target.OtherPath; has {
				r.Target += "?" + query
			}
			return r
		}},
	} {
		if !b.possible {
			continue
		}
		r, err := s.freshTicket(ctx)
		if err != nil {
			return err
		}
		o, err := s.Try(ctx, b.change(r))
		if err != nil {
			if b.what == "another address" && !errors.Is(err, ErrBudget) && ctx.Err() == nil {
				continue // no such address here
			}
			return err
		}
		tried++
		if o.Accepted() {
			s.Weak(Finding{Weakness: catalogue.TicketWeak, Severity: catalogue.Medium, Fix: fixTicket, Evidence: o.Evidence, Anchor: b.what,
				Message: fmt.Sprintf("A ticket opens a connection from %s: %s.", b.what, b.why)})
		}
	}
	if tried == 0 {
		s.NotJudged(catalogue.TicketWeak, "there is no second address, origin or path to try (--source, --other-origin, --other-path)")
		return nil
	}
	s.Pass(catalogue.TicketWeak, "%d handshakes from elsewhere than where the ticket belongs are refused", tried)
	return nil
}
