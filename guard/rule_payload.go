package guard

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// dropUndeclared removes what the schema does not name. What is left is checked
// by checkSchema.
func dropUndeclared(j *judge) decision {
	in, r := j.in, j.in.rule
	if !r.undeclared {
		return decision{}
	}
	v, ok := in.current()
	if !ok || !v.Exists() {
		return decision{} // which checkSchema refuses
	}
	list, known := r.schema.AppendUndeclared(in.list[:0], v)
	in.list = list
	if !known {
		return refused(offSchema(j.side, jsonscan.Violation{Code: jsonscan.SchemaCost}))
	}
	if len(list) == 0 {
		return decision{}
	}
	in.edit.ResetValue(v)
	for _, m := range list {
		in.edit.Drop(m)
	}
	return in.commit()
}

// checkSchema holds the payload to its schema. What is beside the payload is not
// described by it: a client must not send it, and a server may unless what is
// undeclared is to be removed.
func checkSchema(j *judge) decision {
	r := j.in.rule
	if j.in.m.Items[j.in.item].Unseen && (len(r.clean) > 0 || r.undeclared || j.side == dialect.Client && r.schema != nil) {
		return refused(cut(catalogue.SchemaMissing, "message.unseen", CloseSchema, "schema", RetryNo).
			because("there is more than the payload that the rule is about").says("the message holds more than is expected"))
	}
	if r.schema == nil {
		return decision{}
	}
	v, ok := j.in.current()
	if !ok || !v.Exists() {
		return refused(cut(catalogue.SchemaMissing, "message.payload", CloseSchema, "schema", RetryNo).
			because("there is no JSON payload to hold to the schema").says("the message does not have the form that is expected"))
	}
	if bad := r.schema.Check(v); !bad.OK() {
		return refused(offSchema(j.side, bad))
	}
	return decision{}
}

// offSchema is the refusal of a payload that its schema does not describe.
func offSchema(from dialect.Side, bad jsonscan.Violation) *Denial {
	w := catalogue.SchemaMissing
	undescribed := bad.Code == jsonscan.SchemaAdditionalProperties || bad.Code == jsonscan.SchemaUnevaluatedProperties
	switch {
	case from == dialect.Server:
		w = catalogue.RecordLeak
	case undescribed:
		w = catalogue.MassAssignment
	}
	return cut(w, "message.schema", CloseSchema, "schema", RetryNo).because("%s, by %q", bad.Text(), bad.Pointer()).says(bad.Text())
}

// requireAllowed asks the condition.
func requireAllowed(j *judge) decision {
	in, r := j.in, j.in.rule
	if r.allow == nil {
		return decision{}
	}
	if _, ok := in.current(); !ok {
		return refused(notAllowed("the message can't be read any more"))
	}
	holds, err := r.allow.Holds(&in.facts)
	switch {
	case err != nil:
		return refused(notAllowed("the condition can't be evaluated: " + clip(err.Error())))
	case !holds:
		return refused(notAllowed("the condition does not hold"))
	}
	return decision{}
}

func notAllowed(detail string) *Denial {
	return cut(catalogue.PrivilegedUnchecked, "message.allow", CloseDenied, "denied", RetryNo).because("%s", detail).says("the message is not allowed")
}
