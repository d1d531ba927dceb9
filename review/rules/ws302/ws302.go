// Package ws302 finds messages that are used without a check of their shape.
package ws302

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS302.
var Rule = &rule.Rule{Weakness: catalogue.SchemaMissing, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if checked(e) || len(e.Of(model.Receive, model.Parse)) == 0 {
			continue
		}
		use, flow := firstUse(e)
		if use == nil {
			continue
		}
		at, parse := place(e, flow)
		f := rule.Finding{
			At: at, Endpoint: e, Flow: flow, Anchor: "schema", Confidence: rule.Absence(use),
			Message: fmt.Sprintf("%s is used in %s, and nothing checks types or shape of the messages of this endpoint: an object, a negative number or a further field comes in as it was sent.", rule.Source(flow), use.Callee),
			Fix:     "parse messages with a schema that refuses what it doesn't name, and use its result",
		}
		if parse {
			f.Anchor = "schema parse"
		}
		r.Report(f)
	}
}

// checked reports whether anything on the endpoint checks a message's shape, or
// the type of one of its values.
func checked(e *model.Endpoint) bool {
	return slices.ContainsFunc(e.Facts, func(f *model.Fact) bool {
		switch f.Kind {
		case model.SchemaFact:
			return true
		case model.TypeFact:
			return pins(f.Type) && slices.ContainsFunc(f.Flows, func(g *model.Flow) bool { return g.Label == model.FromMessage })
		}
		return false
	})
}

func pins(typ string) bool {
	switch typ {
	case "", "present", "presence", "inherited":
		return false
	}
	return true
}

// firstUse is the first event that uses a field of a message for more than to
// tell messages apart.
func firstUse(e *model.Endpoint) (*model.Event, *model.Flow) {
	for _, ev := range e.Events {
		switch ev.Kind {
		case model.Operation, model.Sink, model.Broadcast, model.Send, model.Join, model.Claim, model.Property:
		default:
			continue
		}
		if ev.Kind == model.Property && ev.Op == "read" || ev.Kind == model.Sink && ev.Op == model.LogSink {
			continue
		}
		for _, f := range ev.Tainted(model.FromMessage) {
			if f.Field != "" && f.Type == "" && f.Loose == 0 && !tells(f.Field) {
				return ev, f
			}
		}
	}
	return nil, nil
}

// tells reports whether a field only says what kind of message it is, or which.
func tells(field string) bool {
	switch strings.ToLower(field[strings.LastIndexByte(field, '.')+1:]) {
	case "type", "action", "event", "op", "cmd", "command", "method", "kind", "id", "requestid", "request_id", "seq", "t":
		return true
	}
	return false
}

// place is the call that parses the messages of the endpoint, else where they
// come from.
func place(e *model.Endpoint, f *model.Flow) (at model.Place, parse bool) {
	for _, ev := range e.Of(model.Parse) {
		for _, g := range ev.Tainted(model.FromMessage) {
			if g.Source.Span == f.Source.Span {
				return ev.Place, true
			}
		}
	}
	return f.Source, false
}
