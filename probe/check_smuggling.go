package probe

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "pipelined-request",
		Summary:    "sends a second request right behind handshakes that are refused, and looks whether it is answered",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 6, Time: 8 * time.Second},
		Run:        runPipelined,
	}, &Check{
		Name:       "upgrade-body",
		Summary:    "sends a handshake with a body that is a frame, and looks who reads it as what",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 4, Messages: 8, Time: 8 * time.Second},
		Needs:      NeedAccepted,
		Run:        runUpgradeBody,
	}, &Check{
		Name:       "foreign-upgrade",
		Summary:    "asks for upgrades to other protocols than WebSocket",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 5, Time: 8 * time.Second},
		Run:        runForeignUpgrade,
	})
}

const fixKeepAlive = "end the connection behind a refused upgrade (Connection: close), and let a proxy tunnel only behind a valid 101"

func runPipelined(ctx context.Context, s *Session) error {
	w := catalogue.UpgradeSmuggling
	refused := 0
	for _, c := range []struct {
		what   string
		change func(Request) Request
	}{
		{"with Sec-WebSocket-Version 777", func(r Request) Request { return r.With("Sec-WebSocket-Version", "777") }},
		{"from a foreign origin", func(r Request) Request { return r.With("Origin", "https://"+s.Target.Foreign) }},
	} {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		r = c.change(r)
		// A server that lets it in would read the second request as frames, and
		// may end on them; that is not what is asked here.
		plain, o, err := s.Open(ctx, r)
		if err != nil {
			return err
		}
		if plain != nil {
			plain.Close()
		}
		if o.Upgraded() {
			continue
		}
		if r, err = s.Request(ctx, s.Target.Identity()); err != nil {
			return err
		}
		r = c.change(r)
		r.Behind = pipelined(r)
		got, err := s.stream(ctx, r)
		if err != nil {
			return err
		}
		if len(got.answers) == 0 || got.answers[0] != http.StatusSwitchingProtocols {
			refused++
		}
		if len(got.answers) < 2 {
			continue
		}
		if got.answers[0] == http.StatusSwitchingProtocols {
			s.Weak(Finding{Weakness: w, Evidence: got.evidence, Fix: fixKeepAlive, Anchor: "tunnel",
				Message: fmt.Sprintf("A handshake %s is answered with 101, and an HTTP request behind it with %d: what looks like a WebSocket is a tunnel to an HTTP server, past all that inspects requests.", c.what, got.answers[1])})
			return nil
		}
		s.Weak(Finding{Weakness: w, Severity: catalogue.Low, Confidence: report.MediumConfidence, Evidence: got.evidence, Fix: fixKeepAlive, Anchor: "keep-alive",
			Message: fmt.Sprintf("A handshake %s is refused with %d, and a request right behind it on the same connection is served (%d). Behind a proxy that starts to tunnel without looking at the answer, that second request passes all its rules.", c.what, got.answers[0], got.answers[1])})
		return nil
	}
	if refused == 0 {
		s.NotJudged(w, "none of the handshakes that should be refused is")
		return nil
	}
	s.Pass(w, "nothing is served behind a refused handshake")
	return nil
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

func runForeignUpgrade(ctx context.Context, s *Session) error {
	w := catalogue.UpgradeSmuggling
	for _, proto := range []string{"h2c", "TLS/1.0", "wswarden"} {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		r = r.With("Upgrade", proto)
		if proto == "h2c" {
			r = r.Without("Sec-WebSocket-Key", "Sec-WebSocket-Version").With("Connection", "Upgrade, HTTP2-Settings").Plus("HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA")
		}
		got, err := s.stream(ctx, r)
		if err != nil {
			return err
		}
		if len(got.answers) > 0 && got.answers[0] == http.StatusSwitchingProtocols {
			severity := catalogue.Medium
			if proto == "h2c" {
				severity = catalogue.High
			}
			s.Weak(Finding{Weakness: w, Severity: severity, Evidence: got.evidence, Anchor: proto, Fix: "answer 101 to Upgrade: websocket alone, and let a proxy forward no other Upgrade",
				Message: fmt.Sprintf("An upgrade to %q is answered with 101. A proxy that inspects HTTP and WebSocket sees neither on this connection, and what is asked over it passes its rules.", proto)})
			return nil
		}
	}
	s.Pass(w, "upgrades to h2c, TLS and an invented protocol are not answered with 101")
	return nil
}
