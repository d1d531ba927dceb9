package probe

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name:       "message-rate",
		Summary:    "sends 50 messages of an unknown type as fast as it may",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageRate},
		Cost:       Cost{Connections: 2, Messages: 60, Time: 8 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runMessageRate,
	})
}

func runMessageRate(ctx context.Context, s *Session) error {
	w := catalogue.MessageRate
	if ok, err := s.bears(ctx); err != nil || !ok {
		s.NotJudged(w, unbearable)
		return err
	}
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Close()
	const n = 50
	for range n {
		if err := c.SendText(ctx, s.harmless()); errors.Is(err, ErrEnded) {
			break
		} else if err != nil {
			return err
		}
	}
	alive, answers, err := c.Alive(ctx, 2*time.Second)
	if err != nil {
		return err
	}
	closing, over := c.Closing()
	switch {
	case closing != nil:
		s.Pass(w, "within %d messages at once the connection is closed with %v", n, closing.Code)
	case !alive && over:
		s.Pass(w, "within %d messages at once the connection is ended", n)
	case changed(answers):
		s.Pass(w, "within %d messages at once the answers change: later ones are refused", n)
	default:
		s.NotJudged(w, "no limit was met within %d messages, which many honest limits allow; --with load sends more", n)
	}
	return nil
}

// limited are words of an answer that speaks of a limit.
var limited = []string{"rate", "too many", "too fast", "slow down", "throttl", "limit", "flood", "429"}

// changed reports whether later answers speak of a limit and the first does not.
func changed(us []wire.Unit) bool {
	speaks := func(u wire.Unit) bool {
		text := strings.ToLower(string(u.Payload))
		for _, l := range limited {
			if strings.Contains(text, l) {
				return true
			}
		}
		return false
	}
	return len(us) > 1 && !speaks(us[0]) && speaks(us[len(us)-1])
}
