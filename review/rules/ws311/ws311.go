// Package ws311 finds functions that a message chooses by name and that are
// called.
package ws311

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS311.
var Rule = &rule.Rule{Weakness: catalogue.DynamicDispatch, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Dispatch || !rule.Served(ev) || ev.Op == "map" || len(ev.Args) == 0 {
			continue
		}
		f := open(&ev.Args[0])
		if f == nil {
			continue
		}
		out := rule.Finding{At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Fix: "look the name up in a Map or a fixed list of handlers, and refuse what isn't in it"}
		if ev.Op == "attribute" {
			out.Message = fmt.Sprintf("%s chooses which function %s calls: every method and helper that can be named so is a message type.", rule.Source(f), ev.Callee)
		} else {
			out.Message = fmt.Sprintf("%s chooses which function %s calls, and nothing checks that it is one of the handlers: constructor, toString and other inherited functions are found too.", rule.Source(f), ev.Callee)
		}
		if prefixed(&ev.Args[0]) {
			out.Severity, out.Confidence = catalogue.Low, report.LowConfidence // only handle_… can be named
		}
		r.Report(out)
	}
}

// open is data that no check limits to names of handlers.
func open(key *model.Value) *model.Flow {
	for _, f := range key.From(model.FromMessage) {
		switch f.Type {
		case "number", "integer", "boolean", "enum", "member":
			continue
		}
		return f
	}
	return nil
}

// prefixed reports whether a name begins with a text of the program's own.
func prefixed(key *model.Value) bool { return key.Shape != "" && key.Shape[0] != '{' }
