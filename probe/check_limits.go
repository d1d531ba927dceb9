package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "message-size",
		Summary:    "sends messages of up to 1 MiB, and the header of one of 16 MiB",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageSize},
		Cost:       Cost{Connections: 6, Messages: 16, Time: 15 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runMessageSize,
	}, &Check{
		Name:       "message-rate",
		Summary:    "sends 50 messages of an unknown type as fast as it may",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageRate},
		Cost:       Cost{Connections: 2, Messages: 60, Time: 8 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runMessageRate,
	}, &Check{
		Name:       "connection-count",
		Summary:    "opens 20 connections at a time",
		Weaknesses: []*catalogue.Weakness{catalogue.ConnectionCount},
		Cost:       Cost{Connections: 24, Messages: 30, Time: 12 * time.Second},
		Needs:      NeedAccepted,
		Run:        runConnectionCount,
	})
}

const (
	fixSize        = "set the largest message to what the application needs, such as 64 KiB (maxPayload, SetReadLimit, max_size)"
	fixConnections = "count the open connections of an address and of a user, and refuse more with 429; take the address of a client from the connection, or from headers of a trusted proxy alone"
)

func runMessageSize(ctx context.Context, s *Session) error {
	w := catalogue.MessageSize
	if ok, err := s.bears(ctx); err != nil || !ok {
		s.NotJudged(w, unbearable)
		return err
	}
	var last report.Evidence
	for _, size := range []int{128 << 10, 1<<20 + 1} {
		taken, how, e, err := s.takesMessage(ctx, size)
		if err != nil {
			return err
		}
		if !taken {
			s.Pass(w, "a message of %s is refused: %s", bytesText(size), how)
			return nil
		}
		last = e
	}
	// The header says how much will come, and none of it does: a server that
	// has a limit refuses at once (RFC 6455 section 10.4).
	const huge = 16<<20 + 1
	refused, e, err := s.refusesHeader(ctx, huge)
	if err != nil {
		return err
	}
	if refused {
		s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Evidence: last, Fix: fixSize, Anchor: "size",
			Message: "A message of more than 1 MiB is taken; one of 16 MiB is refused by its header. The limit is between these two: each connection may make the server hold that much."})
		return nil
	}
	s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Confidence: report.MediumConfidence, Evidence: e, Fix: fixSize, Anchor: "size",
		Message: "A message of more than 1 MiB is taken, and the header of one of 16 MiB is not refused. No limit was met; how far it goes is for --with memory to find out. A few connections that send such messages take the server's memory."})
	return nil
}

// bytesText is a number of bytes in words.
func bytesText(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// padded is a message of an unknown type with so many bytes.
func (s *Session) padded(size int) []byte {
	e := s.envelope()
	bare := len(e.typed(harmlessName, `,"pad":""`))
	return []byte(e.typed(harmlessName, `,"pad":"`+strings.Repeat("a", max(0, size-bare))+`"`))
}

// takesMessage sends one message and reports whether the connection goes on.
func (s *Session) takesMessage(ctx context.Context, size int) (taken bool, how string, e report.Evidence, err error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return false, "", e, err
	}
	defer c.Close()
	if err := c.Send(ctx, wire.Text, s.padded(size)); err != nil && !errors.Is(err, ErrEnded) {
		return false, "", e, err
	}
	alive, _, err := c.Alive(ctx, 3*time.Second)
	if err != nil {
		return false, "", e, err
	}
	closing, _ := c.Closing()
	switch {
	case alive:
		return true, "", c.Evidence(), nil
	case closing != nil:
		return false, "the connection is closed with " + closing.Code.String(), c.Evidence(), nil
	}
	return false, "the connection is ended", c.Evidence(), nil
}

// refusesHeader sends the header of a message and nothing of the message, and
// reports whether that ends the connection.
func (s *Session) refusesHeader(ctx context.Context, size int) (bool, report.Evidence, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return false, report.Evidence{}, err
	}
	defer c.Drop()
	h := wire.Header{Fin: true, Opcode: wire.Text, Masked: true, Key: wire.NewMaskKey(), Length: uint64(size)}
	if err := c.Write(ctx, append(h.Append(nil), 0), fmt.Sprintf("(the header of a text of %d bytes, and one byte of it)", size)); err != nil && !errors.Is(err, ErrEnded) {
		return false, report.Evidence{}, err
	}
	for end := time.Now().Add(max(3*s.Settle(), 500*time.Millisecond)); time.Now().Before(end); {
		u, err := c.Receive(ctx, time.Until(end))
		switch {
		case errors.Is(err, ErrEnded), err == nil && u.Opcode == wire.Close:
			return true, c.Evidence(), nil
		case errors.Is(err, ErrSilence):
			return false, c.Evidence(), nil
		case err != nil:
			return false, report.Evidence{}, err
		}
	}
	return false, c.Evidence(), nil
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

func runConnectionCount(ctx context.Context, s *Session) error {
	w := catalogue.ConnectionCount
	const most = 20
	var open []*Conn
	defer func() { CloseAll(open) }()
	for len(open) < most {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		c, o, err := s.Open(ctx, r)
		if err != nil {
			return err
		}
		if c == nil {
			return s.refusedAt(ctx, len(open), o)
		}
		open = append(open, c)
	}
	// Some let in and close, the new one or the oldest.
	alive := 0
	for _, c := range open {
		ok, _, err := c.Alive(ctx, max(2*s.Settle(), 300*time.Millisecond))
		if err != nil {
			return err
		}
		if _, over := c.Closing(); ok || !over {
			alive++
		}
	}
	if alive < most {
		return s.refusedAt(ctx, alive, Outcome{Kind: Closed, Code: wire.CloseAbnormal})
	}
	s.Weak(Finding{Weakness: w, Evidence: open[most-1].Evidence(), Fix: fixConnections, Anchor: "count",
		Message: fmt.Sprintf("%d connections of one address%s are open at the same time, and none was refused. One machine can hold as many as the server has memory and descriptors for.", most, s.ofIdentity())})
	return nil
}

func (s *Session) ofIdentity() string {
	if who := s.Target.Identity(); who != nil {
		return " and one identity"
	}
	return ""
}

// refusedAt judges a limit that was met: whether it can be got around by
// writing another address into a header.
func (s *Session) refusedAt(ctx context.Context, n int, o Outcome) error {
	w := catalogue.ConnectionCount
	if o.Kind == Refused {
		for _, h := range []struct{ name, value string }{{"X-Forwarded-For", "203.0.113.7"}, {"X-Real-IP", "203.0.113.8"}, {"Forwarded", "for=203.0.113.9"}} {
			r, err := s.Request(ctx, s.Target.Identity())
			if err != nil {
				return err
			}
			c, forged, err := s.Open(ctx, r.Plus(h.name, h.value))
			if err != nil {
				return err
			}
			if c == nil {
				continue
			}
			// A place may have become free meanwhile: then the next gets in as well.
			r, err = s.Request(ctx, s.Target.Identity())
			if err != nil {
				c.Close()
				return err
			}
			next, _, err := s.Open(ctx, r)
			c.Close()
			if err != nil {
				return err
			}
			if next != nil {
				next.Close()
				continue
			}
			s.Weak(Finding{Weakness: w, Evidence: forged.Evidence, Fix: fixConnections, Anchor: "forged",
				Message: fmt.Sprintf("More than %d connections are %v, but not with an invented %s: whoever writes one has as many as he likes.", n, o, h.name)})
			return nil
		}
	}
	s.Pass(w, "after %d open connections the next is %v", n, o)
	return nil
}
