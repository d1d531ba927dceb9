package probe

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name:       "upgrade-body",
		Summary:    "sends a handshake with a body that is a frame, and looks who reads it as what",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 4, Messages: 8, Time: 8 * time.Second},
		Needs:      NeedAccepted,
		Run:        runUpgradeBody,
	})
}

func runUpgradeBody(ctx context.Context, s *Session) error {
	w := catalogue.UpgradeSmuggling
	key := wire.NewMaskKey()
	mark := []byte("wswarden-body")
	frame := wire.AppendMessage(nil, wire.Ping, mark, &key)
	for _, c := range []struct {
		what        string
		name, value string
		body        []byte
	}{
		{"Content-Length", "Content-Length", strconv.Itoa(len(frame)), frame},
		{"chunks", "Transfer-Encoding", "chunked", fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(frame), frame)},
	} {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		r = r.Plus(c.name, c.value)
		r.Behind = c.body
		conn, o, err := s.Open(ctx, r)
		if err != nil {
			return err
		}
		if conn == nil {
			continue
		}
		read, err := conn.awaitPong(ctx, mark, max(2*s.Settle(), 300*time.Millisecond))
		conn.Close()
		if err != nil {
			return err
		}
		if read {
			o.Evidence = conn.Evidence()
			s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Evidence: o.Evidence, Anchor: "body", Fix: "refuse handshakes with Content-Length or Transfer-Encoding with 400",
				Message: fmt.Sprintf("A handshake that announces a body (%s) is answered with 101, and the body is read as frames. A proxy that reads it as a body, as it is announced, and this server disagree on where the WebSocket begins.", c.what)})
			return nil
		}
		s.Note("a handshake that announces a body (%s) is accepted; the body is not read as frames", c.what)
	}
	s.Pass(w, "a body is refused, or not read as frames")
	return nil
}

// awaitPong waits for the pong of a ping that was sent with the handshake.
func (c *Conn) awaitPong(ctx context.Context, mark []byte, d time.Duration) (bool, error) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		u, err := c.Receive(ctx, time.Until(end))
		if err != nil {
			return false, ctx.Err()
		}
		if u.Opcode == wire.Pong && string(u.Payload) == string(mark) {
			return true, nil
		}
	}
	return false, nil
}
