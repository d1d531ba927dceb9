package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "declared-length", Summary: "announces messages of 64 MiB on four connections and sends none of them",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageSize}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 10, Time: 30 * time.Second}, Run: runDeclaredLength,
	})
}

func runDeclaredLength(ctx context.Context, s *Session) error {
	w := catalogue.MessageSize
	const size, conns = 64 << 20, 4
	for range conns {
		refused, e, err := s.refusesHeader(ctx, size)
		if err != nil {
			return err
		}
		if refused {
			s.Pass(w, "a frame that announces %s is refused by its header", bytesText(size))
			return nil
		}
		if s.Left(ctx).Connections < 2 {
			break
		}
		_ = e
	}
	refused, e, err := s.refusesHeader(ctx, size)
	if err != nil || refused {
		return err
	}
	s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Fix: fixSize, Evidence: e, Anchor: "declared",
		Message: fmt.Sprintf("Frames that announce %s are not refused, on %d connections: a server that reserves what is announced gives away memory for ten bytes.", bytesText(size), conns+1)})
	return nil
}
