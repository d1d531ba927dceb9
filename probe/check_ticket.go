package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	ticket := []*catalogue.Weakness{catalogue.TicketWeak}
	needs := NeedIdentity | NeedTicketURL | NeedAccepted
	register(&Check{
		Name: "ticket-replay", Summary: "presents one ticket twice, then one twenty times at once",
		Weaknesses: ticket, Group: State, Needs: needs, Cost: Cost{Connections: 30, Messages: 30, Time: 20 * time.Second}, Run: runTicketReplay,
	}, &Check{
		Name: "ticket-expiry", Summary: "presents a ticket after its life",
		Weaknesses: ticket, Group: State, Needs: needs, Cost: Cost{Connections: 6, Messages: 10, Time: 80 * time.Second}, Run: runTicketExpiry,
	}, &Check{
		Name: "ticket-binding", Summary: "presents tickets from another address, origin, path and program",
		Weaknesses: ticket, Group: State, Needs: needs, Cost: Cost{Connections: 16, Messages: 16, Time: 20 * time.Second}, Run: runTicketBinding,
	}, &Check{
		Name: "ticket-quality", Summary: "mints 20 tickets and looks at their length, order and randomness",
		Weaknesses: ticket, Group: State, Needs: needs, Cost: Cost{Connections: 24, Messages: 4, Time: 20 * time.Second}, Run: runTicketQuality,
	})
}

const fixTicket = "redeem a ticket in one atomic step that deletes it (GETDEL), let it live for 30 s, and bind it to user, origin, route and address"

// freshTicket mints a ticket and makes the handshake that presents it.
func (s *Session) freshTicket(ctx context.Context) (Request, error) {
	who := s.Target.Identity()
	ticket, err := s.Mint(ctx, who)
	if err != nil {
		return Request{}, err
	}
	return s.presenting(ticket), nil
}

// presenting is a handshake whose only credential is a ticket.
func (s *Session) presenting(ticket string) Request {
	who := *s.Target.Identity()
	who.Lines = slices.DeleteFunc(slices.Clone(who.Lines), named("Cookie"))
	r := s.carry(s.plain(), &who, ticket)
	return r
}

// accepted does a handshake with a fresh ticket that has to be accepted, and
// reports whether it is. Where it isn't nothing can be said of tickets.
func (s *Session) ticketControl(ctx context.Context) (Request, bool, error) {
	r, err := s.freshTicket(ctx)
	if err != nil {
		return r, false, err
	}
	o, err := s.Try(ctx, r)
	if err == nil && !o.Accepted() {
		s.NotJudged(nil, "a fresh ticket, without any other credential, is %v", o)
	}
	return r, o.Accepted(), err
}

// needed reports whether a handshake without a ticket is refused: where it
// isn't, what a ticket does can't be told.
func (s *Session) ticketNeeded(ctx context.Context) (bool, error) {
	o, err := s.Try(ctx, s.plain())
	if err != nil {
		return false, err
	}
	if o.Accepted() {
		s.NotJudged(nil, "a handshake without a ticket is %v too, so that tickets decide nothing", o)
		return false, nil
	}
	return true, nil
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

func runTicketQuality(ctx context.Context, s *Session) error {
	const n = 20
	var tickets []string
	for range n {
		t, err := s.Mint(ctx, s.Target.Identity())
		if errors.Is(err, ErrThrottled) && len(tickets) >= 5 {
			break
		}
		if err != nil {
			return err
		}
		tickets = append(tickets, t)
	}
	bits, varying := randomness(tickets)
	distinct := slices.Compact(slices.Sorted(slices.Values(tickets)))
	what := ""
	switch {
	case len(distinct) < len(tickets):
		what = "the same value was issued twice"
	case slices.IsSorted(tickets) && len(tickets) > 4:
		what = "each is greater than the one before, as of a counter or a clock"
	case bits < 64:
		what = fmt.Sprintf("only %d of their characters differ, about %.0f bits", varying, bits)
	}
	if what != "" {
		s.Weak(Finding{Weakness: catalogue.TicketWeak, Fix: "make a ticket of 32 bytes of a cryptographic generator", Anchor: "quality",
			Evidence: report.Evidence{Request: fmt.Sprintf("POST %s, %d times\n", s.Target.TicketURL, len(tickets)), Response: fmt.Sprintf("(%d tickets of %d to %d characters, masked)\n", len(tickets), len(slices.MinFunc(tickets, byLength)), len(slices.MaxFunc(tickets, byLength)))},
			Message:  fmt.Sprintf("Of %d tickets %s: others can be guessed.", len(tickets), what)})
		return nil
	}
	s.Pass(catalogue.TicketWeak, "%d tickets differ in %d characters, about %.0f bits", len(tickets), varying, bits)
	return nil
}

func byLength(a, b string) int { return len(a) - len(b) }

// randomness estimates from below how many bits of tickets vary: for each place
// in which they differ, the logarithm of how many characters were seen there,
// scaled up to the alphabet that all places together use.
func randomness(tickets []string) (bits float64, varying int) {
	if len(tickets) < 2 {
		return 0, 0
	}
	alphabet := map[byte]bool{}
	shortest := len(slices.MinFunc(tickets, byLength))
	for i := range shortest {
		seen := map[byte]bool{}
		for _, t := range tickets {
			seen[t[i]] = true
		}
		// Digits of a clock or counter change in a few values; random ones in many.
		if len(seen) > len(tickets)/4 {
			varying++
			for c := range seen {
				alphabet[c] = true
			}
		}
	}
	return float64(varying) * math.Log2(float64(max(2, len(alphabet)))), varying
}
