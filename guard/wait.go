package guard

import (
	"context"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// progress is how far a direction has come with what was read.
type progress uint8

const (
	// ended says that the direction takes nothing more.
	ended progress = iota
	// goesOn says that all of it was taken.
	goesOn
	// waits says that a message has to wait. The rest is kept, and nothing may be
	// read until await has returned.
	waits
)

// parked is a message that waits, and what was read behind it.
type parked struct {
	unit wire.Unit
	held bool // see sink.pass
	wait waiter
	rest []byte
	// consumed says that the message was for the guard, and is not passed on.
	consumed bool
}

// maxWaits bounds the messages of a guard that wait at once, each of which costs a
// goroutine and what was read of its connection.
const maxWaits = 4096

// await waits for what a message needs, and goes on with what was read. It is for
// a goroutine that nothing else depends on. The order of messages is kept, since
// nothing is read meanwhile.
func (d *direction) await() progress {
	for {
		p := d.resume(d.c.await(d.parked.wait))
		if p != waits {
			return p
		}
	}
}

// await returns what f says. f ends with the connection.
func (c *conn) await(f waiter) *Denial {
	if c.g.waits.Add(1) > maxWaits {
		c.g.waits.Add(-1)
		return cut(nil, "message.busy", CloseBusy, "busy", RetryWait).because("%d messages wait already", maxWaits).says("try again later")
	}
	defer c.g.waits.Add(-1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !c.endsWith(cancel) {
		return internalError()
	}
	defer c.endsWith(nil)
	return f(ctx)
}

// endsWith has cancel called when the connection ends, and reports whether it
// still lives. Only one direction of a connection waits.
func (c *conn) endsWith(cancel context.CancelFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancelWait = cancel
	return c.cause == nil
}

// stillValid judges the session anew, for a message that must not rest on an
// earlier judgement.
func (c *conn) stillValid(ctx context.Context) *Denial {
	if d := c.g.fresh(ctx, c); d != nil {
		if d.Weakness == "" {
			d.Weakness = catalogue.SensitiveUnrefreshed.ID
		}
		d.ending = d.Close == CloseSessionEnded
		return d
	}
	return nil
}

// compact keeps what waits apart from the buffer of the read, so that the buffer
// can be given back: a slow answer must not hold one for every connection.
func (d *direction) compact() {
	p := d.parked
	if d.from.in.buf == nil || !d.apart {
		return
	}
	n := len(p.rest)
	if !p.held {
		n += len(p.unit.Raw)
	}
	kept := make([]byte, 0, n)
	if !p.held {
		kept = append(kept, p.unit.Raw...)
		p.unit.Raw = kept[:len(kept):len(kept)]
	}
	p.rest = append(kept, p.rest...)[len(kept):]
	d.from.in.done()
}
