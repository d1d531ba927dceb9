package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "message-flood", Summary: "sends up to 1,000 small messages as fast as it may, more with a larger budget",
		Weaknesses: []*catalogue.Weakness{catalogue.MessageRate}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 6, Messages: 1022, Time: 30 * time.Second}, Run: runMessageFlood,
	}, &Check{
		Name: "control-flood", Summary: "sends up to 1,000 pings as fast as it may, reading the pongs and not reading them",
		Weaknesses: []*catalogue.Weakness{catalogue.ControlFlood}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 4, Messages: 1020, Time: 30 * time.Second}, Run: runControlFlood,
	}, &Check{
		Name: "connection-flood", Summary: "opens up to 100 connections at a time, more with a larger budget, and tries forged client addresses",
		Weaknesses: []*catalogue.Weakness{catalogue.ConnectionCount}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 112, Messages: 10, Time: 40 * time.Second}, Run: runConnectionFlood,
	}, &Check{
		Name: "counter-leak", Summary: "is refused more often than connections are allowed, then connects",
		Weaknesses: []*catalogue.Weakness{catalogue.CounterLeak}, Group: Load, Needs: NeedAccepted, Late: true,
		Cost: Cost{Connections: 150, Messages: 10, Time: 40 * time.Second}, Run: runCounterLeak,
	})
}

const (
	fixRate    = "count messages by connection and by user with a token bucket, and close a connection that goes on beyond it (1008)"
	fixControl = "count control frames like messages, and close a connection that sends more than an honest one does (1008)"
)

// flooded is what came of a flood.
type flooded struct {
	sent  int
	ended bool
	how   string
	e     report.Evidence
}

// flood sends frames in bursts until the server ends the connection or speaks of
// a limit, or n are sent.
func (s *Session) flood(ctx context.Context, n int, op wire.Opcode, payload []byte, read bool) (flooded, error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return flooded{}, err
	}
	defer c.Close()
	var f flooded
	var first, last wire.Unit
	for f.sent < n {
		for range min(50, n-f.sent) {
			if err := c.Send(ctx, op, payload); err != nil {
				if errors.Is(err, ErrEnded) {
					break
				}
				return f, err
			}
			f.sent++
		}
		if !read {
			continue
		}
		units, err := collect(ctx, c, time.Millisecond, func(wire.Unit) bool { return false })
		if err != nil {
			return f, err
		}
		if len(units) > 0 {
			if first.Payload == nil {
				first = units[0]
			}
			last = units[len(units)-1]
		}
		if _, over := c.Closing(); over || first.Payload != nil && changed([]wire.Unit{first, last}) {
			break
		}
	}
	if !read {
		// What the server made of it shows only once its answers are taken.
		if _, err := collect(ctx, c, 2*time.Second, func(wire.Unit) bool { return false }); err != nil {
			return f, err
		}
	}
	ended, how, err := endsWithin(ctx, c, max(2*s.Settle(), 300*time.Millisecond))
	f.ended, f.how, f.e = ended, how, c.Evidence()
	if !ended && first.Payload != nil && changed([]wire.Unit{first, last}) {
		f.ended, f.how = true, "later answers speak of a limit"
	}
	return f, err
}

func runMessageFlood(ctx context.Context, s *Session) error {
	w := catalogue.MessageRate
	if ok, err := s.bears(ctx); err != nil || !ok {
		if err == nil {
			s.NotJudged(w, unbearable)
		}
		return err
	}
	n := s.Left(ctx).Messages - 20
	f, err := s.flood(ctx, n, wire.Text, []byte(s.harmless()), true)
	if err != nil {
		return err
	}
	if f.ended {
		s.Pass(w, "within %d messages: %s", f.sent, f.how)
		return nil
	}
	s.Weak(Finding{Weakness: w, Fix: fixRate, Evidence: f.e, Anchor: "flood",
		Message: fmt.Sprintf("%d messages, as fast as they could be sent, were all taken and the connection stayed open. A single client can keep the server busy.%s", f.sent, s.othersServed(ctx))})
	return nil
}

