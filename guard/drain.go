package guard

import (
	"context"
	"fmt"
	"time"
)

// Drain refuses new connections and closes the open ones with 1012, spread
// over spread so that their clients do not come back all at once. It returns
// when all are gone. When ctx is done first, the rest is closed at once, cut off
// a second later, and the cause returned.
func (g *Guard) Drain(ctx context.Context, spread time.Duration) error {
	g.live.close()
	gone := make(chan struct{})
	go func() {
		g.live.wait()
		close(gone)
	}()
	cs := g.live.all()
	start := time.Now()
	for i, c := range cs {
		at := start.Add(spread * time.Duration(i) / time.Duration(len(cs)))
		if !sleepUntil(ctx, gone, at) {
			break
		}
		c.drain("drained", spread)
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	left := g.cutOff(gone)
	if left == 0 {
		return nil
	}
	return fmt.Errorf("drain: %d connections cut off: %w", left, context.Cause(ctx))
}

// cutOff ends every handshake and every connection, whoever still uses it, and
// returns how many connections there were. All of them have the same second to
// send their Close frames.
func (g *Guard) cutOff(gone <-chan struct{}) int {
	g.cutShort()
	left := g.live.all()
	for _, c := range left {
		c.drain("cut off", 0)
	}
	timer := time.NewTimer(closePatience)
	defer timer.Stop()
	select {
	case <-gone:
		return len(left)
	case <-timer.C:
	}
	for _, c := range g.live.all() {
		c.abandon()
	}
	<-gone
	return len(left)
}

// Close ends every connection at once and waits for what the guard started.
func (g *Guard) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g.Drain(ctx, 0)
	g.driver.close()
	g.rechecks.close()
	g.endTasks()
	g.tasks.Wait()
	if g.ownStore {
		return g.store.Close()
	}
	return nil
}

// drain asks the client to come back, later by its share of spread.
func (c *conn) drain(outcome string, spread time.Duration) {
	d := &Denial{Code: "drain", Retry: RetryNow}
	if spread > 0 {
		d.RetryAfter = time.Duration(randomBelow(int64(spread)))
	}
	c.end(ending{outcome: outcome, toClient: closing{CloseRestart, d.reason(c.event)}, toFar: closing{code: CloseGoingAway}})
}

// abandon closes the sockets under whoever still uses them.
func (c *conn) abandon() {
	socketOf(c.client.nc).Close()
	if c.far != nil {
		socketOf(c.far.nc).Close()
	}
}

// sleepUntil reports whether it slept until t, with ctx and something to do
// left.
func sleepUntil(ctx context.Context, gone <-chan struct{}, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-gone:
		return false
	case <-ctx.Done():
		return false
	}
}
