// Package ws301 finds messages and handshakes whose parsing or use can throw and
// end the process or the connection.
package ws301

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS301.
var Rule = &rule.Rule{Weakness: catalogue.ParseUnguarded, Check: check}

// A handler is what gets one finding, however often it can throw.
type handler struct {
	endpoint *model.Endpoint
	phase    model.Phase
	path     string
	function string
}

func check(p *model.Program, r *rule.Reporter) {
	first := map[handler]*model.Event{}
	var order []handler
	for _, ev := range p.Events {
		e := endpoint(p, ev)
		if e == nil || ev.InTry || !throws(ev, e) || !ends(e) || ev.Phase == model.Elsewhere {
			continue
		}
		key := handler{e, ev.Phase, ev.Path, ev.Func}
		old := first[key]
		if old == nil {
			order = append(order, key)
		}
		if old == nil || rank(ev) < rank(old) {
			first[key] = ev
		}
	}
	for _, key := range order {
		found(first[key], key.endpoint, r)
	}
}

// endpoint is the server that an event belongs to. A handshake that is handled
// before it is known which server takes it belongs to the one of its file.
func endpoint(p *model.Program, ev *model.Event) *model.Endpoint {
	if rule.Served(ev) {
		return ev.Endpoint
	}
	if ev.Endpoint != nil || ev.Phase != model.Handshake {
		return nil
	}
	for _, e := range rule.Servers(p) {
		if e.Path == ev.Path {
			return e
		}
	}
	return nil
}

// throws reports whether an event raises an exception on some input.
func throws(ev *model.Event, e *model.Endpoint) bool {
	switch ev.Kind {
	case model.Parse:
		return ev.Throws && slices.ContainsFunc(ev.Tainted(rule.Outside...), func(f *model.Flow) bool { return f.Loose == 0 })
	case model.Use:
		return ev.Op != "call" || !routed(ev, e)
	}
	return false
}

// routed reports whether an event is about the address of a handshake that the
// framework has compared with a route: it can't be one that doesn't parse.
func routed(ev *model.Event, e *model.Endpoint) bool {
	return e.Route != "" && len(ev.Tainted(model.FromQuery)) > 0
}

// ends reports whether an exception ends something that others share, or that
// the client can't tell from a fault of the network.
func ends(e *model.Endpoint) bool { return e.ThrowEnds == "process" || e.ThrowEnds == "connection" }

// rank orders what one handler is reported for: its parser first.
func rank(ev *model.Event) int {
	switch {
	case ev.Kind == model.Parse && ev.Op != "schema":
		return 0
	case ev.Kind == model.Parse:
		return 1
	case ev.Op == "call":
		return 2
	}
	return 3
}

func found(ev *model.Event, e *model.Endpoint, r *rule.Reporter) {
	f := rule.Finding{At: ev.Place, Endpoint: e, Anchor: ev.Callee, Severity: catalogue.Medium, Confidence: rule.Absence(ev)}
	if flows := ev.Tainted(rule.Outside...); len(flows) > 0 {
		f.Flow = flows[0]
	}
	consequence := "that nobody catches ends the process with all connections"
	if e.ThrowEnds == "connection" {
		consequence = "that the handler doesn't catch ends the connection without an answer"
		f.Severity = catalogue.Low
	}
	switch {
	case ev.Kind == model.Parse:
		f.Message = fmt.Sprintf("%s throws on input that it doesn't accept; an exception %s.", ev.Callee, consequence)
		f.Fix = "catch it where the message is parsed, and answer or close"
	case ev.Op == "call":
		f.Message = fmt.Sprintf("%s throws on input that it doesn't accept, such as a request target of //; an exception %s.", ev.Callee, consequence)
		if f.Flow != nil && f.Flow.Label == model.FromMessage {
			f.Message = fmt.Sprintf("%s throws on input that it doesn't accept; an exception %s.", ev.Callee, consequence)
		}
		f.Fix = "catch it, or check the input before"
	case ev.Op == "null":
		f.Message = fmt.Sprintf("%s is null where the message is the JSON text null, and reading a property of it throws; an exception %s.", ev.Callee, consequence)
		f.Fix = "go on only where it is an object, or read with ?."
	case ev.Op == "header":
		f.Message = fmt.Sprintf("%s is missing where the client doesn't send it, and reading a property of it throws; an exception %s.", ev.Callee, consequence)
		f.Fix = "test for it first, or read with ?."
	default:
		f.Message = fmt.Sprintf("%s is null where the message names nothing that exists, and reading a property of it throws; an exception %s.", ev.Callee, consequence)
		f.Fix = "answer and return where nothing was found"
		f.Confidence = min(f.Confidence, report.MediumConfidence)
		f.Flow = nil
	}
	r.Report(f)
}
