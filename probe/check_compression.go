package probe

import (
	"context"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "compression",
		Summary:    "offers permessage-deflate and reports what is agreed on; sends nothing compressed",
		Weaknesses: []*catalogue.Weakness{catalogue.CompressionBomb},
		Cost:       Cost{Connections: 1, Messages: 2, Time: 3 * time.Second},
		Needs:      NeedAccepted,
		Run:        runCompression,
	})
}

func runCompression(ctx context.Context, s *Session) error {
	w := catalogue.CompressionBomb
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	c, o, err := s.Open(ctx, r.With("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"))
	if err != nil {
		return err
	}
	if c != nil {
		c.Close()
	}
	agreed := strings.Join(o.Header.Values("Sec-WebSocket-Extensions"), ", ")
	switch {
	case !o.Upgraded():
		s.NotJudged(w, "a handshake that offers permessage-deflate is %v", o)
	case agreed == "":
		s.Pass(w, "permessage-deflate is not accepted")
	default:
		s.NotJudged(w, "permessage-deflate is accepted; whether what comes out of it is limited is for --with memory")
		s.Note("compression is agreed on: %s", agreed)
		if !strings.Contains(agreed, "server_no_context_takeover") {
			s.Note("the server compresses with what it sent before in view: where a message holds a secret and another text of an attacker's choice, their common length tells of the secret (as in BREACH); server_no_context_takeover narrows it to one message")
		}
	}
	return nil
}
