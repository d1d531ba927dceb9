package probe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "slow-peer", Summary: "holds four slow peers: a dripping request, a silent socket, half a message and a dripping frame",
		Weaknesses: []*catalogue.Weakness{catalogue.IdleUnbounded, catalogue.FragmentAbuse}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 8, Messages: 90, Time: 75 * time.Second}, Run: runSlowPeer,
	})
}

// The longest times that an honest server takes before it ends a slow peer.
// One that was not ended within less shows nothing. Tests shorten them.
var (
	longestHead    = 60 * time.Second  // Node's own limit of a request head
	longestIdle    = 330 * time.Second // five minutes, and some to notice
	longestMessage = 60 * time.Second
)

// slowPeer is one of the peers, and what became of it.
type slowPeer struct {
	what     string
	weakness *catalogue.Weakness
	longest  time.Duration
	hold     func(ctx context.Context, d time.Duration) (time.Duration, report.Evidence, error)
}

// runSlowPeer holds the peers side by side, for as long as there is time.
func runSlowPeer(ctx context.Context, s *Session) error {
	patience := s.Left(ctx).Time - 10*time.Second
	peers := []slowPeer{
		{"a request head that comes byte by byte", catalogue.IdleUnbounded, longestHead, s.dripHead},
		{"a socket that is silent and answers no ping", catalogue.IdleUnbounded, longestIdle, s.holdSilent},
		{"half a message", catalogue.FragmentAbuse, longestMessage, s.holdHalf},
		{"a frame that comes byte by byte", catalogue.FragmentAbuse, longestMessage, s.dripFrame},
	}
	type result struct {
		after time.Duration
		e     report.Evidence
		err   error
	}
	results := make([]result, len(peers))
	var wg sync.WaitGroup
	for i, p := range peers {
		wg.Go(func() {
			defer func() {
				if recover() != nil {
					results[i].err = errors.New("the peer ended by a fault of its own")
				}
			}()
			after, e, err := p.hold(ctx, patience)
			results[i] = result{after, e, err}
		})
	}
	wg.Wait()
	for i, p := range peers {
		r := results[i]
		switch {
		case r.err != nil && (errors.Is(r.err, ErrBudget) || ctx.Err() != nil):
			return r.err
		case r.err != nil:
			s.NotJudged(p.weakness, "%s: %v", p.what, r.err)
		case r.after == 0 && patience < p.longest:
			s.NotJudged(p.weakness, "%s was not ended within %v, and honest limits may be longer; --budget seconds=400 waits", p.what, patience.Round(time.Second))
		case r.after == 0:
			s.Weak(Finding{Weakness: p.weakness, Fix: "set deadlines: 10 s for the head of a request, pings that must be answered, 30 s from the first byte of a message to its last", Evidence: r.e, Anchor: p.what,
				Message: fmt.Sprintf("%s was not ended within %v. Each costs the attacker a few bytes and the server a connection.", sentence(p.what), patience.Round(time.Second))})
		default:
			s.Pass(p.weakness, "%s is ended after %v", p.what, r.after.Round(time.Second))
		}
	}
	return nil
}

// sentence is text with a capital letter.
func sentence(text string) string { return string(text[0]-'a'+'A') + text[1:] }

// dripGap is the time between the bytes that a slow peer sends.
const dripGap = time.Second

// dripHead sends the head of a handshake slowly, and returns after what time it
// was ended; zero: it was not.
func (s *Session) dripHead(ctx context.Context, patience time.Duration) (time.Duration, report.Evidence, error) {
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return 0, report.Evidence{}, err
	}
	nc, err := s.Dial(ctx, r, nil)
	if err != nil {
		return 0, report.Evidence{}, err
	}
	defer nc.Close()
	head := r.Head()
	e := report.Evidence{Request: s.Mask(clipLines(string(head))) + "(one byte a second)\n", Response: "(nothing)\n"}
	began := time.Now()
	buf := make([]byte, 1)
	for i := 0; time.Since(began) < patience; i++ {
		if i < len(head)-4 { // it is never whole
			nc.SetWriteDeadline(time.Now().Add(dripGap))
			if _, err := nc.Write(head[i : i+1]); err != nil {
				return since(began), e, ctx.Err()
			}
		}
		nc.SetReadDeadline(time.Now().Add(dripGap))
		if n, err := nc.Read(buf); n > 0 || err != nil && !isTimeout(err) {
			return since(began), e, ctx.Err()
		}
	}
	return 0, e, ctx.Err()
}

// since is the time that has passed, never zero.
func since(t time.Time) time.Duration { return max(time.Since(t), time.Millisecond) }

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// holdSilent reads and answers nothing.
func (s *Session) holdSilent(ctx context.Context, patience time.Duration) (time.Duration, report.Evidence, error) {
	return s.holdPeer(ctx, patience, nil, "")
}

func (s *Session) holdHalf(ctx context.Context, patience time.Duration) (time.Duration, report.Evidence, error) {
	return s.holdPeer(ctx, patience, fragment(nil, wire.Text, []byte(`{"type":`)), "(the first frame of a message, and no other)")
}

// holdPeer sends something once and then answers nothing but pings where it has
// begun a message: it is slow, not dead.
func (s *Session) holdPeer(ctx context.Context, patience time.Duration, first []byte, what string) (time.Duration, report.Evidence, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return 0, report.Evidence{}, err
	}
	defer c.Close()
	began := time.Now()
	if first != nil {
		if err := c.Write(ctx, first, what); err != nil && !errors.Is(err, ErrEnded) {
			return 0, c.Evidence(), err
		}
	}
	for time.Since(began) < patience {
		wait := endsWithin
		if first == nil {
			wait = silentUntil
		}
		ended, _, err := wait(ctx, c, min(dripGap, patience))
		if err != nil {
			return 0, c.Evidence(), err
		}
		if ended {
			return since(began), c.Evidence(), nil
		}
	}
	return 0, c.Evidence(), nil
}

// dripFrame sends one frame slowly.
func (s *Session) dripFrame(ctx context.Context, patience time.Duration) (time.Duration, report.Evidence, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return 0, report.Evidence{}, err
	}
	defer c.Close()
	key := wire.NewMaskKey()
	frame := wire.AppendMessage(nil, wire.Text, []byte(s.harmless()), &key)
	began := time.Now()
	for i := 0; time.Since(began) < patience; i++ {
		if i < min(len(frame)-1, 60) {
			if err := c.Write(ctx, frame[i:i+1], "(a byte of a frame)"); err != nil {
				if errors.Is(err, ErrEnded) {
					return since(began), c.Evidence(), nil
				}
				return 0, c.Evidence(), err
			}
		}
		// Pings are not answered: a frame can't be sent within a frame.
		ended, _, err := silentUntil(ctx, c, dripGap)
		if err != nil {
			return 0, c.Evidence(), err
		}
		if ended {
			return since(began), c.Evidence(), nil
		}
	}
	return 0, c.Evidence(), nil
}
