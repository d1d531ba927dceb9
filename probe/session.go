package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/report"
)

// ErrUnsteady says that the handshake that is known to be accepted, or refused,
// was answered otherwise afterwards. Refusals in between prove nothing.
var ErrUnsteady = errors.New("the control handshake was answered differently afterwards; the endpoint blocks, limits or has ended")

// ErrThrottled says that the server refuses because it is asked too often.
var ErrThrottled = errors.New("the server limits handshakes (429 or 503); a lower --rate and more seconds in --budget help")

// A Session is what one check works with. Its methods count what they use and
// return ErrBudget where the check or the whole run has no more; a check then
// returns that error. A Session may be used by several goroutines.
type Session struct {
	// Target is what is tested.
	Target *Target
	// Control is what became of the control handshake at the start of the run:
	// the allowed origin, the first identity, nothing unusual.
	Control Outcome

	check *Check
	run   *run
	meter *meter

	mu       sync.Mutex
	seen     []observation    // guarded by mu
	promises []report.Promise // guarded by mu
	last     *Conn            // the last that was opened; guarded by mu
}

// Allowed reports whether a group of checks was allowed with --with. A safe
// check asks before it goes further than its safe bounds.
func (s *Session) Allowed(g Group) bool { return s.run.plan.allowed(g) }

// Left returns how much of the check's budget is left; Time is that until the
// end of ctx.
func (s *Session) Left(ctx context.Context) Cost {
	used := s.meter.spent()
	left := Cost{Connections: s.meter.limit.Connections - used.Connections, Messages: s.meter.limit.Messages - used.Messages}
	if at, ok := ctx.Deadline(); ok {
		left.Time = max(0, time.Until(at))
	}
	return left
}

// Mask returns text without the credentials that are known or look like some.
func (s *Session) Mask(text string) string { return s.run.secrets.mask(text) }

// Secret adds text that must not get into the report.
func (s *Session) Secret(text string) { s.run.secrets.add(text) }

// Facts are what was learnt of the endpoint.
func (s *Session) Facts() *Facts { return &s.run.facts }

// Settle is how long a server takes, amply, to say after a handshake what it
// makes of it: measured on the control handshake.
func (s *Session) Settle() time.Duration { return s.run.settle }

// Request returns the control handshake for an identity, nil for nobody, with a
// key of its own and, where the target has a ticket URL, a fresh ticket.
func (s *Session) Request(ctx context.Context, who *Identity) (Request, error) {
	r := s.plain()
	if who == nil {
		return r, nil
	}
	ticket := ""
	if s.Target.TicketURL != "" {
		var err error
		if ticket, err = s.Mint(ctx, who); err != nil {
			return r, err
		}
	}
	return s.carry(r, who, ticket), nil
}

// plain is the control handshake of nobody.
func (s *Session) plain() Request {
	t := s.Target
	r := Request{Method: http.MethodGet, Target: t.URL.RequestURI(), Proto: "HTTP/1.1", Key: wire.NewKey(), URL: t.URL}
	r.Lines = []wireclient.Line{
		{Name: "Host", Value: t.URL.Host}, {Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "websocket"},
		{Name: "Origin", Value: t.Origin}, {Name: "Sec-WebSocket-Version", Value: "13"}, {Name: "Sec-WebSocket-Key", Value: r.Key},
		{Name: "User-Agent", Value: userAgent},
	}
	if len(t.Subprotocols) > 0 {
		r = r.With("Sec-WebSocket-Protocol", strings.Join(t.Subprotocols, ", "))
	}
	return r
}

// userAgent names the program, so that who reads a log knows what this was.
const userAgent = "wswarden-probe"

