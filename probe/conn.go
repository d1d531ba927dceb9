package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/report"
)

// ErrSilence says that nothing came in time.
var ErrSilence = errors.New("nothing came in time")

// ErrEnded says that the connection is over: a Close frame came, it was ended,
// or what came was no WebSocket any more.
var ErrEnded = errors.New("the server ended the connection")

// A Conn is an open WebSocket. It counts what is sent on it and keeps what is
// evidence. One goroutine may send while another receives.
type Conn struct {
	s       *Session
	nc      net.Conn
	client  *wireclient.Conn
	greeted bool // only settle uses it

	mu       sync.Mutex // guards what follows
	evidence report.Evidence
	taken    []wire.Unit
	closing  *wire.Unit // the server's Close frame
	over     bool
}

// Send writes one message or control frame.
func (c *Conn) Send(ctx context.Context, op wire.Opcode, payload []byte) error {
	key := wire.NewMaskKey()
	return c.write(ctx, wire.AppendMessage(nil, op, payload, &key), op.String()+": "+clip(string(payload), maxShown))
}

// SendText writes one text message.
func (c *Conn) SendText(ctx context.Context, text string) error {
	return c.Send(ctx, wire.Text, []byte(text))
}

// Write writes bytes as they are: frames, pieces of frames, or what is none. It
// counts as one message. what describes it in the evidence.
func (c *Conn) Write(ctx context.Context, raw []byte, what string) error {
	return c.write(ctx, raw, what)
}

func (c *Conn) write(ctx context.Context, raw []byte, what string) error {
	if err := c.s.meter.message(); err != nil {
		return err
	}
	if err := c.s.run.messages.wait(ctx); err != nil {
		return err
	}
	c.note(&c.evidence.Request, what)
	c.nc.SetWriteDeadline(time.Now().Add(c.s.run.patience()))
	if _, err := c.nc.Write(raw); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w (%w)", ErrEnded, err)
	}
	return nil
}

// note adds a line to a half of the evidence, as long as there is room.
func (c *Conn) note(half *string, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	line = "\n" + c.s.Mask(line)
	switch told := strings.TrimRight(*half, "\n"); {
	case strings.HasSuffix(told, line+line):
		*half = told + "\n(and the same again)\n"
	case strings.HasSuffix(told, line+line+"\n(and the same again)"):
	case len(told) < maxEvidence:
		*half = told + line + "\n"
	}
}

// Receive waits up to d for the next message or control frame. It returns
// ErrSilence if none comes, and ErrEnded once the connection is over. The Close
// frame of the server is returned as a unit; what follows is ErrEnded.
func (c *Conn) Receive(ctx context.Context, d time.Duration) (wire.Unit, error) {
	if c.ended() {
		return wire.Unit{}, ErrEnded
	}
	c.nc.SetReadDeadline(time.Now().Add(d))
	u, err := c.client.Next(context.Background())
	switch {
	case err == nil:
		c.take(u)
		return u, nil
	case ctx.Err() != nil:
		return u, ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return u, ErrSilence
	}
	var v *wire.Violation
	if errors.As(err, &v) {
		c.note(&c.evidence.Response, "(what came is no WebSocket frame: "+v.Error()+")")
	} else {
		c.note(&c.evidence.Response, "(the connection ended)")
	}
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	return u, fmt.Errorf("%w (%w)", ErrEnded, err)
}

// take keeps what came.
func (c *Conn) take(u wire.Unit) {
	c.note(&c.evidence.Response, showUnit(u))
	if u.Opcode != wire.Ping && u.Opcode != wire.Pong {
		c.s.run.facts.receive(received{c.s.check.Name, u.Opcode.String(), string(u.Payload), c.Evidence().Request})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.taken) < maxTaken {
		c.taken = append(c.taken, u)
	}
	if u.Opcode == wire.Close {
		c.closing, c.over = &u, true
	}
}

func (c *Conn) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

// Drain receives until nothing comes for d, or the connection is over, and
// returns the messages. Only the end of ctx is an error.
func (c *Conn) Drain(ctx context.Context, d time.Duration) ([]wire.Unit, error) {
	var out []wire.Unit
	limit := time.Now().Add(10 * d)
	for len(out) < maxTaken && time.Now().Before(limit) {
		u, err := c.Receive(ctx, d)
		switch {
		case err == nil:
			if !u.Opcode.IsControl() {
				out = append(out, u)
			}
		case errors.Is(err, ErrSilence), errors.Is(err, ErrEnded):
			return out, nil
		default:
			return out, err
		}
	}
	return out, nil
}

