package probe

import (
	"context"
	"errors"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

// flooded is what came of a flood.
type flooded struct {
	sent  int
	ended bool
	how   string
	e     report.Evidence
}

// flood sends frames in bursts until the server ends the connection or speaks of
// a limit, or n are sent.
func (s *Session) flood(ctx context.Context, n int, op wire.Opcode, payload []byte, read bool) (flooded, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return flooded{}, err
	}
	defer c.Close()
	var f flooded
	var first, last wire.Unit
	for f.sent < n {
		for range min(50, n-f.sent) {
			if err := c.Send(ctx, op, payload); err != nil {
				if errors.Is(err, ErrEnded) {
					break
				}
				return f, err
			}
			f.sent++
		}
		if !read {
			continue
		}
		units, err := collect(ctx, c, time.Millisecond, func(wire.Unit) bool { return false })
		if err != nil {
			return f, err
		}
		if len(units) > 0 {
			if first.Payload == nil {
				first = units[0]
			}
			last = units[len(units)-1]
		}
		if _, over := c.Closing(); over || first.Payload != nil && changed([]wire.Unit{first, last}) {
			break
		}
	}
	if !read {
		// What the server made of it shows only once its answers are taken.
		if _, err := collect(ctx, c, 2*time.Second, func(wire.Unit) bool { return false }); err != nil {
			return f, err
		}
	}
	ended, how, err := endsWithin(ctx, c, max(2*s.Settle(), 300*time.Millisecond))
	f.ended, f.how, f.e = ended, how, c.Evidence()
	if !ended && first.Payload != nil && changed([]wire.Unit{first, last}) {
		f.ended, f.how = true, "later answers speak of a limit"
	}
	return f, err
}

// openOnce is Try without another attempt where the server says that it is
// asked too often.
func (s *Session) openOnce(ctx context.Context, r Request) (Outcome, error) {
	c, o, err := s.Open(ctx, r)
	if err != nil || c == nil {
		return o, err
	}
	defer c.Close()
	return c.settle(ctx, o, s.Settle())
}
