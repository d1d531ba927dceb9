package flow

import (
	"regexp"
	"slices"

	"github.com/wswarden/wswarden/review/model"
)

// placeholder matches a condition of SQL with a place for a value in it, whole
// statement or part of one: " id = ? AND user_id = ? ".
var placeholder = regexp.MustCompile(`(?i)\b[a-z_][\w.]*["` + "`" + `]?\s*(?:=|<>|>=?|<=?|\bin\b|\blike\b)\s*\(?\s*(?:\?|\$\d|:[a-z_]\w*|@[a-z_]\w*)`)

// query is a call of a database library that isn't in view, known by a condition
// with places for values: what comes back is a record, not the values. nil for
// other calls.
func (in *interp) query(c *callSpec) *value {
	if !slices.ContainsFunc(c.args, func(a arg) bool {
		text, ok := a.v.str()
		return ok && len(text) < 4000 && placeholder.MatchString(text)
	}) {
		return nil
	}
	var msg []*flow
	identity := false
	for _, a := range c.args {
		d := in.deep(a.v)
		msg = joinFlows(msg, select1(d, model.FromMessage))
		identity = identity || d.has(model.FromIdentity) || d.bound
	}
	if len(msg) == 0 {
		return nil
	}
	out := in.unknownCall(c).with(func(v *value) {
		record := &flow{label: model.FromRecord, source: in.place(c.x.Pos), whole: true}
		v.flows = slices.DeleteFunc(slices.Clone(v.flows), func(f *flow) bool { return f.label == model.FromMessage })
		v.flows = joinFlows(v.flows, []*flow{record})
		v.form = "record"
	})
	if !identity {
		return out
	}
	owner := in.fact(model.OwnerFact, c.x) // whose it is, is part of the condition
	owner.Flows = exportFlows(msg)
	return out.with(func(v *value) { v.atoms = unionFunc(v.atoms, []atom{{owner, true}}, maxAtoms, sameAtom) })
}