// Alive sends a ping and reports whether its pong comes within d, together with
// the messages that come before it. A connection that is over is not alive.
func (c *Conn) Alive(ctx context.Context, d time.Duration) (alive bool, before []wire.Unit, err error) {
	mark := []byte("wswarden " + wire.NewKey()[:8])
	if err := c.Send(ctx, wire.Ping, mark); err != nil {
		if !errors.Is(err, ErrEnded) {
			return false, nil, err
		}
		// What the server said before it ended the connection is still there.
	}
	for end := time.Now().Add(d); time.Now().Before(end); {
		u, err := c.Receive(ctx, time.Until(end))
		switch {
		case errors.Is(err, ErrSilence), errors.Is(err, ErrEnded):
			return false, before, nil
		case err != nil:
			return false, before, err
		case u.Opcode == wire.Pong && bytes.Equal(u.Payload, mark):
			return true, before, nil
		case u.Opcode == wire.Close:
			return false, before, nil
		case !u.Opcode.IsControl():
			before = append(before, u)
		}
	}
	return false, before, nil
}

// Closing returns the Close frame of the server, nil if none came, and whether
// the connection is over.
func (c *Conn) Closing() (*wire.Unit, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing, c.over
}

// Evidence returns what was sent and received so far, credentials masked.
func (c *Conn) Evidence() report.Evidence {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.evidence
}

// greetedTail is how long more is waited for once a server has sent data: what
// is sent on opening comes at once.
const greetedTail = 30 * time.Millisecond

// settle waits until the server has said what it makes of the handshake. What
// the protocol above says against the client counts like the end of the connection.
func (c *Conn) settle(ctx context.Context, o Outcome, d time.Duration) (Outcome, error) {
	o, err := c.listen(ctx, o, d)
	if text := denial(c.s.Facts().Framework(), o); text != "" && err == nil {
		o.Kind, o.Denial = Denied, text
	}
	return o, err
}

func (c *Conn) listen(ctx context.Context, o Outcome, d time.Duration) (Outcome, error) {
	began := time.Now()
	// Who has to greet does so at once: a server that waits for it says nothing
	// before.
	if hello := c.s.Target.Hello; !c.greeted && len(hello) > 0 {
		c.greeted = true
		if err := c.greet(ctx, hello); err != nil && !errors.Is(err, ErrEnded) {
			return o, err
		}
	}
	for end := time.Now().Add(d); ; {
		u, err := c.Receive(ctx, max(time.Until(end), time.Millisecond))
		switch {
		case errors.Is(err, ErrEnded):
			o.Kind, o.came = Closed, time.Since(began)
			o.Evidence = c.Evidence()
			return o, nil
		case errors.Is(err, ErrSilence):
			o.Evidence = c.Evidence()
			return o, nil
		case err != nil:
			return o, err
		case u.Opcode == wire.Close:
			o.Kind, o.Code, o.Reason, o.came = Closed, u.Code, string(u.Reason), time.Since(began)
			o.Evidence = c.Evidence()
			return o, nil
		case !u.Opcode.IsControl():
			o.Kind, o.came = Served, time.Since(began)
			o.Messages = append(o.Messages, u)
			wait := greetedTail
			if c.greeted && len(o.Messages) == 1 {
				wait = d / 2 // what answers the greeting may come behind what comes unasked
			}
			if tail := time.Now().Add(wait); tail.Before(end) {
				end = tail
			}
			if len(o.Messages) == maxTaken {
				o.Evidence = c.Evidence()
				return o, nil
			}
		}
	}
}

// greet sends what a client of the endpoint sends first.
func (c *Conn) greet(ctx context.Context, hello [][]byte) error {
	for _, m := range hello {
		if err := c.Send(ctx, wire.Text, m); err != nil {
			return err
		}
	}
	return nil
}

// goodbye is how long Close waits for the server to take notice, so that its
// count of connections is right before the next one comes.
const goodbye = 150 * time.Millisecond

// shortGoodbye is for servers that have shown not to answer.
const shortGoodbye = 15 * time.Millisecond

// Close ends the connection as the RFC says: with a Close frame, and the end of
// the TCP connection once the server has answered, or has not.
func (c *Conn) Close() {
	defer c.drop()
	wait := goodbye
	if c.s.run.mute.Load() > 2 {
		wait = shortGoodbye
	}
	c.nc.SetDeadline(time.Now().Add(wait))
	if closing, over := c.Closing(); over && closing == nil {
		return
	}
	if c.client.SendClose(wire.CloseNormal, "") != nil {
		return
	}
	for range maxTaken {
		u, err := c.client.Next(context.Background())
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.s.run.mute.Add(1)
		}
		if err != nil || u.Opcode == wire.Close {
			return
		}
	}
}

// drop ends the connection without a word.
func (c *Conn) drop() {
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	c.nc.Close()
}

// Drop ends the TCP connection without a Close frame.
func (c *Conn) Drop() { c.drop() }

// CloseAll closes connections at the same time.
func CloseAll(cs []*Conn) {
	var wg sync.WaitGroup
	for _, c := range slices.Clone(cs) {
		wg.Go(c.Close)
	}
	wg.Wait()
}
