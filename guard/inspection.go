package guard

import (
	"sync"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/wire"
)

// inspection is one message while rules judge it, with the memory for it. A
// direction has one only while it has messages at hand.
type inspection struct {
	m        dialect.Message
	u        wire.Unit
	started  time.Time // zero unless this message is timed
	read     bool      // the dialect has found its items
	item     int       // at hand, counted from 0; -1 before the first
	rule     *rule     // of the item; nil before it was found
	rules    []*rule   // of the items that pass
	edit     jsonscan.Editor
	text     []byte   // the changed payload of the item, nil while there is no change
	stale    bool     // facts.Message is not text yet
	payloads [][]byte // changed ones, by item
	changed  bool
	facts    Facts // of the item, with the changes that were made so far
	conn     ConnFacts

	values []byte // what is put into payloads
	out    []byte // the changed message, or a reply
	list   []jsonscan.Value
}

var inspections = sync.Pool{New: func() any { return new(inspection) }}

// sampleEvery is how many messages there are for one whose time is taken.
const sampleEvery = 64

// inspect takes up u.
func (j *judge) inspect(u wire.Unit) {
	in := j.in
	if in == nil {
		in = inspections.Get().(*inspection)
		in.conn = ConnFacts{ID: j.c.id, Client: j.c.address, Origin: j.c.origin, Route: j.c.route.cfg.Path, Opened: j.c.since}
		in.facts.Session, in.facts.Conn = &j.c.who.identity, &in.conn
		j.in = in
	}
	in.u, in.item, in.rule, in.read, in.changed, in.stale, in.text = u, -1, nil, false, false, false, nil
	in.payloads, in.values, in.rules = in.payloads[:0], in.values[:0], in.rules[:0]
	if j.sampled++; j.sampled >= sampleEvery {
		j.sampled, in.started = 0, time.Now()
	}
}

// done gives the memory of the last message back.
func (j *judge) done() {
	in := j.in
	if in == nil {
		return
	}
	j.in = nil
	const kept = 16 << 10
	in.m.Release()
	in.u, in.rule, in.facts, in.conn = wire.Unit{}, nil, Facts{}, ConnFacts{}
	in.text = nil
	clear(in.payloads[:cap(in.payloads)])
	const keptList = 1024
	if cap(in.list) > keptList { // there were as many edits
		in.list, in.edit = nil, jsonscan.Editor{}
	}
	clear(in.list[:cap(in.list)])
	clear(in.rules[:cap(in.rules)])
	if cap(in.values) > kept {
		in.values = nil
	}
	if cap(in.out) > kept {
		in.out = nil
	}
	inspections.Put(in)
}

// next goes on to the next item if the one at hand is settled, and reports whether
// there is one at hand.
func (in *inspection) next() bool {
	if !in.read {
		return false
	}
	if in.item < 0 {
		in.enter(0)
	}
	return in.item < len(in.m.Items)
}

// enter takes up an item.
func (in *inspection) enter(i int) {
	in.item, in.rule, in.text, in.stale = i, nil, nil, false
	if i < len(in.m.Items) {
		it := &in.m.Items[i]
		in.facts.Type, in.facts.Envelope, in.facts.Message = it.Type, it.Envelope, it.Payload
	}
}

// settleItem ends the judging of an item that passes.
func (j *judge) settleItem() {
	in := j.in
	in.rules = append(in.rules, in.rule)
	if in.text != nil && !j.monitors() { // else later steps alone have seen the changes
		for len(in.payloads) < len(in.m.Items) {
			in.payloads = append(in.payloads, nil)
		}
		in.payloads[in.item], in.changed = in.text, true
	}
	in.enter(in.item + 1)
}

// current returns the payload of the item as changed so far; it is missing if
// there is no JSON. ok is false if the changes made it something that no client
// could have sent.
func (in *inspection) current() (v jsonscan.Value, ok bool) {
	if in.stale {
		d, bad := in.m.Scan(in.text)
		if !bad.OK() {
			return jsonscan.Value{}, false
		}
		in.facts.Message, in.stale = d.Root(), false
	}
	return in.facts.Message, true
}

// commit makes the changes that edit has noted, where the payload can be changed.
func (in *inspection) commit() decision {
	switch {
	case !in.edit.Changed():
		return decision{}
	case in.m.Items[in.item].Fixed:
		return refused(cut(catalogue.SchemaMissing, "message.fixed", CloseSchema, "schema", RetryNo).
			because("the rule changes what both sides find the subscription by").says("the message does not have the form that is expected"))
	}
	in.text, in.stale = in.m.Edited(&in.edit), true
	return decision{}
}

// quoted keeps a text as JSON until the message is done with.
func (in *inspection) quoted(text string) []byte {
	start := len(in.values)
	in.values = jsonscan.AppendQuoted(in.values, text)
	return in.values[start:len(in.values):len(in.values)]
}

// conclude tells the conversation that the message passes, and returns what is to
// be passed on: the message as it came, or what it was changed to, which has no
// Raw.
func (j *judge) conclude(u wire.Unit) wire.Unit {
	in := j.in
	if in == nil {
		return u
	}
	if !in.started.IsZero() {
		j.c.route.counts.inspect.observe(time.Since(in.started))
		in.started = time.Time{}
	}
	if !in.read {
		return u
	}
	for _, r := range in.rules {
		j.countType(r.counts)
	}
	if in.changed {
		in.out = j.c.talk.Rewrite(in.out[:0], &in.m, in.payloads)
		u.Raw, u.Payload = nil, in.out
	}
	j.c.talk.Passed(&in.m)
	return u
}