// carry adds what authenticates who. A ticket takes the place of an
// Authorization header, which a browser can't send; cookies come along as they
// would from a browser.
func (s *Session) carry(r Request, who *Identity, ticket string) Request {
	for _, l := range who.Lines {
		if ticket != "" && !strings.EqualFold(l.Name, "Cookie") {
			continue
		}
		r = r.With(l.Name, l.Value)
	}
	switch {
	case ticket == "":
	case strings.HasPrefix(ticket, "wst1_"):
		offered := append([]string{"wswarden.v1"}, s.Target.Subprotocols...)
		r = r.With("Sec-WebSocket-Protocol", strings.Join(append(offered, "wst."+ticket), ", "))
	default:
		r.Target = withQuery(r.Target, "ticket", ticket)
	}
	return r
}

// withQuery returns the request target with one more parameter.
func withQuery(target, name, value string) string {
	sep := "?"
	if strings.Contains(target, "?") {
		sep = "&"
	}
	return target + sep + name + "=" + url.QueryEscape(value)
}

// Try sends a handshake, waits until the server has said what it makes of it,
// and ends the connection. Where the server answers that it is asked too often,
// Try waits as told, within bounds, and asks again.
func (s *Session) Try(ctx context.Context, r Request) (Outcome, error) {
	return s.try(ctx, r, s.run.settle)
}

func (s *Session) try(ctx context.Context, r Request, settle time.Duration) (Outcome, error) {
	for range 3 {
		c, o, err := s.Open(ctx, r)
		if err != nil {
			return o, err
		}
		if c != nil {
			s.run.throttled.Store(0)
			o, err = c.settle(ctx, o, settle)
			c.Close()
			return o, err
		}
		if !o.Throttled() {
			s.run.throttled.Store(0)
			return o, nil
		}
		if err := s.holdOff(ctx, o); err != nil {
			return o, err
		}
	}
	return Outcome{}, ErrThrottled
}

// The bounds of waiting for a server that asks for it: how long at a time, and how
// often on end. One that still asks for it then serves nobody.
const (
	longestHold = 15 * time.Second
	mostHolds   = 6
)

// holdOff lets nothing be sent for as long as a throttling answer asks for. It
// returns ErrThrottled where there is no time for that, or where the same was
// answered after all waiting before.
func (s *Session) holdOff(ctx context.Context, o Outcome) error {
	wait := retryAfter(o)
	if wait > longestHold || s.run.throttled.Add(1) > mostHolds {
		return ErrThrottled
	}
	if at, ok := ctx.Deadline(); ok && time.Until(at) < wait {
		return ErrThrottled
	}
	s.run.pace.hold(wait)
	return nil
}

// retryAfter is how long a throttling answer asks to wait.
func retryAfter(o Outcome) time.Duration {
	d, err := time.ParseDuration(o.Header.Get("Retry-After") + "s")
	if err != nil || d <= 0 {
		return time.Second
	}
	return d
}

// Steady does the control handshake once more. It returns ErrUnsteady if it is
// not answered as at the start of the run. The runner calls it behind every
// check; a check calls it where it must know earlier.
func (s *Session) Steady(ctx context.Context) error {
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	settle := time.Duration(0)
	if s.Control.Kind == Closed || s.Control.Kind == Denied {
		settle = s.run.settle
	}
	o, err := s.try(ctx, r, settle)
	if err != nil {
		return err
	}
	if !o.Like(s.Control) {
		return fmt.Errorf("%w (now %v)", ErrUnsteady, o)
	}
	return nil
}

// Connect opens a connection as the control handshake does and waits until what
// the server sends on opening has come. An error that is no other says that it
// was not opened this time.
func (s *Session) Connect(ctx context.Context, who *Identity) (*Conn, error) {
	r, err := s.Request(ctx, who)
	if err != nil {
		return nil, err
	}
	c, o, err := s.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	if c == nil {
		if o.Throttled() {
			return nil, ErrThrottled
		}
		return nil, fmt.Errorf("%w (now %v)", ErrUnsteady, o)
	}
	if s.Control.Kind != Served && len(s.Target.Hello) == 0 {
		return c, nil // nothing comes on opening
	}
	if _, err := c.settle(ctx, o, s.Settle()); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
