package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// maxTriedBytes is the largest message that a promise of a size is tried with
// unless load is allowed.
const maxTriedBytes = 1 << 20

// longest is how long an end that is promised is waited for.
const longestWait = 30 * time.Second

// limits holds the endpoint to what a client may use.
func (r *promiser) limits(ctx context.Context) error {
	if !r.s.Control.Accepted() {
		r.open("", catalogue.MessageSize, "limits are kept", fmt.Sprintf("the control handshake was %v", r.s.Control))
		return nil
	}
	for _, step := range []func(context.Context) error{r.size, r.fragments, r.controls, r.messageRate, r.places, r.ends} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fresh opens a connection of the first identity.
func (r *promiser) fresh(ctx context.Context) (*Conn, Outcome, error) {
	req, err := r.handshake(ctx, r.s.Target.Origin)
	if err != nil {
		return nil, Outcome{}, err
	}
	c, o, err := r.s.Open(ctx, req)
	// The connections of what was tried before may still be counted.
	for range 3 {
		if err != nil || c != nil || !o.Throttled() || r.s.holdOff(ctx, o) != nil {
			break
		}
		if req, err = r.handshake(ctx, r.s.Target.Origin); err == nil {
			c, o, err = r.s.Open(ctx, req)
		}
	}
	if c == nil || err != nil {
		return nil, o, err
	}
	if err := c.greet(ctx, r.s.Target.Hello); err != nil {
		c.Close()
		return nil, o, err
	}
	_, err = collect(ctx, c, r.s.Settle(), func(wire.Unit) bool { return true })
	return c, o, err
}

// ends reports whether the server ends the connection within d, and how.
func endsWithin(ctx context.Context, c *Conn, d time.Duration) (ended bool, how string, err error) {
	if _, err := collect(ctx, c, d, func(wire.Unit) bool { return false }); err != nil {
		return false, "", err
	}
	closing, over := c.Closing()
	switch {
	case closing != nil:
		return true, fmt.Sprintf("closed with %d", closing.Code), nil
	case over:
		return true, "ended without a Close frame", nil
	}
	return false, "", nil
}

// try opens a connection, has f send something on it, and reports whether the
// server ends it.
func (r *promiser) try(ctx context.Context, w *catalogue.Weakness, text string, f func(*Conn) error) error {
	c, o, err := r.fresh(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		r.open("", w, text, fmt.Sprintf("the handshake was %v", o))
		return nil
	}
	defer c.Close()
	if err := f(c); err != nil && !errors.Is(err, ErrEnded) {
		return err
	}
	ended, how, err := endsWithin(ctx, c, max(2*r.s.Settle(), 400*time.Millisecond))
	switch {
	case err != nil:
		return err
	case ended:
		r.held("", w, text, how)
	default:
		r.broken("", w, text, "the connection stayed open", c.Evidence())
	}
	return nil
}

func (r *promiser) size(ctx context.Context) error {
	limit := r.p.MessageBytes
	text := fmt.Sprintf("a message of more than %d bytes ends the connection", limit)
	if limit > maxTriedBytes && !r.s.Allowed(Load) {
		r.open("", catalogue.MessageSize, text, "more than 1 MiB is not sent unless --with load says so")
		return nil
	}
	return r.try(ctx, catalogue.MessageSize, text, func(c *Conn) error {
		return c.Send(ctx, wire.Text, []byte(strings.Repeat(" ", int(limit)+1)))
	})
}

func (r *promiser) fragments(ctx context.Context) error {
	n := r.p.Fragments
	text := fmt.Sprintf("a message of more than %d frames ends the connection", n)
	if n > 10_000 && !r.s.Allowed(Load) {
		r.open("", catalogue.FragmentAbuse, text, "more than 10,000 frames are not sent unless --with load says so")
		return nil
	}
	return r.try(ctx, catalogue.FragmentAbuse, text, func(c *Conn) error {
		raw := fragment(nil, wire.Text, nil)
		for range n + 1 {
			raw = fragment(raw, wire.Continuation, nil)
		}
		return c.Write(ctx, raw, fmt.Sprintf("%d empty frames of one message", n+2))
	})
}

// fragment appends a frame that does not end its message.
func fragment(dst []byte, op wire.Opcode, payload []byte) []byte {
	key := wire.NewMaskKey()
	return wire.AppendFrame(dst, false, op, payload, &key)
}

func (r *promiser) controls(ctx context.Context) error {
	limit := r.p.ControlFrames
	text := fmt.Sprintf("more control frames than %d in %v end the connection", limit.Count, limit.Per)
	if limit.burst() > maxBurst && !r.s.Allowed(Load) {
		r.open("", catalogue.ControlFlood, text, fmt.Sprintf("more than %d at once are not sent unless --with load says so", maxBurst))
		return nil
	}
	return r.try(ctx, catalogue.ControlFlood, text, func(c *Conn) error {
		var raw []byte
		for range limit.burst() + 5 {
			key := wire.NewMaskKey()
			raw = wire.AppendMessage(raw, wire.Ping, []byte("wswarden"), &key)
		}
		return c.Write(ctx, raw, fmt.Sprintf("%d pings", limit.burst()+5))
	})
}

func (r *promiser) messageRate(ctx context.Context) error {
	limit := r.p.Messages
	text := fmt.Sprintf("more messages than %d in %v, %d at once, end the connection", limit.Count, limit.Per, limit.burst())
	if limit.burst() > maxBurst && !r.s.Allowed(Load) {
		r.open("", catalogue.MessageRate, text, fmt.Sprintf("more than %d at once are not sent unless --with load says so", maxBurst))
		return nil
	}
	message := r.frequent()
	return r.try(ctx, catalogue.MessageRate, text, func(c *Conn) error {
		for range limit.burst() + 5 {
			if err := c.Send(ctx, wire.Text, message); err != nil {
				return err
			}
		}
		return nil
	})
}

// frequent is a message that may be sent often: one of a type that has no rate
// of its own, else one of no type, which counts too and does nothing.
func (r *promiser) frequent() []byte {
	for _, m := range r.spoken {
		if m.works && m.rule.Limit.Count == 0 && len(m.rule.Set)+len(m.rule.Clean) == 0 {
			return r.speak.wrap(m.rule.Type, m.good, 1)
		}
	}
	return []byte(`{"type":"wswarden_unknown_type"}`)
}

// places holds the endpoint to the number of connections. The user's is met
// first where it is the smaller one.
func (r *promiser) places(ctx context.Context) error {
	n, text := r.p.PerAddress, fmt.Sprintf("an address has at most %d connections", r.p.PerAddress)
	if r.first() != nil && r.p.PerUser > 0 && r.p.PerUser <= n {
		n, text = r.p.PerUser, fmt.Sprintf("a user has at most %d connections", r.p.PerUser)
	}
	w := catalogue.ConnectionCount
	if n <= 0 {
		return nil
	}
	if n > 50 && !r.s.Allowed(Load) {
		r.open("", w, text, "more than 50 connections are not opened unless --with load says so")
		return nil
	}
	var open []*Conn
	defer func() { CloseAll(open) }()
	for len(open) <= n {
		req, err := r.handshake(ctx, r.s.Target.Origin)
		if err != nil {
			r.open("", w, text, err.Error())
			return ctx.Err()
		}
		c, o, err := r.s.Open(ctx, req)
		if err != nil {
			return err
		}
		if c != nil {
			if ended, how, err := endsWithin(ctx, c, 10*time.Millisecond); err != nil || ended {
				c.Close()
				if err != nil {
					return err
				}
				r.held("", w, text, fmt.Sprintf("number %d was opened, then %s", len(open)+1, how))
				return nil
			}
			open = append(open, c)
			continue
		}
		r.held("", w, text, fmt.Sprintf("number %d was %v", len(open)+1, o))
		return nil
	}
	r.broken("", w, text, fmt.Sprintf("%d were open at once", len(open)), open[len(open)-1].Evidence())
	return nil
}

// ends holds the endpoint to the ends of connections that can be waited for.
func (r *promiser) ends(ctx context.Context) error {
	if r.p.Recheck > 0 {
		r.open("", catalogue.SessionUnrechecked, fmt.Sprintf("the session of a connection is judged again every %v", r.p.Recheck), "it shows when a sign-in ends while connected: --with revocation, with --revoke-hook")
	}
	if err := r.end(ctx, catalogue.IdleUnbounded, r.p.Idle, fmt.Sprintf("a connection that is silent for %v ends", r.p.Idle), false); err != nil {
		return err
	}
	return r.end(ctx, catalogue.LifetimeUnbounded, r.p.MaxAge, fmt.Sprintf("a connection ends after %v", r.p.MaxAge), true)
}

func (r *promiser) end(ctx context.Context, w *catalogue.Weakness, d time.Duration, text string, talks bool) error {
	if d <= 0 {
		return nil
	}
	patience := d + max(d/2, 2*time.Second)
	if left := r.s.Left(ctx).Time; d > longestWait && left < patience+time.Minute {
		r.open("", w, text, fmt.Sprintf("it takes longer than is waited; --budget seconds=%d waits", int((patience+2*time.Minute).Seconds())))
		return nil
	}
	c, o, err := r.fresh(ctx)
	if err != nil {
		return err
	}
	if c == nil {
		r.open("", w, text, fmt.Sprintf("the handshake was %v", o))
		return nil
	}
	defer c.Close()
	began := time.Now()
	for time.Since(began) < patience {
		var ended bool
		var how string
		if talks {
			ended, how, err = endsWithin(ctx, c, min(time.Second, patience))
		} else {
			ended, how, err = silentUntil(ctx, c, time.Second)
		}
		if err != nil {
			return err
		}
		if ended {
			r.held("", w, text, fmt.Sprintf("%s after %v", how, time.Since(began).Round(time.Second)))
			return nil
		}
	}
	r.broken("", w, text, fmt.Sprintf("it was open after %v", time.Since(began).Round(time.Second)), c.Evidence())
	return nil
}

// silentUntil receives for d and answers nothing, not even a ping.
func silentUntil(ctx context.Context, c *Conn, d time.Duration) (ended bool, how string, err error) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		_, err := c.Receive(ctx, max(time.Until(end), time.Millisecond))
		switch {
		case errors.Is(err, ErrSilence):
			return false, "", nil
		case errors.Is(err, ErrEnded):
			return true, "ended", nil
		case err != nil:
			return false, "", err
		}
		if closing, over := c.Closing(); over && closing != nil {
			return true, fmt.Sprintf("closed with %d", closing.Code), nil
		}
	}
	return false, "", nil
}
