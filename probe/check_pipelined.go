package probe

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "pipelined-request",
		Summary:    "sends a second request right behind handshakes that are refused, and looks whether it is answered",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 6, Time: 8 * time.Second},
		Run:        runPipelined,
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
