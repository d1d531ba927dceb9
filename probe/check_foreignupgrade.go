package probe

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "foreign-upgrade",
		Summary:    "asks for upgrades to other protocols than WebSocket",
		Weaknesses: []*catalogue.Weakness{catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 5, Time: 8 * time.Second},
		Run:        runForeignUpgrade,
	})
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
