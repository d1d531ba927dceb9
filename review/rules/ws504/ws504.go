// Package ws504 finds whole records of a database that are sent to the peer.
package ws504

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS504.
var Rule = &rule.Rule{Weakness: catalogue.RecordLeak, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Send && ev.Kind != model.Broadcast || !rule.Served(ev) {
			continue
		}
		if !whole(ev, r) {
			secret(ev, r)
		}
	}
}

// whole reports a record of which no field was chosen.
func whole(ev *model.Event, r *rule.Reporter) bool {
	for _, f := range ev.Tainted(model.FromRecord) {
		if !f.Stripped && (!f.Whole || f.Own) {
			continue
		}
		sure := report.MediumConfidence
		if !f.Stripped && (f.Loose > 0 || !personal(ev, f)) {
			sure = report.LowConfidence
		}
		at := rule.DataEntry(ev, f)
		out := rule.Finding{
			At: at, Endpoint: ev.Endpoint, Flow: f, Confidence: sure, Related: rule.Deeper(ev, at), Anchor: ev.Callee + " record",
			Message: fmt.Sprintf("%s sends a whole stored record to the client: every column goes out, the password's hash and those that are added next year included.", ev.Callee),
			Fix:     "send an object with the fields that the client needs, by name",
		}
		if f.Stripped {
			out.Severity = catalogue.Low
			out.Message = fmt.Sprintf("%s sends a stored record to the client without the fields that somebody thought of: all others go out, and those that are added next year.", ev.Callee)
		}
		r.Report(out)
		return true
	}
	return false
}

// personal reports whether a record is, by the names that it had on its way, one
// of somebody: such have fields that others must not see.
func personal(ev *model.Event, f *model.Flow) bool {
	for _, s := range f.Steps {
		if rule.Mentions(s.Message, people...) {
			return true
		}
	}
	for i := range ev.Args {
		for j := range ev.Args[i].Fields {
			if rule.Mentions(ev.Args[i].Fields[j].Name, people...) {
				return true
			}
		}
	}
	return false
}

var people = []string{"user", "users", "account", "accounts", "profile", "profiles", "member", "members", "customer", "customers", "employee", "employees", "patient", "patients", "person", "people", "player", "players"}

// secret reports a field of a record that no client needs.
func secret(ev *model.Event, r *rule.Reporter) {
	for _, f := range ev.Tainted(model.FromRecord) {
		name := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
		if !model.SecretField(name) {
			continue
		}
		at := rule.DataEntry(ev, f)
		r.Report(rule.Finding{
			At: at, Endpoint: ev.Endpoint, Flow: f, Confidence: report.MediumConfidence, Related: rule.Deeper(ev, at), Anchor: ev.Callee + " " + name,
			Message: fmt.Sprintf("%s sends %q of a stored record to the client, which has no use for it but to be stolen.", ev.Callee, name),
			Fix:     fmt.Sprintf("leave %q out of what is sent", name),
		})
		return
	}
}
