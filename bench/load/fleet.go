//go:build linux

package load

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/wswarden/wswarden/bench/poll"
)

const (
	// patience is how long nothing may come back before a run is given up.
	patience = 10 * time.Second
	// atOnce is how many handshakes are under way at the same time.
	atOnce = 32
	// scratchBytes bounds what one read gives, an unfinished echo included.
	scratchBytes = 1 << 20
)

// Target is the endpoint to connect to, over plaintext IPv4.
type Target struct {
	Addr netip.AddrPort
	// Path of the request; "/ws" when empty.
	Path string
	// Origin header of the request; none when empty.
	Origin string
	// Bearer is the token of the Authorization header; none when empty.
	Bearer string
}

// Fleet is a number of open connections to one target. Its methods are for one
// goroutine; Close must be called.
type Fleet struct {
	target  Target
	poll    *poll.Poll
	clients []*client
	byFD    map[int]*client
	scratch []byte
	out     []byte
	waiting int // handshakes under way
}

// Open connects n clients and completes their handshakes. A refused handshake
// is an error that says how it was refused.
func Open(target Target, n int) (*Fleet, error) {
	if n < 1 || n > MaxClients {
		return nil, fmt.Errorf("open connections: %d is not between 1 and %d", n, MaxClients)
	}
	if target.Path == "" {
		target.Path = "/ws"
	}
	p, err := poll.New()
	if err != nil {
		return nil, err
	}
	f := &Fleet{target: target, poll: p, byFD: make(map[int]*client, n), scratch: make([]byte, scratchBytes)}
	if err := f.open(n); err != nil {
		f.Close()
		return nil, fmt.Errorf("open connection %d of %d: %w", len(f.clients), n, err)
	}
	return f, nil
}

// Close resets every connection: no closing handshake, no port left over.
func (f *Fleet) Close() {
	for _, c := range f.clients {
		c.conn.Abort()
	}
	f.clients = nil
	f.poll.Close()
}

func (f *Fleet) open(n int) error {
	last := time.Now()
	for len(f.clients) < n || f.waiting > 0 {
		for len(f.clients) < n && f.waiting < atOnce {
			if err := f.dial(); err != nil {
				return err
			}
		}
		before := f.waiting
		if err := f.turn(nil); err != nil {
			return err
		}
		if f.waiting < before {
			last = time.Now()
		} else if time.Since(last) > patience {
			return fmt.Errorf("no answer within %v", patience)
		}
	}
	return nil
}

func (f *Fleet) dial() error {
	conn, err := poll.Dial(f.poll, f.target.Addr)
	if err != nil {
		return err
	}
	c := newClient(len(f.clients), conn)
	f.clients = append(f.clients, c)
	f.byFD[conn.FD] = c
	f.waiting++
	return nil
}

// turn waits once and serves what is ready. r is nil while connections open.
func (f *Fleet) turn(r *run) error {
	events, err := f.poll.Wait(20 * time.Millisecond)
	if err != nil {
		return err
	}
	for _, ev := range events {
		c := f.byFD[ev.FD]
		if c.state != stateOpen {
			err = f.handshake(c, ev)
		} else {
			err = f.serve(c, ev, r)
		}
		if err != nil {
			return fmt.Errorf("client %d: %w", c.number, err)
		}
	}
	return nil
}

func (f *Fleet) serve(c *client, ev poll.Event, r *run) error {
	if ev.Writable {
		if err := c.conn.Flush(); err != nil {
			return err
		}
	}
	if !ev.Readable {
		return nil
	}
	data, err := c.conn.Read(f.scratch)
	if err != nil || len(data) == 0 {
		return err
	}
	if r == nil {
		return errors.New("data before any was sent")
	}
	return f.received(c, data, r)
}
