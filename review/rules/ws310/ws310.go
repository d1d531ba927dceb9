// Package ws310 finds keys from messages that name properties of objects, among
// them those that all objects share.
package ws310

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS310.
var Rule = &rule.Rule{Weakness: catalogue.PrototypePollution, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if !rule.Served(ev) || ev.Endpoint.Language == "go" {
			continue
		}
		switch ev.Kind {
		case model.Property:
			property(ev, r)
		case model.Sink:
			if ev.Op == model.MergeSink {
				merge(ev, r)
			}
		}
	}
}

// property reports a key that names what is set or called.
func property(ev *model.Event, r *rule.Reporter) {
	if len(ev.Args) == 0 {
		return
	}
	f := open(ev.Args[0].From(model.FromMessage), "property")
	if f == nil || owned(ev, f) || ev.Args[0].Shape != "" && fixed(ev.Args[0].Shape) {
		return
	}
	out := rule.Finding{
		At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field,
		Fix: "keep such entries in a Map, or test Object.hasOwn before",
	}
	if ev.Receiver.Form == "" {
		out.Confidence = report.MediumConfidence // it may be made without a prototype out of view
	}
	switch ev.Op {
	case "nested":
		out.Message = fmt.Sprintf("%s names the object whose property %s sets; with __proto__ it is one of all objects of the process.", rule.Source(f), ev.Callee)
	case "call":
		out.Severity = catalogue.Medium
		if ev.InTry {
			out.Severity = catalogue.Low // a call that fails is answered
		}
		out.Message = fmt.Sprintf("%s names the property whose method %s calls; with constructor or __proto__ it is what every object inherits, and the call fails or does something else.", rule.Source(f), ev.Callee)
	case "write":
		out.Severity = catalogue.Medium
		out.Message = fmt.Sprintf("%s names the property that %s sets; with __proto__ it is the object's prototype.", rule.Source(f), ev.Callee)
		if ev.Endpoint.Language == "python" {
			out.Message = fmt.Sprintf("%s names the attribute that %s sets; any attribute of the object can be named, __class__ too.", rule.Source(f), ev.Callee)
			out.Fix = "set only attributes of a fixed list"
		} else if len(ev.Args) > 1 && len(ev.Args[1].From(model.FromMessage)) == 0 {
			out.Severity = catalogue.Low // the value is the server's own
		}
	default:
		return
	}
	r.Report(out)
}

// owned reports whether a record of the client's own was found by a key before:
// then it is the key of one.
func owned(ev *model.Event, f *model.Flow) bool {
	return slices.ContainsFunc(ev.Guards, func(g *model.Fact) bool {
		return g.Holds && g.Kind == model.OwnerFact && slices.ContainsFunc(g.Flows, func(j *model.Flow) bool { return j.Source.Span == f.Source.Span && j.Field == f.Field })
	})
}

// fixed reports whether a key begins or ends with a text of the program's own:
// `room:${name}` names nothing that is inherited.
func fixed(shape string) bool { return shape[0] != '{' || shape[len(shape)-1] != '}' }

// merge reports data whose keys a recursive merge follows.
func merge(ev *model.Event, r *rule.Reporter) {
	if flat[rule.LastName(ev.Callee)] {
		return // copies own properties one level deep: WS405
	}
	f := open(ev.Tainted(model.FromMessage), model.MergeSink)
	if f == nil {
		return
	}
	r.Report(rule.Finding{
		At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field,
		Message: fmt.Sprintf("%s is merged by %s, which follows its keys; with __proto__ it changes what all objects inherit.", rule.Source(f), ev.Callee),
		Fix:     "copy the few fields that are wanted by name, from the result of a schema",
	})
}

// flat are functions that copy one level.
var flat = map[string]bool{"assign": true, "assignIn": true, "assignWith": true, "defaults": true, "update": true}

// open is the first flow that no check closed: anything may come in it.
func open(flows []*model.Flow, class string) *model.Flow {
	for _, f := range flows {
		switch f.Type {
		case "number", "integer", "boolean", "uuid", "enum", "member", "pattern":
			continue
		}
		if f.Loose > 0 {
			continue
		}
		if !f.Closes(class) {
			return f
		}
	}
	return nil
}
