package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "connection-flood", Summary: "opens up to 100 connections at a time, more with a larger budget, and tries forged client addresses",
		Weaknesses: []*catalogue.Weakness{catalogue.ConnectionCount}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 112, Messages: 10, Time: 40 * time.Second}, Run: runConnectionFlood,
	})
}

func runConnectionFlood(ctx context.Context, s *Session) error {
	w := catalogue.ConnectionCount
	most := (s.Left(ctx).Connections - 10) * 9 / 10
	if s.Target.TicketURL != "" {
		most /= 2
	}
	var open []*Conn
	defer func() { CloseAll(open) }()
	var refused Outcome
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
			refused = o
			break
		}
		open = append(open, c)
	}
	if len(open) == most && !s.someEnded(ctx, open) {
		s.Weak(Finding{Weakness: w, Fix: fixConnections, Evidence: open[most-1].Evidence(), Anchor: "flood",
			Message: fmt.Sprintf("%d connections of one address%s are open at the same time, and none was refused. One machine can hold as many as the server has memory and descriptors for.", most, s.ofIdentity())})
		return nil
	}
	if len(open) == most {
		s.Pass(w, "of %d connections some were ended by the server", most)
		return nil
	}
	return s.forgedAddress(ctx, len(open), refused)
}

// someEnded reports whether the server has ended one of the connections.
func (s *Session) someEnded(ctx context.Context, open []*Conn) bool {
	for _, c := range open {
		if ended, _, err := endsWithin(ctx, c, time.Millisecond); err == nil && ended {
			return true
		}
	}
	return false
}

// addressHeaders name the client to servers that believe them.
var addressHeaders = []string{"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP"}

// forgedAddress tries whether a header of the client's own choice gets around a
// limit that has just been met.
func (s *Session) forgedAddress(ctx context.Context, n int, refused Outcome) error {
	w := catalogue.ConnectionCount
	for i, name := range addressHeaders {
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		value := fmt.Sprintf("198.51.100.%d", 10+i)
		if name == "Forwarded" {
			value = "for=" + value
		}
		o, err := s.openOnce(ctx, r.With(name, value))
		if err != nil {
			return err
		}
		if o.Accepted() {
			s.Weak(Finding{Weakness: w, Fix: fixConnections, Evidence: o.Evidence, Anchor: "forwarded",
				Message: fmt.Sprintf("Connection %d of one address is %v; with the header %s, which any client may send, it is %v. Whoever invents addresses has no limit.", n+1, refused, name, o)})
			return nil
		}
	}
	s.Pass(w, "connection %d of one address is %v, with forged addresses in headers too", n+1, refused)
	return nil
}
