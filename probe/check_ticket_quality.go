package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "ticket-quality", Summary: "mints 20 tickets and looks at their length, order and randomness",
		Weaknesses: []*catalogue.Weakness{catalogue.TicketWeak}, Group: State, Needs: NeedIdentity | NeedTicketURL | NeedAccepted, Cost: Cost{Connections: 24, Messages: 4, Time: 20 * time.Second}, Run: runTicketQuality,
	})
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
