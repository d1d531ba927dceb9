//go:build linux

package load

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// Workload says what every client of a Fleet does.
type Workload struct {
	// Size of a message in bytes, [MinSize] or more.
	Size int
	// InFlight is how many messages a client sends before it waits for the
	// first echo; then each echo is answered with the next message. 0 means 1.
	InFlight int
	// WarmUp is the time before the measured window, Window its length.
	WarmUp, Window time.Duration
	// Each ends the run when every client has made that many round trips,
	// instead of by time: the window is the whole run.
	Each int
	// Patience is how long no echo may come before the run is given up; 0 means
	// 10 s.
	Patience time.Duration
}

// Measure is what happened within the measured window.
type Measure struct {
	RoundTrips int
	Wall       time.Duration
}

// run is one workload under way.
type run struct {
	Workload
	message  message
	sending  bool
	inFlight int
	echoed   int
}

// Echo runs a workload to its end, when every echo is back. mark is called
// right at the beginning and right at the end of the measured window, and may
// be nil. An echo that is lost, too late or changed is an error.
func (f *Fleet) Echo(w Workload, mark func() error) (Measure, error) {
	if w.InFlight < 1 {
		w.InFlight = 1
	}
	if mark == nil {
		mark = func() error { return nil }
	}
	if w.Patience == 0 {
		w.Patience = patience
	}
	m, err := newMessage(w.Size)
	if err != nil {
		return Measure{}, err
	}
	r := &run{Workload: w, message: m, sending: true}
	if w.Each > 0 {
		r.WarmUp, r.Window = 0, 0
	}
	var got Measure
	if err := f.window(r, mark, &got); err != nil {
		return Measure{}, err
	}
	r.sending = false
	return got, f.until(r, func() bool { return r.inFlight == 0 })
}

// window sends, and measures between the two marks.
func (f *Fleet) window(r *run, mark func() error, got *Measure) error {
	if r.Each > 0 {
		if err := mark(); err != nil {
			return err
		}
	}
	begin := time.Now()
	if err := f.start(r); err != nil {
		return err
	}
	done := func() bool { return r.inFlight == 0 }
	before := 0
	if r.Each == 0 {
		if err := f.until(r, passed(begin.Add(r.WarmUp))); err != nil {
			return err
		}
		if err := mark(); err != nil {
			return err
		}
		begin, before = time.Now(), r.echoed
		done = passed(begin.Add(r.Window))
	}
	if err := f.until(r, done); err != nil {
		return err
	}
	got.RoundTrips, got.Wall = r.echoed-before, time.Since(begin)
	return mark()
}

func passed(t time.Time) func() bool { return func() bool { return !time.Now().Before(t) } }

// until serves connections until done, and fails when nothing comes back.
func (f *Fleet) until(r *run, done func() bool) error {
	last, echoed := time.Now(), r.echoed
	for !done() {
		if err := f.turn(r); err != nil {
			return err
		}
		if r.echoed != echoed || r.inFlight == 0 {
			last, echoed = time.Now(), r.echoed
		} else if time.Since(last) > r.Patience {
			return fmt.Errorf("%w: %d messages had no echo within %v", ErrEcho, r.inFlight, r.Patience)
		}
	}
	return nil
}

// start sends the first messages of every client.
func (f *Fleet) start(r *run) error {
	for _, c := range f.clients {
		c.left = r.Each
		if err := f.send(c, r, r.InFlight); err != nil {
			return fmt.Errorf("client %d: %w", c.number, err)
		}
	}
	return nil
}

// send sends up to n messages in one write.
func (f *Fleet) send(c *client, r *run, n int) error {
	if r.Each > 0 {
		n = min(n, c.left)
		c.left -= n
	}
	f.out = f.out[:0]
	for range n {
		f.out = r.message.appendFrame(f.out, c.number, c.sent, c.mask())
		c.sent++
	}
	r.inFlight += n
	return c.conn.Send(f.out)
}

// received checks the echoes in data and sends as many new messages.
func (f *Fleet) received(c *client, data []byte, r *run) error {
	echoes := 0
	for {
		h, n, err := wire.ParseHeader(data)
		if err != nil {
			return fmt.Errorf("read frame: %w", err)
		}
		if n == 0 || uint64(len(data)-n) < h.Length {
			break
		}
		payload := data[n : n+int(h.Length)]
		data = data[n+int(h.Length):]
		isEcho, err := f.frame(c, h, payload, r)
		if err != nil {
			return err
		}
		if isEcho {
			echoes++
		}
	}
	c.conn.Keep(data)
	r.echoed += echoes
	r.inFlight -= echoes
	if echoes == 0 || !r.sending {
		return nil
	}
	return f.send(c, r, echoes)
}

// frame judges one frame; it answers a ping on the spot.
func (f *Fleet) frame(c *client, h wire.Header, payload []byte, r *run) (isEcho bool, err error) {
	switch {
	case h.Masked || h.RSV1 || h.RSV2 || h.RSV3 || !h.Fin:
		return false, fmt.Errorf("read frame: masked, fragmented or with a reserved bit")
	case h.Opcode == wire.Text:
		if c.echoed == c.sent {
			return false, fmt.Errorf("%w: more echoes than messages", ErrEcho)
		}
		c.echoed++
		return true, r.message.check(payload, c.number, c.echoed-1)
	case h.Opcode == wire.Ping:
		key := c.mask()
		pong := wire.Header{Fin: true, Masked: true, Opcode: wire.Pong, Length: h.Length, Key: key}
		b := append(pong.Append(nil), payload...)
		wire.Mask(b[len(b)-len(payload):], key, 0)
		return false, c.conn.Send(b)
	case h.Opcode == wire.Close && len(payload) >= 2:
		return false, fmt.Errorf("closed by the peer with %d %q", binary.BigEndian.Uint16(payload), payload[2:])
	}
	return false, fmt.Errorf("read frame: opcode %d", h.Opcode)
}
