// Package ws405 finds messages that are stored as records, with whatever fields
// they have.
package ws405

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS405.
var Rule = &rule.Rule{Weakness: catalogue.MassAssignment, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if !rule.Served(ev) {
			continue
		}
		for i, v := range candidates(ev) {
			f := whole(ev, v, i)
			if f == nil {
				continue
			}
			at := rule.DataEntry(ev, f)
			out := rule.Finding{
				At: at, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Related: rule.Deeper(ev, at),
				Message: fmt.Sprintf("%s is stored by %s with all fields that the client put into it: also role, owner or balance.", rule.Source(f), ev.Callee),
				Fix:     "copy the fields that a client may set by name, from the result of a schema that refuses others",
			}
			if f.Type == "any" {
				out.Severity, out.Confidence = catalogue.Medium, report.MediumConfidence
			}
			r.Report(out)
			break
		}
	}
}

// candidates are the values that become a record, or a part of one.
func candidates(ev *model.Event) []*model.Value {
	switch ev.Kind {
	case model.Sink:
		if ev.Op == model.RecordSink || ev.Op == model.MergeSink && copies(ev) {
			return pointers(ev.Args)
		}
	case model.Operation:
		if act, own := rule.Act(ev); act == model.WriteAct && !own && rule.Statement(ev) == "" && records(ev) {
			return pointers(ev.Args)
		}
	case model.Property:
		// for k in message: setattr(record, k, message[k])
		if ev.Op == "write" && len(ev.Args) > 1 && loops(&ev.Args[0]) {
			return pointers(ev.Args[1:])
		}
	}
	return nil
}

// records reports whether a write takes fields of a record, and no single value:
// what a key-value store is given is a value, whatever is in it.
func records(ev *model.Event) bool {
	name := strings.ToLower(strings.ReplaceAll(rule.LastName(ev.Callee), "_", ""))
	for _, w := range []string{"update", "create", "insert", "replace", "upsert", "save", "patch", "put", "bulk"} {
		if strings.HasPrefix(name, w) || strings.HasSuffix(name, w) {
			return true
		}
	}
	return strings.HasPrefix(name, "findoneand") || strings.HasPrefix(name, "findbyidand")
}

// copies reports whether a merge goes into something that lasts: the target is
// no new object.
func copies(ev *model.Event) bool {
	return len(ev.Receiver.Flows) > 0 || ev.Receiver.Form == "record"
}

// loops reports whether a key is each key of the message in turn.
func loops(key *model.Value) bool {
	for _, f := range key.From(model.FromMessage) {
		if f.Type == "" && strings.HasSuffix(f.Field, "{}") {
			return true
		}
	}
	return false
}

func pointers(list []model.Value) []*model.Value {
	out := make([]*model.Value, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// whole is the message, or an object of it, that becomes all of a record or of
// what is set in it. Only the place of a record counts: a field that has an
// object for its value stays one field.
func whole(ev *model.Event, v *model.Value, i int) *model.Flow {
	if ev.Kind == model.Property {
		return first(v.From(model.FromMessage))
	}
	for _, f := range v.Flows {
		if f.Label == model.FromMessage && spreads(ev, v, f, i) {
			return f
		}
	}
	for j := range v.Fields {
		w := &v.Fields[j]
		switch {
		case w.Form == "spread", w.Name == "data", w.Name == "$set", w.Name == "$setOnInsert", w.Name == "create", w.Name == "update", w.Name == "set", w.Name == "defaults", w.Name == "values", w.Name == "**":
			if f := whole(ev, w, i); f != nil {
				return f
			}
		}
	}
	return nil
}

func first(flows []*model.Flow) *model.Flow {
	if len(flows) == 0 {
		return nil
	}
	return flows[0]
}

// spreads reports whether all fields of the data become fields of the record.
func spreads(ev *model.Event, v *model.Value, f *model.Flow, i int) bool {
	if f.Closes(model.RecordSink) {
		return false
	}
	switch f.Type {
	case "", "any", "object", "present":
	default:
		return false
	}
	switch v.Form {
	case "spread", "parsed":
		return true
	case "template", "concat", "literal", "object", "list":
		return false
	}
	if f.Whole {
		return true
	}
	// Model.create(msg.data), updateOne(filter, msg.changes): an object by its
	// place. What selects is no record.
	if v.Name == "" && i == 0 && ev.Kind == model.Operation && !rule.Inserts(ev) {
		return false
	}
	return object(f.Field)
}

// object reports whether a field's name is that of an object with fields of its
// own.
func object(field string) bool {
	return rule.Mentions(field[strings.LastIndexByte(field, '.')+1:], "data", "changes", "change", "fields", "payload", "update", "updates", "patch", "values", "attributes", "attrs", "props", "record", "doc", "document",
		"profile", "settings", "body", "params", "args", "input", "object", "item", "entity", "model", "user", "message")
}
