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
		Name: "slow-reader", Summary: "causes answers and reads none of them",
		Weaknesses: []*catalogue.Weakness{catalogue.SendUnbounded}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 3000, Time: 60 * time.Second}, Run: runSlowReader,
	})
}

// echoSize is the size of the messages that a slow reader sends.
const echoSize = 32 << 10

// enough is more than the buffers of two systems hold, of answers that are not
// read and of messages that a server leaves while it waits: 10 MiB each way by
// the defaults of Linux.
const enough = 40 << 20

func runSlowReader(ctx context.Context, s *Session) error {
	w := catalogue.SendUnbounded
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Drop()
	message, answer, err := s.answeredMessage(ctx, c)
	if err != nil {
		return err
	}
	if message == nil {
		s.NotJudged(w, "no message is known that is answered: name some (--messages, --config)")
		return nil
	}
	most := min(s.Left(ctx).Messages-10, enough/max(answer, 1)+1)
	began, sent := time.Now(), 0
	for sent < most {
		if err := c.Send(ctx, wire.Text, message); err != nil {
			if errors.Is(err, ErrEnded) {
				s.Pass(w, "a client that reads nothing is ended, or not read any more, after %d answers of about %d bytes", sent, answer)
				return nil
			}
			return err
		}
		sent++
	}
	volume := sent * answer
	if volume < enough {
		s.NotJudged(w, "%d answers, about %s, were caused and not read: the buffers of two systems may hold that; --budget messages=5000 causes more", sent, bytesText(volume))
		return nil
	}
	// What is not there any more shows now: the server writes on, or has ended.
	if err := sleep(ctx, 3*time.Second); err != nil {
		return err
	}
	units := 0
	if _, err := collect(ctx, c, 5*time.Second, func(wire.Unit) bool { units++; return units > 4*maxTaken }); err != nil {
		return err
	}
	if _, over := c.Closing(); over {
		s.Pass(w, "a client that reads nothing is ended; about %s of answers were caused", bytesText(volume))
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: "bound the bytes that wait for a client, and end the connection of one that leaves them", Evidence: c.Evidence(), Anchor: "queue",
		Message: fmt.Sprintf("%d answers, about %s, were caused within %v and not read, and the server took every message and kept the connection: they wait in its memory. Watch the process while this runs.", sent, bytesText(volume), time.Since(began).Round(time.Second))})
	return nil
}

// answeredMessage returns a message that is answered, and the size of the
// answer: the one of those known whose answer is the longest.
func (s *Session) answeredMessage(ctx context.Context, c *Conn) (message []byte, answer int, err error) {
	msgs, speak := s.knownMessages()
	var candidates [][]byte
	if speak != nil {
		for i, k := range msgs {
			for name, v := range k.payload {
				if text, ok := v.(string); ok && strings.EqualFold(name, "text") && len(text) < echoSize {
					k.payload[name] = strings.Repeat("x", echoSize)
				}
			}
			candidates = append(candidates, speak.wrap(k.name, k.payload, i+1))
		}
	}
	candidates = append(candidates, s.padded(echoSize), []byte(s.harmless()))
	for _, m := range candidates[:min(len(candidates), 20)] {
		if err := c.Send(ctx, wire.Text, m); err != nil {
			return nil, 0, err
		}
		units, err := collect(ctx, c, s.Settle(), func(wire.Unit) bool { return true })
		if err != nil {
			return nil, 0, err
		}
		if len(units) > 0 && len(units[0].Payload) > answer {
			message, answer = m, len(units[0].Payload)
		}
	}
	return message, answer, nil
}
