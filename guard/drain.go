package guard

import (
	"context"
	"fmt"
	"time"
)

// Drain refuses new connections and closes the open ones with 1012, spread
// over spread so that their clients do not come back all at once. It returns
// when all are gone; when ctx is done first, it cuts off the rest and returns
// the cause.
func (g *Guard) Drain(ctx context.Context, spread time.Duration) error {
	g.live.close()
	cs := g.live.all()
	start := time.Now()
	for i, c := range cs {
		at := start.Add(spread * time.Duration(i) / time.Duration(len(cs)))
		if !sleepUntil(ctx, at) {
			break
		}
		c.drain(spread)
	}
	gone := make(chan struct{})
	go func() {
		g.live.wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	left := g.live.all()
	for _, c := range left {
		c.cutOff()
	}
	<-gone
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("drain: %d connections cut off: %w", len(left), context.Cause(ctx))
}

// Close ends every connection at once and waits for what the guard started.
func (g *Guard) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g.Drain(ctx, 0)
	if g.ownStore {
		return g.store.Close()
	}
	return nil
}

// drain asks the client to come back, later by its share of spread.
func (c *conn) drain(spread time.Duration) {
	d := &Denial{Code: "drain", Retry: RetryNow}
	if spread > 0 {
		d.RetryAfter = time.Duration(randomBelow(int64(spread)))
	}
	c.end(ending{outcome: "drained", toClient: closing{CloseRestart, d.reason(c.event)}, toFar: closing{code: CloseGoingAway}})
}

// cutOff closes the sockets under whoever still uses them.
func (c *conn) cutOff() {
	c.end(ending{outcome: "cut off", toClient: closing{code: CloseGoingAway}, toFar: closing{code: CloseGoingAway}})
	c.client.nc.Close()
	if c.far != nil {
		c.far.nc.Close()
	}
}

// sleepUntil reports whether it slept until t rather than to the end of ctx.
func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
