package probe

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "message-race", Summary: "sends the same message on ten connections at once",
		Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 40, Messages: 120, Time: 40 * time.Second}, Run: runMessageRace,
	})
}

// raceConns is on how many connections a message is sent at once.
const raceConns = 10

func runMessageRace(ctx context.Context, s *Session) error {
	msgs, speak := s.knownMessages()
	var k *known
	for i := range msgs {
		if !msgs[i].reads() && len(once(msgs[i:i+1])) > 0 {
			k = &msgs[i]
			break
		}
	}
	if speak == nil || k == nil {
		s.NotJudged(nil, "no message is known that may be carried out only once (with a nonce or a request id)")
		return nil
	}
	once := k.fresh()
	var open []*Conn
	defer func() { CloseAll(open) }()
	for range raceConns {
		c, err := s.Connect(ctx, s.Target.Identity())
		if errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnsteady) {
			break // as many as there may be
		}
		if err != nil {
			return err
		}
		open = append(open, c)
	}
	if len(open) < 2 {
		s.NotJudged(nil, "only one connection is allowed at a time")
		return nil
	}
	carried := make([]bool, len(open))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range open {
		p := once
		p.payload = maps.Clone(once.payload)
		for member := range p.payload {
			if nonceName.MatchString(member) {
				p.payload[member] = canary("nonce") // it is the code that may be used once
			}
		}
		message := speak.wrap(p.name, p.payload, i+1)
		wg.Go(func() {
			defer func() { _ = recover() }() // a fault of one racer is no answer of the server
			<-start
			if c.Send(ctx, wire.Text, message) != nil {
				return
			}
			units, err := collect(ctx, c, max(s.Settle(), 300*time.Millisecond), func(wire.Unit) bool { return true })
			carried[i] = err == nil && len(units) > 0 && speak.hear(units[0]).refusal == ""
		})
	}
	close(start)
	wg.Wait()
	n := 0
	for _, yes := range carried {
		if yes {
			n++
		}
	}
	if n > 1 {
		s.Note("the message %q, sent on %d connections at once, was carried out %d times: if that may happen once, it is looked up and stored in two steps", k.name, len(open), n)
		return ctx.Err()
	}
	s.Pass(nil, "%q, sent on %d connections at once, was carried out %d times", k.name, len(open), n)
	return ctx.Err()
}
