package guard

import (
	"errors"
	"sync/atomic"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// direction is the pipeline of what one side sends: frames are judged by wire,
// then each message and control frame by the steps of judge, and what passes
// goes to the sink. It does no I/O of its own and knows no goroutine.
type direction struct {
	judge
	from   *end
	driven interface{ stop() } // by a driver that has no goroutine for it; guarded by conn.mu
	reader wire.Reader
	apart  bool // payloads lie apart from what was read
	sink   sink

	due    atomic.Int64 // when the message under way must be whole, in Unix nanoseconds; 0 while none is
	taking atomic.Bool  // what came is being judged or passed on, and nothing is read meanwhile
	began  atomic.Int64 // when the last of it came, in Unix nanoseconds
	parked *parked      // what waits, nil while nothing does
	whole  bool         // something ended in what was read last
}

// sink is the far end of a direction.
type sink interface {
	// pass takes a message or control frame that may pass. One without Raw was
	// changed: its Payload is what is left, until pass returns. held says that the
	// bytes end with the next unit; else they last until flush.
	pass(u wire.Unit, held bool) error
	// flush ends what came in one read.
	flush() error
}

func (d *direction) init(c *conn, from *end, cfg wire.ReaderConfig, to sink) {
	side := dialect.Server
	if from == &c.client {
		side = dialect.Client
	}
	d.judge.init(c, side)
	d.from, d.sink, d.apart = from, to, cfg.Raw && side == dialect.Client
	d.reader.Init(cfg)
}

// take judges what was read and passes on what may pass. Where it says that a
// message waits, b stays in use until await has returned.
func (d *direction) take(b []byte) progress {
	if d.c.dismissed.Load() {
		return ended // what came meanwhile is not for anybody
	}
	now := d.c.g.now().UnixNano()
	if d.keepUp() {
		cfg := &d.rt.fromClient
		if d.side == dialect.Server {
			cfg = &d.rt.fromServer
		}
		d.reader.SetLimits(cfg.MaxMessage, cfg.MaxFragments)
	}
	if d.side == dialect.Client {
		d.c.heard.Store(now)
	}
	d.began.Store(now)
	d.taking.Store(true)
	d.whole = false
	return d.settle(d.units(b, now))
}

// resume goes on behind the message that has waited, which refusal is about.
func (d *direction) resume(refusal *Denial) progress {
	p := d.parked
	d.parked = nil
	if d.c.ending() != nil {
		return d.settle(ended)
	}
	d.now = d.c.g.now().UnixNano()
	if p.consumed && refusal != nil && refusal.Close == CloseBusy { // by the store, or as too many wait
		d.c.answerRenewal(renewed{Result: "unavailable"})
		refusal = nil
	}
	var v decision
	if refusal != nil {
		v.refusal = d.waive(refusal)
	}
	if v.passes() && p.consumed {
		d.whole = d.whole || !d.reader.Partial()
		return d.settle(d.units(p.rest, d.now))
	}
	if v.passes() {
		v = d.run()
	}
	if at := d.conclusion(p.unit, p.held, v, p.rest); at != goesOn {
		return d.settle(at)
	}
	return d.settle(d.units(p.rest, d.now))
}

// settle ends what was done with one read, unless a part of it waits.
func (d *direction) settle(p progress) progress {
	if p != waits {
		d.done()
		d.taking.Store(false)
	}
	d.tell()
	return p
}

// units judges the messages and control frames in b.
func (d *direction) units(b []byte, now int64) progress {
	for {
		split := d.reader.Partial()
		n, u, ok, err := d.reader.Next(b)
		b = b[n:]
		if err != nil {
			d.sink.flush()
			d.violated(err)
			return ended
		}
		if !ok {
			break
		}
		if p := d.unit(u, split || u.Fragments > 1, now, b); p != goesOn {
			return p
		}
	}
	if err := d.sink.flush(); err != nil {
		return ended // the outbox has ended the connection
	}
	d.setDue(d.whole, now)
	return goesOn
}

// unit judges one message or control frame and passes it on. rest is what was
// read behind it.
func (d *direction) unit(u wire.Unit, held bool, now int64, rest []byte) progress {
	if u.Opcode == wire.Close {
		return d.close(u)
	}
	if u.Opcode.IsControl() {
		return d.conclusion(u, held, d.judgeControl(now), rest)
	}
	if d.side == dialect.Client {
		if ticket, ok := d.renewal(u); ok {
			return d.renew(u, held, now, ticket, rest)
		}
	}
	d.begin(u, now)
	return d.conclusion(u, held, d.run(), rest)
}

// conclusion does what v says of u.
func (d *direction) conclusion(u wire.Unit, held bool, v decision, rest []byte) progress {
	switch {
	case v.wait != nil:
		d.parked = &parked{unit: u, held: held, wait: v.wait, rest: rest}
		d.sink.flush() // what passed before does not wait
		return waits
	case v.refusal != nil:
		d.whole = d.whole || !d.reader.Partial()
		d.traced(u, v.refusal)
		return d.deny(u, v.refusal)
	case u.Opcode == wire.Pong && d.side == dialect.Client && d.c.life.isOwnPong(u.Payload):
	case u.Opcode.IsControl():
		if d.sink.pass(u, held) != nil {
			return ended
		}
	default:
		d.count(max(len(u.Payload), len(u.Raw)))
		d.traced(u, nil)
		u = d.conclude(u)
		if d.sink.pass(u, held) != nil {
			return ended
		}
	}
	d.whole = d.whole || !d.reader.Partial()
	return goesOn
}

// close passes a Close frame on and ends the direction: nothing that follows
// it means anything (RFC 6455 section 5.5.1).
func (d *direction) close(u wire.Unit) progress {
	d.sink.flush()
	if to := d.c.opposite(d.from); to == nil {
		d.c.echoClose(u)
	} else if d.c.claimClose(to) {
		to.out.seal(u.Raw)
	}
	d.c.closed(d.from)
	return ended
}

// opposite returns the other end, nil for a handler.
func (c *conn) opposite(e *end) *end {
	if e == &c.client {
		return c.far
	}
	return &c.client
}

// echoClose answers a client's Close frame with its own code.
func (c *conn) echoClose(u wire.Unit) {
	if !c.claimClose(&c.client) {
		return
	}
	code := CloseCode(u.Code)
	if code == closeNone {
		code = CloseNormal
	}
	c.client.seal(closing{code: code})
}

// violated ends the connection for frames that break the protocol or its
// bounds. What a backend did wrong is the operator's to read alone.
func (d *direction) violated(err error) {
	var v *wire.Violation
	if !errors.As(err, &v) {
		d.c.lost(d.from, err)
		return
	}
	d.refuse(frameRefusal(v))
}

// refuse ends the connection for something that this side did.
func (d *direction) refuse(refusal *Denial) {
	if d.side == dialect.Client {
		d.c.refuse(refusal)
		return
	}
	refusal.Detail = "from the backend: " + refusal.Detail
	public := cut(nil, refusal.Rule, CloseUpstream, "upstream", RetryWait)
	d.c.end(ending{denial: refusal, outcome: "refused", toClient: closing{public.Close, public.reason(d.c.event)}, toFar: closing{code: refusal.Close}})
}

// frameRefusal names the weakness that a violation would have used.
func frameRefusal(v *wire.Violation) *Denial {
	w, word := catalogue.MalformedFrame, "protocol"
	switch v {
	case wire.ErrMessageSize:
		w, word = catalogue.MessageSize, "too-big"
	case wire.ErrInflatedSize:
		w, word = catalogue.CompressionBomb, "too-big"
	case wire.ErrFragmentCount:
		w, word = catalogue.FragmentAbuse, "fragments"
	}
	if v.Code == wire.CloseInvalidPayload {
		word = "utf8"
	}
	return cut(w, "frame."+string(v.Rule), CloseCode(v.Code), word, RetryNo).because("%s", v.Error())
}

// setDue bounds the time that the rest of a message may take. It starts with
// the message's first byte, and no trickle of bytes extends it, nor any control
// frame inside the message. whole says that something ended in the last read,
// so that what is begun now is something new.
func (d *direction) setDue(whole bool, now int64) {
	waits := d.due.Load() != 0
	switch {
	case !d.reader.Partial():
		if waits {
			d.due.Store(0)
		}
	case !waits:
		d.due.Store(now + int64(d.rt.cfg.Limits.Message))
		d.c.life.soon()
	case whole:
		d.due.Store(now + int64(d.rt.cfg.Limits.Message))
	}
}

// stalled is what a message that does not end is refused for.
func stalled() *Denial {
	return cut(catalogue.FragmentAbuse, "message.stalled", ClosePolicy, "message-timeout", RetryNo).because("a message took longer than limits.message_timeout")
}
