package probe

import (
	"bytes"
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
		Name: "large-message", Summary: "sends messages of 4, 16 and 64 MiB, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageSize}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 10, Time: 60 * time.Second}, Run: runLargeMessage,
	}, &Check{
		Name: "compression-bomb", Summary: "sends messages that inflate to 1, 8 and 64 MiB, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.CompressionBomb}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 16, Time: 60 * time.Second}, Run: runCompressionBomb,
	}, &Check{
		Name: "fragments", Summary: "sends 2,000, 20,000 and 150,000 frames of one message, empty and of one byte, and stops at the first refusal",
		Weaknesses: []*catalogue.Weakness{catalogue.FragmentAbuse}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 8, Messages: 400, Time: 60 * time.Second}, Run: runFragments,
	}, &Check{
		Name: "declared-length", Summary: "announces messages of 64 MiB on four connections and sends none of them",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageSize}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 10, Time: 30 * time.Second}, Run: runDeclaredLength,
	}, &Check{
		Name: "slow-reader", Summary: "causes answers and reads none of them",
		Weaknesses: []*catalogue.Weakness{catalogue.SendUnbounded}, Group: Memory, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 3000, Time: 60 * time.Second}, Run: runSlowReader,
	}, &Check{
		Name: "nesting", Summary: "sends JSON that is nested 1,000 and 10,000 deep",
		Weaknesses: []*catalogue.Weakness{catalogue.ParseUnguarded}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 12, Time: 20 * time.Second}, Run: runNesting,
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

// echoSize is the size of the messages that a slow reader sends.
const echoSize = 16 << 10

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
	// Enough for the buffers of both systems, and as much again.
	const enough = 24 << 20
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
	if volume < 8<<20 {
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

func runNesting(ctx context.Context, s *Session) error {
	w := catalogue.ParseUnguarded
	for _, depth := range []int{1_000, 10_000} {
		c, err := s.Connect(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		message := []byte(`{"type":"wswarden-nest","data":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}")
		err = c.Send(ctx, wire.Text, message)
		alive, answers, aerr := false, []wire.Unit(nil), error(nil)
		if err == nil {
			alive, answers, aerr = c.Alive(ctx, 3*time.Second)
		}
		closing, _ := c.Closing()
		e := c.Evidence()
		c.Close()
		if err != nil && !errors.Is(err, ErrEnded) {
			return err
		}
		if aerr != nil {
			return aerr
		}
		loud := false
		for _, u := range answers {
			loud = loud || bytes.Contains(bytes.ToLower(u.Payload), []byte("recursion")) || bytes.Contains(bytes.ToLower(u.Payload), []byte("stack"))
		}
		switch {
		case loud || !alive && closing == nil:
			s.Weak(Finding{Weakness: w, Fix: "bound the depth of what is parsed, and answer what can't be parsed with an error", Evidence: e, Anchor: "nesting",
				Message: fmt.Sprintf("JSON that is nested %d deep ends the connection without a Close frame, or is answered by an overflow: the parser fails where nobody catches it.", depth)})
			return nil
		case closing != nil && closing.Code == wire.CloseInternalError:
			s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Fix: "bound the depth of what is parsed, and answer what can't be parsed with an error", Evidence: e, Anchor: "nesting",
				Message: fmt.Sprintf("JSON that is nested %d deep ends the connection with %d: the handler failed.", depth, closing.Code)})
			return nil
		}
	}
	s.Pass(w, "JSON that is nested 10,000 deep is answered or refused")
	return nil
}
