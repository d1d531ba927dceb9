package guard

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// readServer finds out what a message of the server says. One that can't be read
// is not passed on where a rule could have applied to it; one to which none could
// apply is not read, unless it may hold a stack trace.
func readServer(j *judge) decision {
	in, rules := j.in, j.rules()
	binary := in.u.Opcode == wire.Binary
	if rules.unread && (binary || rules.cfg.ErrorDetail == DetailPass || !mayHoldTrace(in.u.Payload)) {
		j.countType(j.book().other.counts)
		return decision{}
	}
	scanner := j.book().trusted
	if binary {
		scanner = j.book().checks
	}
	in.m.Reset(j.side, binary, in.u.Payload, scanner)
	v := j.c.talk.Read(&in.m)
	switch {
	case v == nil:
		in.read = true
		j.observe()
		return decision{}
	case v.Binary && rules.cfg.UnknownServer == UnknownPass:
		return decision{}
	case rules.strict:
		return refused(unreadable(v))
	case !binary && rules.cfg.ErrorDetail == DetailMask && hasTrace(in.u.Payload):
		return refused(detailed())
	}
	return decision{}
}

// withheld stands for a text that is not for the client.
var withheld = []byte(`"(details withheld)"`)

// withhold removes what is secret, and masks stack traces.
func withhold(j *judge) decision {
	in, rules := j.in, j.rules()
	v, ok := in.current()
	if !ok {
		return refused(detailed())
	}
	mask := rules.cfg.ErrorDetail == DetailMask
	if !v.Exists() {
		return j.withholdText(mask)
	}
	if s, r := rules.secret, in.rule.redact; !s.empty() || !r.empty() {
		if in.m.Items[in.item].Unseen {
			return refused(withheldFrom(true)) // what is beside the payload can't be searched
		}
		in.list = appendMembers(in.list[:0], v, s, r)
	} else {
		in.list = in.list[:0]
	}
	secrets := len(in.list)
	if mask && mayHoldTrace(v.Raw()) {
		in.list = appendTraces(in.list, v)
	}
	if len(in.list) == 0 {
		return decision{}
	}
	if j.monitors() {
		return refused(withheldFrom(secrets > 0)) // which passes
	}
	in.edit.ResetValue(v)
	for _, m := range in.list[secrets:] {
		in.edit.Replace(m, withheld)
	}
	for _, m := range in.list[:secrets] {
		in.edit.Drop(m) // last, as it takes the place of what was noted for the same member
	}
	done := in.commit()
	if done.passes() {
		j.note(withheldFrom(secrets > 0))
	}
	return done
}

// withholdText is for items that are no JSON, of which nothing can be removed.
func (j *judge) withholdText(mask bool) decision {
	in := j.in
	it := &in.m.Items[in.item]
	text := in.m.Data[it.Start:it.End]
	switch {
	case !in.rule.redact.empty():
		return refused(withheldFrom(true))
	case mask && hasTrace(text):
		return refused(detailed())
	}
	return decision{}
}

// note records what was changed in a message that passes, once a connection.
func (j *judge) note(d *Denial) {
	j.about(d)
	if j.once(d) {
		j.record(d, newID(eventIDBytes), Denied)
	}
}

func withheldFrom(secret bool) *Denial {
	if secret {
		return cut(catalogue.RecordLeak, "message.secret", CloseDenied, "denied", RetryNo).because("from the server: members that are secret")
	}
	return detailed()
}

func detailed() *Denial {
	return cut(catalogue.ErrorDetail, "message.error-detail", CloseDenied, "denied", RetryNo).because("from the server: a stack trace")
}
