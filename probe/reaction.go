package probe

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

// reaction is what a message did to its connection.
type reaction struct {
	alive    bool
	answers  []wire.Unit
	closing  *wire.Unit
	unasked  []string // shapes of what the server sends by itself
	evidence report.Evidence
}

// broken reports whether the handler ended rather than refused: the connection
// is gone without a Close frame, or with the code of an internal error.
func (r reaction) broken() bool {
	return !r.alive && (r.closing == nil || r.closing.Code == wire.CloseInternalError || r.closing.Code == wire.CloseAbnormal)
}

// signature is what tells one reaction from another: the shapes of the answers,
// without what was sent and without what comes unasked.
func (r reaction) signature(sent ...string) string {
	var parts []string
	for _, u := range r.answers {
		text := string(u.Payload)
		for _, w := range sent {
			text = strings.ReplaceAll(text, w, "…")
		}
		if p := shape(text); !slices.Contains(r.unasked, p) && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	slices.Sort(parts)
	if r.closing != nil {
		parts = append(parts, "close "+r.closing.Code.String())
	} else if !r.alive {
		parts = append(parts, "ended")
	}
	return strings.Join(parts, "|")
}

// react sends a message on a fresh connection and waits for what comes of it.
// What the server sends without being asked is taken off first.
func (s *Session) react(ctx context.Context, text string) (reaction, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return reaction{}, err
	}
	defer c.Close()
	if err := c.SendText(ctx, text); err != nil && !errors.Is(err, ErrEnded) {
		return reaction{}, err
	}
	// The pong of a ping behind it says that it was read; the answer may still
	// be on its way, and so may the end.
	alive, before, err := c.Alive(ctx, max(4*s.Settle(), time.Second))
	if err != nil {
		return reaction{}, err
	}
	after, err := c.Drain(ctx, s.Settle()/2)
	if err != nil {
		return reaction{}, err
	}
	closing, over := c.Closing()
	return reaction{alive && !over, append(before, after...), closing, shapes(s.Control.Messages), c.Evidence()}, nil
}
