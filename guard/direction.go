package guard

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// direction is the pipeline of what one side sends: frames are judged by wire,
// then each message and control frame by the steps of judge, and what passes
// goes to the sink. It does no I/O of its own and knows no goroutine.
type direction struct {
	c      *conn
	from   *end
	driven interface{ stop() } // by a driver that has no goroutine for it; guarded by conn.mu
	reader wire.Reader
	sink   sink
	flow   *flow

	rate    bucket // messages of this connection
	control bucket

	due      atomic.Int64    // when the message under way must be whole, in Unix nanoseconds; 0 while none is
	taking   atomic.Bool     // what came is being judged or passed on, and nothing is read meanwhile
	began    atomic.Int64    // when the last of it came, in Unix nanoseconds
	passed   tally           // what take has not yet given to flow
	waived   bool            // the unit at hand passes in monitor mode alone
	reported map[string]bool // rules that were recorded in monitor mode
}

// sink is the far end of a direction.
type sink interface {
	// pass takes a message or control frame that may pass. held says that its
	// bytes end with the next unit; else they last until flush.
	pass(u wire.Unit, held bool) error
	// flush ends what came in one read.
	flush() error
}

func (d *direction) init(c *conn, from *end, cfg wire.ReaderConfig, to sink) {
	d.c, d.from, d.sink = c, from, to
	d.flow = &c.route.counts.server
	if from == &c.client {
		d.flow = &c.route.counts.client
	}
	d.reader.Init(cfg)
}

// take judges what was read and passes on what may pass. It reports whether
// the direction goes on.
func (d *direction) take(b []byte) bool {
	now := d.c.g.now().UnixNano()
	if d.from == &d.c.client {
		d.c.heard.Store(now)
	}
	d.began.Store(now)
	d.taking.Store(true)
	more := d.units(b, now)
	d.taking.Store(false)
	d.flow.add(&d.passed)
	return more
}

// units judges the messages and control frames in b.
func (d *direction) units(b []byte, now int64) bool {
	whole := false
	for {
		split := d.reader.Partial()
		n, u, ok, err := d.reader.Next(b)
		b = b[n:]
		if err != nil {
			d.sink.flush()
			d.violated(err)
			return false
		}
		if !ok {
			break
		}
		if !d.unit(u, split || u.Fragments > 1, now) {
			return false
		}
		whole = whole || !d.reader.Partial()
	}
	if err := d.sink.flush(); err != nil {
		return false // the outbox has ended the connection
	}
	d.setDue(whole, now)
	return true
}

// unit judges one message or control frame and passes it on. It reports
// whether the direction goes on.
func (d *direction) unit(u wire.Unit, held bool, now int64) bool {
	if u.Opcode == wire.Close {
		return d.close(u)
	}
	d.waived = false
	if refusal := d.judge(u, now); refusal != nil {
		if !u.Opcode.IsControl() {
			d.flow.denied.Add(1)
		}
		d.sink.flush()
		d.refuse(refusal)
		return false
	}
	if u.Opcode == wire.Pong && d.from == &d.c.client && d.c.life.isOwnPong(u.Payload) {
		return true
	}
	if !u.Opcode.IsControl() {
		d.count(u)
	}
	return d.sink.pass(u, held) == nil
}

// count counts a message that passes.
func (d *direction) count(u wire.Unit) {
	if d.waived {
		d.passed.monitored++
	} else {
		d.passed.messages++
	}
	d.passed.bytes += uint64(max(len(u.Payload), len(u.Raw)))
}

// judge runs the steps that decide over a unit, cheap ones first.
func (d *direction) judge(u wire.Unit, now int64) *Denial {
	if d.from != &d.c.client {
		return nil // rules for what a server says attach here
	}
	if u.Opcode.IsControl() {
		return d.waive(d.paceControl(now))
	}
	if refusal := d.waive(d.paceMessage(now)); refusal != nil {
		return refusal
	}
	return nil // rules by message type (schema, policy) attach here
}

func (d *direction) paceControl(now int64) *Denial {
	rt := d.c.route
	if d.control.take(rt.control, now) == 0 {
		return nil
	}
	return cut(catalogue.ControlFlood, "control.rate", ClosePolicy, "control-rate", RetryWait).
		because("more than %d control frames in %v", rt.cfg.Limits.ControlFrames.Count, rt.cfg.Limits.ControlFrames.Per)
}

func (d *direction) paceMessage(now int64) *Denial {
	rt, l := d.c.route, &d.c.route.cfg.Limits
	if wait := d.rate.take(rt.messages, now); wait > 0 {
		return tooFast("messages.rate", "the connection", l.Messages, wait)
	}
	if d.c.place.places == nil {
		return nil
	}
	if wait := d.c.place.places.messages.take(rt.userMessages, now); wait > 0 {
		return tooFast("messages.user-rate", "the user", l.UserMessages, wait)
	}
	return nil
}

func tooFast(rule, who string, r Rate, wait time.Duration) *Denial {
	return cut(catalogue.MessageRate, rule, CloseRate, "rate", RetryWait).because("%s sends more than %d in %v", who, r.Count, r.Per).after(wait)
}

// waive records a refusal, once a connection and rule, and lets it pass where
// the route only monitors.
func (d *direction) waive(refusal *Denial) *Denial {
	if refusal == nil || d.c.route.cfg.Mode != Monitor {
		return refusal
	}
	d.waived = true
	if !d.reported[refusal.Rule] {
		if d.reported == nil {
			d.reported = map[string]bool{}
		}
		d.reported[refusal.Rule] = true
		d.c.g.record(d.c.route, Event{ID: newID(eventIDBytes), Action: "message", Outcome: Monitored, Weakness: refusal.Weakness, Rule: refusal.Rule, Detail: refusal.Detail,
			Connection: d.c.id, Client: d.c.address, User: d.c.who.identity.User, Session: d.c.who.identity.Session})
	}
	return nil
}

// close passes a Close frame on and ends the direction: nothing that follows
// it means anything (RFC 6455 section 5.5.1).
func (d *direction) close(u wire.Unit) bool {
	d.sink.flush()
	if to := d.c.opposite(d.from); to == nil {
		d.c.echoClose(u)
	} else if d.c.claimClose(to) {
		to.out.seal(u.Raw)
	}
	d.c.closed(d.from)
	return false
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
	if d.from == &d.c.client {
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
		d.due.Store(now + int64(d.c.route.cfg.Limits.Message))
		d.c.life.soon()
	case whole:
		d.due.Store(now + int64(d.c.route.cfg.Limits.Message))
	}
}

// stalled is what a message that does not end is refused for.
func stalled() *Denial {
	return cut(catalogue.FragmentAbuse, "message.stalled", ClosePolicy, "message-timeout", RetryNo).because("a message took longer than limits.message_timeout")
}