// othersServed says whether another connection is served as before.
func (s *Session) othersServed(ctx context.Context) string {
	began := time.Now()
	o, err := s.Try(ctx, s.plain())
	if err != nil || o.Kind == Dropped {
		return " Another connection got no answer meanwhile."
	}
	return fmt.Sprintf(" Another handshake was answered in %v right behind it.", time.Since(began).Round(time.Millisecond))
}

func runControlFlood(ctx context.Context, s *Session) error {
	w := catalogue.ControlFlood
	n := (s.Left(ctx).Messages - 20) / 2
	for _, read := range []bool{true, false} {
		f, err := s.flood(ctx, n, wire.Ping, []byte("wswarden"), read)
		if err != nil {
			return err
		}
		if f.ended {
			s.Pass(w, "within %d pings: %s", f.sent, f.how)
			return nil
		}
		if !read {
			s.Weak(Finding{Weakness: w, Fix: fixControl, Evidence: f.e, Anchor: "ping",
				Message: fmt.Sprintf("%d pings in a row were taken, with the pongs read and with the pongs left, and the connection stayed open: two bytes make the server write a frame, without a limit.", f.sent)})
		}
	}
	return nil
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

// openOnce is Try without another attempt where the server says that it is
// asked too often.
func (s *Session) openOnce(ctx context.Context, r Request) (Outcome, error) {
	c, o, err := s.Open(ctx, r)
	if err != nil || c == nil {
		return o, err
	}
	defer c.Close()
	return c.settle(ctx, o, s.Settle())
}

// refusedTimes is how often a refusal is caused on each path of the counter
// check, unless the limit that is known is higher.
const refusedTimes = 24

func runCounterLeak(ctx context.Context, s *Session) error {
	w := catalogue.CounterLeak
	paths := []struct {
		what   string
		attack func(context.Context) (Outcome, error)
	}{
		{"a foreign origin", func(ctx context.Context) (Outcome, error) {
			return s.openOnce(ctx, s.plain().With("Origin", "https://"+s.Target.Foreign))
		}},
		{"no credential", func(ctx context.Context) (Outcome, error) { return s.openOnce(ctx, s.plain()) }},
		{"a bad credential", func(ctx context.Context) (Outcome, error) {
			return s.openOnce(ctx, s.plain().With("Authorization", "Bearer "+rubbish).With("Cookie", "session="+rubbish))
		}},
		{"a reset after the handshake", func(ctx context.Context) (Outcome, error) {
			r, err := s.Request(ctx, s.Target.Identity())
			if err != nil {
				return Outcome{}, err
			}
			c, o, err := s.Open(ctx, r)
			if c != nil {
				c.Drop()
			}
			return o, err
		}},
	}
	if s.Target.TicketURL != "" {
		paths = paths[:3] // a ticket for each would be the load of another check
	}
	for _, p := range paths {
		n := min(refusedTimes, s.Left(ctx).Connections-8)
		if n < 4 {
			s.NotJudged(w, "the budget is too small for %s", p.what)
			return nil
		}
		var last Outcome
		for range n {
			o, err := p.attack(ctx)
			if err != nil {
				return err
			}
			last = o
		}
		if err := sleep(ctx, 2*goodbye); err != nil { // a server may need a moment to notice
			return err
		}
		r, err := s.Request(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		o, err := s.openOnce(ctx, r)
		if err != nil {
			return err
		}
		if !o.Like(s.Control) {
			s.Weak(Finding{Weakness: w, Fix: "give a reserved place back in one place that every path passes, whatever ends the handshake", Evidence: o.Evidence, Anchor: p.what,
				Message: fmt.Sprintf("After %d handshakes with %s (%v), a correct one is %v: refused handshakes keep their place. Anybody locks an address out for good, his own or, behind a proxy, everybody's.", n, p.what, last, o)})
			return nil
		}
	}
	s.Pass(w, "a correct handshake is accepted after %d refused ones on each of %d paths", refusedTimes, len(paths))
	return nil
}
