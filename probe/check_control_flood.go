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
		Name: "control-flood", Summary: "sends up to 1,000 pings as fast as it may, reading the pongs and not reading them",
		Weaknesses: []*catalogue.Weakness{catalogue.ControlFlood}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 1020, Time: 30 * time.Second}, Run: runControlFlood,
	})
}

func runControlFlood(ctx context.Context, s *Session) error {
	w := catalogue.ControlFlood
	n := (s.Left(ctx).Messages - 20) / 2
	for _, read := range []bool{true, false} {
		f, err := s.flood(ctx, n, wire.Ping, []byte("wswarden"), read)
		if err != nil {
			return err
		}
		if f.ended {
			s.Pass(w, "within %d pings: %s", f.sent, f.how)
			return nil
		}
		if !read {
			s.Weak(Finding{Weakness: w, Fix: fixControl, Evidence: f.e, Anchor: "ping",
				Message: fmt.Sprintf("%d pings in a row were taken, with the pongs read and with the pongs left, and the connection stayed open: two bytes make the server write a frame, without a limit.", f.sent)})
		}
	}
	return nil
}
