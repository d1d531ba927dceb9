package guard

import (
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// Tracer follows connections from their handshake to their end. Its methods are
// called from many goroutines, in the path of what they are told, and must not
// block.
type Tracer interface {
	// Handshake is called once for each handshake on a route, before anything of it
	// is judged. r must not be kept. The result may be nil: then the connection is
	// not traced.
	Handshake(route string, r *http.Request) Trace
}

// Trace follows one connection. Its methods are called from more than one
// goroutine.
type Trace interface {
	// Propagate sets the headers by which the backend joins the trace. What the
	// client said of its own trace does not reach a backend beside them: a stranger
	// has no say in which of the operator's traces a request belongs to.
	Propagate(h http.Header)
	// SampleMessage reports whether the message at hand is to be traced. It is asked
	// of every message that comes from a client or a backend, not of those that a
	// handler sends.
	SampleMessage() bool
	// Message tells what was decided over a message that was sampled.
	Message(MessageTrace)
	// End tells how the connection, or its handshake, ended. It holds what the audit
	// log says of it.
	End(Event)
}

// MessageTrace is a decision over a message. It holds nothing that a peer wrote.
type MessageTrace struct {
	// Start is when the message was read, Duration how long it was judged, a wait
	// included.
	Start    time.Time
	Duration time.Duration
	// From is who sent it, Bytes its length.
	From  dialect.Side
	Bytes int
	// Type is the first rule that it met, as the configuration names it; empty if
	// there was none.
	Type string
	// Outcome is the decision; Weakness and Rule say why it was refused.
	Outcome        Outcome
	Weakness, Rule string
}

// contextHeaders are those in which a trace travels (W3C Trace Context and
// Baggage), in the spelling of plainHeader.
var contextHeaders = map[string]bool{"traceparent": true, "tracestate": true, "baggage": true}

// follow starts the trace of an attempt.
func (a *attempt) follow() {
	if t := a.plan.cfg.Tracer; t != nil {
		a.trace = t.Handshake(a.route.cfg.Path, a.r)
	}
}

// propagate puts the trace into what the backend reads.
func (a *attempt) propagate(h http.Header) {
	if a.trace == nil {
		return
	}
	for name := range h {
		if contextHeaders[plainHeader(name)] {
			delete(h, name)
		}
	}
	a.trace.Propagate(h)
}

// end ends the trace of an attempt that became no connection.
func (a *attempt) end(e Event) {
	if a.trace != nil && !a.started {
		a.trace.End(e)
	}
}

// traced tells the trace what was decided over u, nil being that it passes.
func (d *direction) traced(u wire.Unit, refusal *Denial) {
	t := d.c.trace
	if t == nil || u.Opcode.IsControl() || !t.SampleMessage() {
		return
	}
	m := MessageTrace{Start: time.Unix(0, d.began.Load()), From: d.side, Bytes: max(len(u.Payload), len(u.Raw)), Outcome: Allowed}
	m.Duration = d.c.g.now().Sub(m.Start)
	r := d.rule()
	switch {
	case refusal != nil:
		m.Outcome, m.Weakness, m.Rule = Denied, refusal.Weakness, refusal.Rule
	case d.waived:
		m.Outcome = Monitored
	}
	if r == nil && d.in != nil && len(d.in.rules) > 0 {
		r = d.in.rules[0]
	}
	if r != nil {
		m.Type = r.counts.name
	}
	t.Message(m)
}
