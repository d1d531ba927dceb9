package guard

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/wire"
)

// readClient finds out what a message of a client says.
func readClient(j *judge) decision {
	in, p := j.in, &j.rules().cfg
	binary := in.u.Opcode == wire.Binary
	scanner := j.book().trusted
	if binary {
		scanner = j.book().checks
	}
	in.m.Reset(j.side, binary && p.Binary != BinaryText, in.u.Payload, scanner)
	v := j.c.talk.Read(&in.m)
	switch {
	case v == nil:
		in.read = true
		j.observe()
		return decision{}
	case v.Binary && p.Binary == BinaryPass:
		return decision{} // unread, so that no rule applies
	}
	return refused(unreadable(v))
}

// unreadable is the refusal of a message that the dialect does not take.
func unreadable(v *dialect.Violation) *Denial {
	code, word := CloseSchema, "schema"
	switch {
	case v.Binary:
		code, word = CloseType, "type"
	case v.Fatal:
		code, word = CloseProtocol, "protocol"
	}
	detail := v.Detail
	if detail == "" {
		detail = v.Text
	}
	d := cut(v.Weakness, v.Rule, code, word, RetryNo).because("%s", detail).says(v.Text)
	d.ending, d.malformed, d.follows = v.Fatal, true, v.Follows
	return d
}

// observe shows the items of the message to who learns from them.
func (j *judge) observe() {
	o := j.rules().cfg.Observe
	if o == nil {
		return
	}
	m := &j.in.m
	for i := range m.Items {
		it := &m.Items[i]
		o.Observe(Observation{Route: j.c.route.cfg.Path, From: j.side, Kind: it.Kind, Type: it.Type, Payload: it.Payload, Bytes: len(m.Data)})
	}
}

// ruleUnknownType names the refusal of messages of a type without a rule.
const ruleUnknownType = "message.unknown-type"

// findRule finds what judges the item at hand.
func findRule(j *judge) decision {
	in, b := j.in, j.book()
	it := &in.m.Items[in.item]
	if in.rule = b.find(it.Type); in.rule != nil {
		return decision{}
	}
	in.rule = b.other
	if it.Kind == dialect.Protocol || b.unknown == UnknownPass && !(j.side == dialect.Client && formless(it)) {
		return decision{}
	}
	return refused(cut(catalogue.DynamicDispatch, ruleUnknownType, CloseSchema, "schema", RetryNo).
		because("no rule for the type %s", quoteType(it.Type)).says("messages of this type are not accepted"))
}

// formless reports whether a message has no type because it is no object that could
// have one: null, a number, a list. Handlers read a member of what they get, and many
// end with the exception that null raises there.
func formless(it *dialect.Item) bool {
	return it.Type == nil && it.Payload.Exists() && it.Payload.Kind() != jsonscan.Object
}

// quoteType quotes a type for a record. It is what a peer sent, so it is short, and
// left out where it could be a secret in the wrong place.
func quoteType(t []byte) string {
	const most = 64
	switch {
	case t == nil:
		return "(none)"
	case looksSecret(string(t)):
		return "(which holds what looks like a credential)"
	case len(t) > most:
		return fmt.Sprintf("%q…", t[:most])
	}
	return fmt.Sprintf("%q", t)
}

// paceType holds a type to its rate on this connection.
func paceType(j *judge) decision {
	r := j.in.rule
	if !r.limited {
		return decision{}
	}
	if j.types == nil {
		j.types = make([]bucket, j.book().slots)
	}
	if wait := j.types[r.slot].take(r.limit, j.now); wait > 0 {
		return refused(tooFast("message.rate", "the connection", r.cfg.Limit.or(r.cfg.UserLimit), wait))
	}
	return decision{}
}

// paceUserType holds a type to its rate over all connections of the user.
func paceUserType(j *judge) decision {
	r, places := j.in.rule, j.c.place.places
	if !r.limited || places == nil {
		return decision{}
	}
	limit := r.cfg.UserLimit.or(r.cfg.Limit)
	if wait := places.bucket(r.counts.name).take(r.userLimit, j.now); wait > 0 {
		return refused(userTypeTooFast(limit, wait))
	}
	if j.c.g.shared.down() {
		return decision{}
	}
	return j.c.paceOverGuards(places.allowance(j.c, r.counts.name, limit), j.now, userTypeTooFast)
}

func userTypeTooFast(r Rate, wait time.Duration) *Denial {
	return tooFast("message.user-rate", "the user", r, wait)
}

// requireFresh has the session validated again.
func requireFresh(j *judge) decision {
	if !j.in.rule.fresh {
		return decision{}
	}
	return decision{wait: j.c.stillValid}
}

// setValues overwrites what the guard knows better than the client.
func setValues(j *judge) decision {
	in, r := j.in, j.in.rule
	if len(r.set) == 0 {
		return decision{}
	}
	v, ok := in.current()
	if !ok || !v.Exists() {
		return refused(notSet("there is no JSON payload"))
	}
	in.edit.ResetValue(v)
	for i := range r.set {
		start := len(in.values)
		values, err := r.set[i].value.AppendJSON(in.values, &in.facts)
		if err != nil {
			return refused(notSet(fmt.Sprintf("set %q: %v", r.set[i].path, err)))
		}
		in.values = values
		value := values[start:len(values):len(values)]
		if !json.Valid(value) {
			return refused(notSet(fmt.Sprintf("set %q: the expression did not give JSON", r.set[i].path)))
		}
		if err := in.edit.Set(r.set[i].path, value); err != nil {
			return refused(notSet(err.Error()))
		}
	}
	return in.commit()
}

func notSet(detail string) *Denial {
	return cut(catalogue.IdentityFromClient, "message.set", CloseSchema, "schema", RetryNo).because("%s", detail).says("the message does not have the form that is expected")
}

// cleanTexts makes strings harmless. It comes behind setValues: names of users are
// written by users.
func cleanTexts(j *judge) decision {
	in, r := j.in, j.in.rule
	if len(r.clean) == 0 {
		return decision{}
	}
	v, ok := in.current()
	if !ok {
		return refused(notClean("", "the message can't be read any more"))
	}
	if !v.Exists() {
		return refused(notClean("", "there is no JSON payload"))
	}
	in.edit.ResetValue(v)
	for i := range r.clean {
		c := &r.clean[i]
		if v.Ambiguous(c.path) {
			return refused(notClean(c.path.String(), "a member differs from the name only in case"))
		}
		if !in.cleanAll(v.Lookup(c.path), c.cleaner) {
			return refused(notClean(c.path.String(), "the text is refused"))
		}
	}
	return in.commit()
}

// cleanAll notes the changes to the strings of v, and reports whether all of it
// may pass. Names of members can't be changed: they are clean, or refused.
func (in *inspection) cleanAll(v jsonscan.Value, c Cleaner) bool {
	switch v.Kind() {
	case jsonscan.String:
		text := string(v.Text())
		clean, ok := c.Clean(text)
		if ok && clean != text {
			in.edit.Replace(v, in.quoted(clean))
		}
		return ok
	case jsonscan.Array:
		for m := range v.Elements() {
			if !in.cleanAll(m, c) {
				return false
			}
		}
	case jsonscan.Object:
		for name, m := range v.Members() {
			text := string(name)
			if clean, ok := c.Clean(text); !ok || clean != text || !in.cleanAll(m, c) {
				return false
			}
		}
	}
	return true
}

func notClean(path, detail string) *Denial {
	return cut(catalogue.BroadcastRaw, "message.clean", CloseSchema, "schema", RetryNo).because("clean %q: %s", path, detail).says("the message holds text that is not accepted")
}
