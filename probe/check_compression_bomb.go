package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "compression-bomb", Summary: "sends messages that inflate to 1, 8 and 64 MiB, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.CompressionBomb}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 16, Time: 60 * time.Second}, Run: runCompressionBomb,
	})
}

func runCompressionBomb(ctx context.Context, s *Session) error {
	w := catalogue.CompressionBomb
	taken := 0
	for _, size := range []int{1 << 20, 8 << 20, 64 << 20} {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		c, o, err := s.Open(ctx, r.With("Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover"))
		if err != nil {
			return err
		}
		if c == nil || !strings.Contains(o.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
			if c != nil {
				c.Close()
			}
			s.Pass(w, "compression is not agreed to")
			return nil
		}
		goesOn, err := s.bomb(ctx, c, size)
		c.Close()
		if err != nil {
			return err
		}
		if !goesOn {
			break
		}
		taken = size
		if size == 64<<20 {
			s.Weak(Finding{Weakness: w, Fix: "bound the size of a message while it is inflated, or switch compression off", Evidence: c.Evidence(), Anchor: "bomb",
				Message: "A message of 64 KiB that inflates to 64 MiB is taken: a thousand times what the sender pays."})
			return nil
		}
	}
	switch plain, _, _, err := s.takesMessage(ctx, max(taken, 1)); {
	case err != nil:
		return err
	case taken > 0 && !plain:
		s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Fix: "hold the inflated size to the limit of messages", Anchor: "bomb", Evidence: s.Control.Evidence,
			Message: fmt.Sprintf("A compressed message that inflates to %s is taken, where one of that size is refused as it is: the limit looks at the compressed size.", bytesText(taken))})
	default:
		s.Pass(w, "a message that inflates to more than %s is refused, as one of that size is", bytesText(max(taken, 1<<20)))
	}
	return nil
}

// bomb sends one compressed message and reports whether the connection goes on.
func (s *Session) bomb(ctx context.Context, c *Conn, size int) (bool, error) {
	payload := wire.AppendCompressed(nil, s.padded(size))
	key := wire.NewMaskKey()
	h := wire.Header{Fin: true, RSV1: true, Opcode: wire.Text, Masked: true, Key: key, Length: uint64(len(payload))}
	raw := h.Append(nil)
	wire.Mask(payload, key, 0)
	err := c.Write(ctx, append(raw, payload...), fmt.Sprintf("(a text of %d bytes that inflates to %s)", len(payload), bytesText(size)))
	if err != nil && !errors.Is(err, ErrEnded) {
		return false, err
	}
	alive, _, err := c.Alive(ctx, 5*time.Second)
	return alive, err
}
