package probe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Cost is an amount of connections, messages and time. A connection is one
// TCP connection, whatever is asked on it. A message is one send on an open
// WebSocket, a frame or a piece of one; the Close frame that ends a connection
// belongs to the connection.
type Cost struct {
	Connections, Messages int
	Time                  time.Duration
}

func (c Cost) plus(d Cost) Cost {
	return Cost{c.Connections + d.Connections, c.Messages + d.Messages, c.Time + d.Time}
}

// weight orders checks by what they cost.
func (c Cost) weight() int { return c.Connections + c.Messages + int(c.Time/time.Second) }

// String is "12 connections, 34 messages, 5s".
func (c Cost) String() string {
	return fmt.Sprintf("%d connections, %d messages, %v", c.Connections, c.Messages, c.Time.Round(time.Second))
}

// ErrBudget says that something was not done because the budget is used up.
var ErrBudget = errors.New("the budget is used up; --budget raises it")

// meter counts what is used. It is safe for concurrent use.
type meter struct {
	mu    sync.Mutex
	limit Cost // of connections and messages; time is a deadline of the context
	used  Cost
	up    *meter // charged as well; nil for the outermost
}

// connection charges one connection, or returns ErrBudget.
func (m *meter) connection() error { return m.charge(Cost{Connections: 1}) }

// message charges one message, or returns ErrBudget.
func (m *meter) message() error { return m.charge(Cost{Messages: 1}) }

func (m *meter) charge(c Cost) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := m.used.plus(c)
	if sum.Connections > m.limit.Connections || sum.Messages > m.limit.Messages {
		return ErrBudget
	}
	if m.up != nil {
		if err := m.up.charge(c); err != nil {
			return err
		}
	}
	m.used = sum
	return nil
}

// spent returns what was used.
func (m *meter) spent() Cost {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// pacer lets events happen at a rate. It is safe for concurrent use.
type pacer struct {
	gap  time.Duration
	mu   sync.Mutex
	next time.Time
}

// newPacer returns a pacer of a number of events a second.
func newPacer(rate float64) *pacer {
	return &pacer{gap: time.Duration(float64(time.Second) / rate)}
}

// wait returns when the next event may happen, or when ctx ends.
func (p *pacer) wait(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	at := p.next
	if at.Before(now) {
		at = now
	}
	p.next = at.Add(p.gap)
	p.mu.Unlock()
	return sleep(ctx, at.Sub(now))
}

// hold lets nothing happen for d.
func (p *pacer) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := time.Now().Add(d); at.After(p.next) {
		p.next = at
	}
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
