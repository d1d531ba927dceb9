package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "message-flood", Summary: "sends up to 1,000 small messages as fast as it may, more with a larger budget",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageRate}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 1022, Time: 30 * time.Second}, Run: runMessageFlood,
	})
}

const (
	fixRate    = "count messages by connection and by user with a token bucket, and close a connection that goes on beyond it (1008)"
	fixControl = "count control frames like messages, and close a connection that sends more than an honest one does (1008)"
)

func runMessageFlood(ctx context.Context, s *Session) error {
	w := catalogue.MessageRate
	if ok, err := s.bears(ctx); err != nil || !ok {
		if err == nil {
			s.NotJudged(w, unbearable)
		}
		return err
	}
	n := s.Left(ctx).Messages - 20
	f, err := s.flood(ctx, n, wire.Text, []byte(s.harmless()), true)
	if err != nil {
		return err
	}
	if f.ended {
		s.Pass(w, "within %d messages: %s", f.sent, f.how)
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: fixRate, Evidence: f.e, Anchor: "flood",
		Message: fmt.Sprintf("%d messages, as fast as they could be sent, were all taken and the connection stayed open. A single client can keep the server busy.%s", f.sent, s.othersServed(ctx))})
	return nil
}

// othersServed says whether another connection is served as before.
func (s *Session) othersServed(ctx context.Context) string {
	began := time.Now()
	o, err := s.Try(ctx, s.plain())
	if err != nil || o.Kind == Dropped {
		return " Another connection got no answer meanwhile."
	}
	return fmt.Sprintf(" Another handshake was answered in %v right behind it.", time.Since(began).Round(time.Millisecond))
}
