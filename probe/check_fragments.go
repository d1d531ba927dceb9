package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "fragments", Summary: "sends 2,000, 20,000 and 150,000 frames of one message, empty and of one byte, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.FragmentAbuse}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 8, Messages: 400, Time: 60 * time.Second}, Run: runFragments,
	})
}

// fragmentsAtOnce is how many frames are written together.
const fragmentsAtOnce = 500

func runFragments(ctx context.Context, s *Session) error {
	w := catalogue.FragmentAbuse
	for _, payload := range []string{"", "x"} {
		c, err := s.Connect(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		sent, ended, err := s.dribble(ctx, c, []byte(payload))
		c.Drop()
		if err != nil {
			return err
		}
		kind := map[string]string{"": "empty", "x": "of one byte"}[payload]
		if !ended {
			s.Weak(Finding{Weakness: w, Fix: "count the frames of a message, empty ones too, and close the connection beyond some dozens (1008)", Evidence: c.Evidence(), Anchor: kind,
				Message: fmt.Sprintf("%d frames of one message, %s, were taken, and the connection stayed open: a message that never ends costs memory and time and meets no limit of size.", sent, kind)})
			return nil
		}
		s.Pass(w, "within %d frames of one message, %s, the connection is ended", sent, kind)
	}
	return nil
}

// dribble sends frames of one message that never ends, in steps, with a ping
// behind each.
func (s *Session) dribble(ctx context.Context, c *Conn, payload []byte) (sent int, ended bool, err error) {
	if err := c.Write(ctx, fragment(nil, wire.Text, payload), "(the first frame of a message)"); err != nil {
		return 0, errors.Is(err, ErrEnded), ignoreEnd(err)
	}
	var many []byte
	for range fragmentsAtOnce {
		many = fragment(many, wire.Continuation, payload)
	}
	for _, step := range []int{2_000, 20_000, 150_000} {
		for sent < step && s.Left(ctx).Messages > 8 {
			if err := c.Write(ctx, many, fmt.Sprintf("(%d more frames)", fragmentsAtOnce)); err != nil {
				return sent, errors.Is(err, ErrEnded), ignoreEnd(err)
			}
			sent += fragmentsAtOnce
		}
		alive, _, err := c.Alive(ctx, 3*time.Second)
		if err != nil || !alive {
			return sent, true, err
		}
	}
	return sent, false, nil
}

// ignoreEnd returns no error where the server has ended the connection.
func ignoreEnd(err error) error {
	if errors.Is(err, ErrEnded) {
		return nil
	}
	return err
}
