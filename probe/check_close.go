package probe

import (
	"context"
	"errors"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name:       "close-handshake",
		Summary:    "sends a Close frame, keeps the TCP connection, and sends data behind the Close",
		Weaknesses: []*catalogue.Weakness{catalogue.IdleUnbounded, catalogue.MalformedFrame},
		Cost:       Cost{Connections: 3, Messages: 6, Time: 12 * time.Second},
		Needs:      NeedAccepted,
		Run:        runClose,
	})
}

// closeWait is how long a server may take to answer a Close frame.
const closeWait = 2 * time.Second

func runClose(ctx context.Context, s *Session) error {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Drop()
	if err := c.Send(ctx, wire.Close, []byte{0x03, 0xe8}); err != nil && !errors.Is(err, ErrEnded) {
		return err
	}
	answered, err := c.awaitEnd(ctx, closeWait)
	if err != nil {
		return err
	}
	if !answered {
		s.NotJudged(catalogue.MalformedFrame, "a Close frame is not answered, so that one can't tell what is read behind it")
	}
	if answered {
		s.Pass(catalogue.IdleUnbounded, "a Close frame is answered, or the connection ended, within %v; how long a silent peer stays is for --with load", closeWait)
	} else {
		s.Weak(Finding{Weakness: catalogue.IdleUnbounded, Severity: catalogue.Low, Evidence: c.Evidence(), Anchor: "close",
			Fix:     "answer Close frames, and end the TCP connection some seconds behind a Close whether or not it is answered",
			Message: "A Close frame is not answered within two seconds, and the connection is not ended: a peer that has said goodbye still holds it."})
	}
	if !answered {
		return nil
	}
	return s.dataBehindClose(ctx)
}

// awaitEnd waits until the server's Close frame or the end of the connection.
func (c *Conn) awaitEnd(ctx context.Context, d time.Duration) (bool, error) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		u, err := c.Receive(ctx, time.Until(end))
		switch {
		case errors.Is(err, ErrEnded), err == nil && u.Opcode == wire.Close:
			return true, nil
		case err != nil && !errors.Is(err, ErrSilence):
			return false, err
		}
	}
	return false, nil
}

// dataBehindClose sends a ping in one write with a Close before it. RFC 6455
// section 5.5.1: nothing is sent behind a Close, so that an answer to it comes
// from somebody who goes on reading.
func (s *Session) dataBehindClose(ctx context.Context) error {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	defer c.Drop()
	key := wire.NewMaskKey()
	mark := []byte("wswarden behind close")
	raw := wire.AppendClose(nil, wire.CloseNormal, "", &key)
	raw = wire.AppendMessage(raw, wire.Text, []byte(s.harmless()), &key)
	raw = wire.AppendMessage(raw, wire.Ping, mark, &key)
	if err := c.Write(ctx, raw, "close 1000, and behind it a text and a ping"); err != nil && !errors.Is(err, ErrEnded) {
		return err
	}
	// The Close frame ends what a Conn reads, so that what is before it counts.
	processed, err := c.awaitPong(ctx, mark, max(2*s.Settle(), 300*time.Millisecond))
	if err != nil {
		return err
	}
	if processed {
		s.Weak(Finding{Weakness: catalogue.MalformedFrame, Severity: catalogue.Low, Evidence: c.Evidence(), Anchor: "behind-close", Fix: fixFraming,
			Message: "A ping behind a Close frame is answered: the server goes on reading messages of a peer that has said goodbye, whose session may be over."})
		return nil
	}
	s.Pass(catalogue.MalformedFrame, "nothing behind a Close frame is answered")
	return nil
}
