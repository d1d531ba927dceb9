package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name:       "connection-count",
		Summary:    "opens 20 connections at a time",
		Weaknesses: []*catalogue.Weakness{catalogue.ConnectionCount},
		Cost:       Cost{Connections: 24, Messages: 30, Time: 12 * time.Second},
		Needs:      NeedAccepted,
		Run:        runConnectionCount,
	})
}

const fixConnections = "count the open connections of an address and of a user, and refuse more with 429; take the address of a client from the connection, or from headers of a trusted proxy alone"

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
