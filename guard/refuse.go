package guard

import (
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// replyPace is how often a client reads why a message was refused. Beyond it
// messages are dropped in silence, so that a flood costs the guard no answers.
var replyPace = newPace(Rate{Count: 2, Per: time.Second, Burst: 20})

// deny refuses u.
func (d *direction) deny(u wire.Unit, refusal *Denial) progress {
	d.about(refusal)
	if !u.Opcode.IsControl() {
		d.countDenied()
	}
	if refusal.follows {
		return goesOn // it was recorded, counted and answered with what it belongs to
	}
	if d.closes(refusal) {
		d.sink.flush()
		d.refuse(refusal)
		return ended
	}
	id := newID(eventIDBytes)
	if d.side == dialect.Server {
		refusal.Detail = "from the backend: " + refusal.Detail
		d.note(refusal)
		return goesOn
	}
	d.record(refusal, id, Denied)
	if d.rules().cfg.Reject == RejectReply && d.reply(refusal, id) {
		d.sink.flush()
		d.refuse(refusal)
		return ended
	}
	return goesOn
}

// closes reports whether a refusal ends the connection.
func (d *direction) closes(refusal *Denial) bool {
	rules := d.rules()
	if rules == nil || d.in == nil {
		return true
	}
	if d.side == dialect.Server {
		return false
	}
	d.strikes++
	return refusal.ending || rules.cfg.Reject == RejectClose || rules.cfg.Strikes > 0 && d.strikes >= rules.cfg.Strikes
}

// reply tells the client why a message was refused, in the words of the dialect.
// It reports whether the protocol has the connection closed behind that.
func (d *direction) reply(refusal *Denial, event string) (closes bool) {
	if d.replies.take(replyPace, d.now) > 0 {
		return false
	}
	in := d.in
	at := in.item
	if !in.read {
		at = -1
	}
	r := d.c.talk.Refuse(in.out[:0], &in.m, at, dialect.Refusal{Code: refusal.Code, Text: refusal.Public, Event: event, Malformed: refusal.malformed, Unknown: refusal.Rule == ruleUnknownType})
	if r.Data != nil {
		in.out = r.Data
		op := wire.Text
		if r.Binary {
			op = wire.Binary
		}
		d.c.client.out.offer(wire.AppendMessage(nil, op, r.Data, d.c.client.mask()))
	}
	return r.Close
}
