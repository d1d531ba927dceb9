package guard

import (
	"context"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// judge decides over what one side of a connection says, a message at a time. It
// does no I/O, knows no goroutine and never waits: what takes time is returned as
// something to wait for. It belongs to whoever has the direction.
type judge struct {
	c    *conn
	rt   *route // whose rules are in force for the message at hand
	side dialect.Side
	flow *flow

	rate    bucket   // messages of this connection
	control bucket   // control frames of this connection
	types   []bucket // messages by type, by rule.slot; nil before the first
	replies bucket   // refusals that were answered
	strikes int      // refused messages

	in       *inspection // of the message at hand; nil while there is none
	step     int         // next step for the message as a whole
	itemStep int         // next step for its item at hand
	now      int64
	sampled  uint8 // messages since one was timed

	passed   tally           // what has not been given to flow
	waived   bool            // the message at hand passes in monitor mode alone
	reported map[string]bool // refusals that are recorded once a connection
}

// decision is what a step says: nothing, a refusal, or that it has to wait. After
// the wait, nil goes on with the next step.
type decision struct {
	refusal *Denial
	wait    waiter
}

// waiter waits for an answer, and returns a refusal or nil. ctx ends with the
// connection.
type waiter func(ctx context.Context) *Denial

func refused(d *Denial) decision { return decision{refusal: d} }

func (v decision) passes() bool { return v.refusal == nil && v.wait == nil }

// step is one check. It is not taken again after a wait.
type step func(*judge) decision

// steps are the checks of one side's messages, cheap ones first: of a message as a
// whole, and of each of its items.
type steps struct{ message, item []step }

var (
	// unruled are the steps where a route has no message policy.
	unruled = [2]*steps{dialect.Client: {message: []step{paceMessage, paceUser}}, dialect.Server: {}}
	ruled   = [2]*steps{
		dialect.Client: {
			message: []step{paceMessage, paceUser, readClient},
			item:    []step{findRule, paceType, paceUserType, dropUndeclared, checkSchema, requireFresh, requireAllowed, setValues, cleanTexts},
		},
		dialect.Server: {
			message: []step{readServer},
			item:    []step{findRule, dropUndeclared, checkSchema, requireAllowed, cleanTexts, withhold},
		},
	}
)

func (j *judge) init(c *conn, side dialect.Side) {
	j.c, j.rt, j.side, j.flow = c, c.rules.Load(), side, &c.route.counts.client
	if side == dialect.Server {
		j.flow = &c.route.counts.server
	}
}

// rules returns what the route says of messages, nil if nothing.
func (j *judge) rules() *messageRules { return j.rt.messageRules }

// keepUp takes up the rules that a reload has brought, between messages alone,
// and reports whether there were any. What a connection may send of each type
// is counted anew.
func (j *judge) keepUp() bool {
	rt := j.c.rules.Load()
	if rt == j.rt {
		return false
	}
	j.rt, j.types = rt, nil
	return true
}

// book returns the rules for this side.
func (j *judge) book() *ruleBook {
	if j.side == dialect.Server {
		return &j.rules().server
	}
	return &j.rules().client
}

// begin takes up a data message.
func (j *judge) begin(u wire.Unit, now int64) {
	j.now, j.step, j.itemStep, j.waived = now, 0, 0, false
	if j.rules() != nil {
		j.inspect(u)
	}
}

// run takes the steps that are left, until one refuses or has to wait.
func (j *judge) run() decision {
	s := unruled[j.side]
	if j.in != nil {
		s = ruled[j.side]
	}
	for j.step < len(s.message) {
		j.step++
		if v := j.take(s.message[j.step-1]); !v.passes() {
			return v
		}
	}
	if j.in == nil {
		return decision{}
	}
	for j.in.next() {
		for j.itemStep < len(s.item) {
			j.itemStep++
			if v := j.take(s.item[j.itemStep-1]); !v.passes() {
				return v
			}
		}
		j.itemStep = 0
		j.settleItem()
	}
	return decision{}
}

// take takes one step.
func (j *judge) take(s step) decision {
	v := s(j)
	if v.refusal != nil {
		v.refusal = j.waive(v.refusal)
	}
	return v
}

// waive records a refusal, once a connection and rule, and lets it pass where the
// route or the rule only monitors.
func (j *judge) waive(d *Denial) *Denial {
	if d.hard || !j.monitors() {
		return d
	}
	j.waived = true
	j.about(d)
	if j.once(d) {
		j.record(d, newID(eventIDBytes), Monitored)
	}
	return nil
}

// monitors reports whether what is refused passes.
func (j *judge) monitors() bool {
	if r := j.rule(); r != nil {
		return r.monitor
	}
	return j.rt.cfg.Mode == Monitor
}

// rule returns that of the item at hand, nil before it was found.
func (j *judge) rule() *rule {
	if j.in == nil {
		return nil
	}
	return j.in.rule
}

// about notes which messages d is about.
func (j *judge) about(d *Denial) {
	if r := j.rule(); r != nil {
		d.message = r.counts.name
	}
}

// once reports whether nothing like d was reported on this connection.
func (j *judge) once(d *Denial) bool {
	key := d.Rule + " " + d.message
	if j.reported[key] {
		return false
	}
	if j.reported == nil {
		j.reported = map[string]bool{}
	}
	j.reported[key] = true
	return true
}

// record writes a refusal that does not end the connection to the audit log.
func (j *judge) record(d *Denial, id string, o Outcome) {
	c := j.c
	if o == Denied {
		c.g.counts.refuse(c.route, d, Denied)
	}
	c.g.record(c.route, Event{ID: id, Action: "message", Outcome: o, Weakness: d.Weakness, Rule: d.Rule, Detail: d.Detail, Message: d.message,
		Connection: c.id, Client: c.address, User: c.who.identity.User, Session: c.who.identity.Session})
}

// judgeControl decides over a control frame.
func (j *judge) judgeControl(now int64) decision {
	j.now, j.waived = now, false
	if j.in != nil {
		j.in.rule = nil // of an earlier message
	}
	if j.side == dialect.Server {
		return decision{}
	}
	return j.take(paceControl)
}

func paceControl(j *judge) decision {
	rt := j.rt
	if j.control.take(rt.control, j.now) == 0 {
		return decision{}
	}
	return refused(cut(catalogue.ControlFlood, "control.rate", ClosePolicy, "control-rate", RetryWait).
		because("more than %d control frames in %v", rt.cfg.Limits.ControlFrames.Count, rt.cfg.Limits.ControlFrames.Per).ends())
}

func paceMessage(j *judge) decision {
	rt := j.rt
	if wait := j.rate.take(rt.messages, j.now); wait > 0 {
		return refused(tooFast("messages.rate", "the connection", rt.cfg.Limits.Messages, wait).ends())
	}
	return decision{}
}

func paceUser(j *judge) decision {
	rt, places := j.rt, j.c.place.places
	if places == nil {
		return decision{}
	}
	if wait := places.messages.take(rt.userMessages, j.now); wait > 0 {
		return refused(userTooFast(rt.cfg.Limits.UserMessages, wait))
	}
	if j.c.g.shared.down() {
		return decision{}
	}
	return j.c.paceOverGuards(places.allowance(j.c, "", rt.cfg.Limits.UserMessages), j.now, userTooFast)
}

func userTooFast(r Rate, wait time.Duration) *Denial {
	return tooFast("messages.user-rate", "the user", r, wait).ends()
}

func tooFast(rule, who string, r Rate, wait time.Duration) *Denial {
	return cut(catalogue.MessageRate, rule, CloseRate, "rate", RetryWait).because("%s sends more than %d in %v", who, r.Count, r.Per).after(wait).says("too many messages")
}

// ends marks d as the end of the connection, whatever messages.reject says.
func (d *Denial) ends() *Denial {
	d.ending = true
	return d
}

// says sets what the peer may read, a constant sentence.
func (d *Denial) says(public string) *Denial {
	d.Public = public
	return d
}
