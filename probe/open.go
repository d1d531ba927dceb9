package probe

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How long a server may take to say what it makes of a handshake. The first
// control waits long; what it shows shortens what follows.
const (
	longSettle   = 600 * time.Millisecond
	shortSettle  = 120 * time.Millisecond
	remoteSettle = 400 * time.Millisecond
)

// start stands for the run itself where it needs a session.
var start = &Check{Name: "control", Summary: "the handshake that all others are compared with", Cost: opening}

// open does the control handshake and learns from it what is normal.
func (r *run) open(ctx context.Context) error {
	s := r.session(start)
	o, err := r.findEndpoint(ctx, s)
	var none *NoEndpointError
	switch {
	case err == nil, errors.As(err, &none):
	case errors.Is(err, context.Canceled), errors.Is(err, ErrBudget):
		return err
	default:
		return fmt.Errorf("probe %q: %w", r.secrets.mask(r.target.URL.String()), err)
	}
	if o.Kind == Dropped {
		return fmt.Errorf("probe %q: a WebSocket handshake gets no answer %s", r.secrets.mask(r.target.URL.String()), o.Evidence.Response)
	}
	if err != nil {
		return err
	}
	r.control = o
	s.Control = o
	if !o.Accepted() {
		r.note("control", r.secrets.mask(fmt.Sprintf("the control handshake, with Origin %s and %s, is %v: what needs an open connection is not judged. Make sure of --origin and --identity", r.target.Origin, r.whom(), o)))
		return nil
	}
	return r.tryForeign(ctx, s)
}

// tryForeign learns whether a foreign origin is let in: several checks show
// something only where it is not.
func (r *run) tryForeign(ctx context.Context, s *Session) error {
	req, err := s.Request(ctx, r.target.Identity())
	if err != nil && r.target.Promises != nil && ctx.Err() == nil {
		// The configuration speaks of tickets; what stands at the address may not.
		r.note("", s.Mask(fmt.Sprintf("%v; the identity's own headers are sent in place of tickets", err)))
		r.target.TicketURL = ""
		req, err = s.Request(ctx, r.target.Identity())
	}
	if err != nil {
		return err
	}
	o, err := s.Try(ctx, req.With("Origin", "https://"+r.target.Foreign))
	if err == nil && o.Accepted() {
		r.facts.SetForeignAccepted()
	}
	return err
}

// whom says as whom the control handshake was done.
func (r *run) whom() string {
	if who := r.target.Identity(); who != nil {
		return fmt.Sprintf("the identity %q", who.Name)
	}
	return "no identity"
}

// patience is how long an answer is waited for.
func (r *run) patience() time.Duration {
	least := time.Second
	if Loopback(r.target.URL.Hostname()) {
		least = 700 * time.Millisecond
	}
	if r.slow == 0 {
		return 10 * time.Second
	}
	return min(max(20*r.slow, least), 10*time.Second)
}

// learnSettle derives how long to wait from how long the control took.
func (r *run) learnSettle(o Outcome) time.Duration {
	least := remoteSettle
	if Loopback(r.target.URL.Hostname()) {
		least = shortSettle
	}
	if o.Kind == Open {
		return least // nothing came at all
	}
	return min(max(3*o.came, least), 2*time.Second)
}
