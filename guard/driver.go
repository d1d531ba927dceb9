package guard

import (
	"errors"
	"os"
	"time"
)

// driver moves the bytes of connections: it waits for sockets, hands what they
// hold to direction.take, and calls conn.leave once for each count that it put
// into conn.running. Everything else of a connection is the same whoever
// drives it.
type driver interface {
	// start takes c over. earlyUp and earlyDown are bytes that the client and
	// the backend have sent already.
	start(c *conn, earlyUp, earlyDown []byte)
	// wake makes the driver notice that c ends, whatever it waits for. c.mu is
	// held.
	wake(c *conn)
	// close ends what the driver runs. No connection is left.
	close()
}

// goroutines drives each direction of a connection by a goroutine of its own.
type goroutines struct{}

var _ driver = goroutines{}

func (goroutines) start(c *conn, earlyUp, earlyDown []byte) {
	if c.far == nil {
		c.running.Store(1)
		go pump(&c.up, earlyUp)
		return
	}
	c.running.Store(2)
	go pump(&c.up, earlyUp)
	go pump(&c.down, earlyDown)
}

func (goroutines) wake(c *conn) {
	c.client.nc.SetReadDeadline(aLongTimeAgo)
	if c.far != nil {
		c.far.nc.SetReadDeadline(aLongTimeAgo)
	}
}

func (goroutines) close() {}

// aLongTimeAgo is a deadline that wakes a reader at once.
var aLongTimeAgo = time.Unix(1, 0)

// pump moves one direction until it ends.
func pump(d *direction, early []byte) {
	defer d.c.left()
	defer d.c.g.recovered(func() { d.c.refuse(internalError()) })
	if len(early) > 0 && !d.takeAll(early) {
		return
	}
	early = nil // or it would live as long as the connection
	for {
		b, err := d.from.in.read(d.reader.Partial())
		if err != nil {
			d.readFailed(err)
			return
		}
		more := d.takeAll(b)
		d.from.in.done()
		if !more {
			return
		}
	}
}

// takeAll is take for a goroutine that may wait. It reports whether the direction
// goes on.
func (d *direction) takeAll(b []byte) bool {
	p := d.take(b)
	if p == waits {
		p = d.await()
	}
	return p == goesOn
}

// readFailed ends the connection, unless it is ending already and that is what
// woke the reader.
func (d *direction) readFailed(err error) {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		d.c.lost(d.from, err)
	}
}

// left notes that the driver has left a direction.
func (c *conn) left() {
	defer c.g.recovered(func() {}) // the teardown calls an Auditor
	c.leave()
}
