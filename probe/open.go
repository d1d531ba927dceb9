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
	if err := r.recognise(ctx, s); err != nil {
		return err
	}
	began := time.Now()
	req, err := s.Request(ctx, r.target.Identity())
	if err != nil {
		return err
	}
	asked := time.Now()
	c, o, err := s.Open(ctx, req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
			return cause
		}
		return fmt.Errorf("no answer from %q: %w", r.target.URL.Host, err)
	}
	answered := time.Since(asked)
	if c != nil {
		o, err = c.settle(ctx, o, longSettle)
		c.Close()
		if err != nil {
			return err
		}
	}
	r.control = o
	r.settle = r.learnSettle(o, time.Since(asked)-answered)
	r.slow = max(time.Since(began), 25*time.Millisecond)
	if o.Kind == Dropped {
		return fmt.Errorf("%q answered a WebSocket handshake with nothing: %s", r.target.URL.Host, o.Evidence.Response)
	}
	r.slow = max(answered, 25*time.Millisecond)
	return nil
}

// learnSettle derives how long to wait from how long the control took: what
// came of it came after d.
func (r *run) learnSettle(o Outcome, d time.Duration) time.Duration {
	least := remoteSettle
	if Loopback(r.target.URL.Hostname()) {
		least = shortSettle
	}
	if o.Kind == Open {
		return least // nothing came at all
	}
	return min(max(3*d, least), 2*time.Second)
}
