package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "subprotocol",
		Summary:    "offers sub-protocols that nobody speaks, and values that are no names",
		Weaknesses: []*catalogue.Weakness{catalogue.SubprotocolUnchecked},
		Cost:       Cost{Connections: 9, Messages: 9, Time: 12 * time.Second},
		Needs:      NeedAccepted,
		Run:        runSubprotocol,
	})
}

const (
	fixSubprotocol = "select a name from a fixed list of those that the server speaks, or none; never copy one from the request"
	invented       = "wswarden.invented"
)

func runSubprotocol(ctx context.Context, s *Session) error {
	w := catalogue.SubprotocolUnchecked
	for _, c := range []struct{ what, offer string }{
		{"an invented name", invented},
		{"the same invented name twice", invented + ", " + invented},
		{"a quoted text", `"wswarden invented"`},
		{"an encoded line break", "wswarden%0d%0aX-Wswarden:%201"},
		{"a name that looks like a token", "access_token, wswardenNoSuchCredential0"},
	} {
		r, err := s.offering(ctx, c.offer)
		if err != nil {
			return err
		}
		o, err := s.Try(ctx, r)
		if err != nil {
			return err
		}
		if !o.Upgraded() {
			continue
		}
		chosen := strings.Join(o.Header.Values("Sec-WebSocket-Protocol"), ", ")
		switch {
		case o.Header.Get("X-Wswarden") != "":
			s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Evidence: o.Evidence, Fix: fixSubprotocol, Anchor: "split",
				Message: "A line break in an offered sub-protocol becomes one in the answer: a client writes headers of the server's response."})
			return nil
		case selects(chosen, c.offer):
			s.Weak(Finding{Weakness: w, Evidence: o.Evidence, Fix: fixSubprotocol, Anchor: "echo",
				Message: fmt.Sprintf("Offered %s (%s), the server selects it: the client names the protocol that is spoken. Where pages put a token into this header, the answer sends it back.", c.what, c.offer)})
			return nil
		case chosen != "" && !selects(chosen, r.Value("Sec-WebSocket-Protocol")):
			s.Weak(Finding{Weakness: w, Evidence: o.Evidence, Fix: fixSubprotocol, Anchor: "unoffered",
				Message: fmt.Sprintf("The server selects a sub-protocol that was not offered (%s). Browsers fail such a connection; other clients speak something else than the server.", clip(chosen, 80))})
			return nil
		case strings.Contains(chosen, ","):
			s.Weak(Finding{Weakness: w, Evidence: o.Evidence, Fix: fixSubprotocol, Anchor: "several",
				Message: fmt.Sprintf("The server selects several sub-protocols at once (%s); browsers fail such a connection.", clip(chosen, 80))})
			return nil
		}
	}
	slow, err := s.slowList(ctx)
	if err != nil || slow {
		return err
	}
	s.Pass(w, "what is not spoken is refused, or not selected")
	return nil
}

// selects reports whether one of the names that only we speak was selected.
func selects(chosen, offer string) bool {
	for name := range strings.SplitSeq(chosen, ",") {
		name = strings.TrimSpace(name)
		if name != "" && slices.ContainsFunc(strings.Split(offer, ","), func(o string) bool { return strings.TrimSpace(o) == name }) {
			return true
		}
	}
	return false
}

// offering is the control handshake with one more value in its offer.
func (s *Session) offering(ctx context.Context, offer string) (Request, error) {
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return r, err
	}
	if have := r.Value("Sec-WebSocket-Protocol"); have != "" {
		return r.With("Sec-WebSocket-Protocol", have+", "+offer), nil
	}
	return r.With("Sec-WebSocket-Protocol", offer), nil
}

// slowList offers a list of blanks, over which a bad parser takes quadratic
// time or worse (CVE-2021-32640).
func (s *Session) slowList(ctx context.Context) (bool, error) {
	timed := func(offer string) (time.Duration, Outcome, error) {
		r, err := s.offering(ctx, offer)
		if err != nil {
			return 0, Outcome{}, err
		}
		start := time.Now()
		c, o, err := s.Open(ctx, r)
		d := time.Since(start)
		if c != nil {
			c.Close()
		}
		return d, o, err
	}
	short, _, err := timed("wswarden.a,wswarden.b")
	if err != nil {
		return false, err
	}
	long, o, err := timed("wswarden.a" + strings.Repeat(" ", 6<<10) + "wswarden.b")
	if err != nil {
		return false, err
	}
	if long < 20*short || long < 500*time.Millisecond {
		return false, nil
	}
	s.Weak(Finding{Weakness: catalogue.SubprotocolUnchecked, Severity: catalogue.Medium, Evidence: o.Evidence, Fix: "update the library; CVE-2021-32640 is one case of this", Anchor: "slow",
		Message: fmt.Sprintf("Six KiB of blanks in Sec-WebSocket-Protocol take %v to judge, a short list %v: a few such handshakes hold the server.", long.Round(time.Millisecond), short.Round(time.Millisecond))})
	return true, nil
}
