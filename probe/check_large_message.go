package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "large-message", Summary: "sends messages of 4, 16 and 64 MiB, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageSize}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 10, Time: 60 * time.Second}, Run: runLargeMessage,
	})
}

func runLargeMessage(ctx context.Context, s *Session) error {
	w := catalogue.MessageSize
	for i, size := range []int{4 << 20, 16 << 20, 64 << 20} {
		taken, how, e, err := s.takesMessage(ctx, size)
		if err != nil {
			return err
		}
		if !taken {
			if i == 0 {
				s.Pass(w, "a message of %s is refused: %s", bytesText(size), how)
			} else {
				s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Fix: fixSize, Evidence: e, Anchor: "large",
					Message: fmt.Sprintf("A message of %s is taken, one of %s refused: each connection may make the server hold that much.", bytesText(size/4), bytesText(size))})
			}
			return nil
		}
		if size == 64<<20 {
			s.Weak(Finding{Weakness: w, Fix: fixSize, Evidence: e, Anchor: "large",
				Message: "A message of 64 MiB is taken. A few connections that send such messages take the server's memory."})
		}
	}
	return nil
}
