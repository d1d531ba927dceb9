package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "extended-connect",
		Summary:    "asks whether WebSockets are also opened over HTTP/2 (RFC 8441), and by which rules",
		Weaknesses: []*catalogue.Weakness{catalogue.OriginUnchecked, catalogue.AuthMissing, catalogue.UpgradeSmuggling},
		Cost:       Cost{Connections: 5, Messages: 2, Time: 12 * time.Second},
		Run:        runExtendedConnect,
	})
}

const fixH2 = "hold WebSockets over HTTP/2 to the same checks of origin and credential as over HTTP/1.1, or don't offer extended CONNECT"

func runExtendedConnect(ctx context.Context, s *Session) error {
	h, err := s.dialH2(ctx)
	if errors.Is(err, errNoHTTP2) {
		s.Pass(nil, "HTTP/2 is not spoken, so that there is no second way to the endpoint")
		return nil
	}
	if err != nil {
		return err
	}
	defer h.nc.Close()
	if !h.extended {
		s.Pass(nil, "HTTP/2 is spoken, and extended CONNECT (RFC 8441) not offered")
		return nil
	}
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	control, _, err := h.connect(r, "websocket")
	if err != nil {
		return fmt.Errorf("ask over HTTP/2: %w", err)
	}
	if control/100 != 2 {
		s.Pass(nil, "extended CONNECT is offered, and the allowed handshake is answered with %d over it", control)
		return nil
	}
	if err := s.compareH2(ctx, h); err != nil {
		return err
	}
	status, e, err := h.connect(r, "wswarden")
	if err != nil {
		return fmt.Errorf("ask over HTTP/2: %w", err)
	}
	if status/100 == 2 {
		s.Weak(Finding{Weakness: catalogue.UpgradeSmuggling, Severity: catalogue.Low, Evidence: e, Anchor: "protocol", Fix: "accept the :protocol websocket alone, and refuse others with 501",
			Message: "An extended CONNECT for an invented :protocol is accepted: a tunnel is opened for a protocol that nobody speaks."})
		return nil
	}
	s.Pass(catalogue.UpgradeSmuggling, "an extended CONNECT for an invented protocol is refused")
	return nil
}

// compareH2 asks over HTTP/2 for what HTTP/1.1 refuses.
func (s *Session) compareH2(ctx context.Context, h *h2Conn) error {
	foreign, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	foreign = foreign.With("Origin", "https://"+s.Target.Foreign)
	stranger := s.plain()
	for _, c := range []struct {
		what string
		r    Request
		f    Finding
	}{
		{"from a foreign origin", foreign, Finding{Weakness: catalogue.OriginUnchecked, Anchor: "origin", Fix: fixH2}},
		{"without a credential", stranger, Finding{Weakness: catalogue.AuthMissing, Anchor: "auth", Fix: fixH2}},
	} {
		one, err := s.Try(ctx, c.r)
		if err != nil {
			return err
		}
		if one.Accepted() {
			s.NotJudged(c.f.Weakness, "a handshake %s is let in over HTTP/1.1 already", c.what)
			continue
		}
		two, e, err := h.connect(c.r, "websocket")
		if err != nil {
			return fmt.Errorf("ask over HTTP/2: %w", err)
		}
		if two/100 != 2 {
			s.Pass(c.f.Weakness, "over HTTP/2 a handshake %s is refused too (%d)", c.what, two)
			continue
		}
		c.f.Evidence = e
		c.f.Message = fmt.Sprintf("A handshake %s is %v over HTTP/1.1, and accepted over HTTP/2 (extended CONNECT): the check belongs to one of the two ways.", c.what, one)
		s.Weak(c.f)
	}
	return nil
}
