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
		Cost:       Cost{Connections: 6, Messages: 16, Time: time.Minute},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        runMessageSize,
	})
}

const fixSize = "set the largest message to what the application needs, such as 64 KiB (maxPayload, SetReadLimit, max_size)"

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
