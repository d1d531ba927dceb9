// Package ws402 finds objects that are read, changed or deleted by an id from a
// message without a check whose they are.
package ws402

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS402.
var Rule = &rule.Rule{Weakness: catalogue.IDOR, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Operation || ev.Phase == model.Elsewhere && ev.Endpoint == nil {
			continue
		}
		verb, ok := verbs[ev.Op]
		if !ok || len(ev.Args) == 0 || bound(ev) || ev.Guarded(model.OwnerFact, model.RoleFact, model.MemberFact) {
			continue
		}
		f := selector(&ev.Args[0])
		if f == nil {
			continue
		}
		out := rule.Finding{
			At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Confidence: rule.Absence(ev),
			Message: fmt.Sprintf("%s chooses what %s %s, and nothing checks that it belongs to who asks: any client can name another user's.", rule.Source(f), ev.Callee, verb),
			Fix:     "put the owner into the condition, or compare it with the connection's identity before",
		}
		if ev.Op == model.ReadAct && !returned(p, ev) {
			out.Severity, out.Confidence = catalogue.Medium, report.LowConfidence
		}
		r.Report(out)
	}
}

var verbs = map[string]string{model.ReadAct: "reads", model.WriteAct: "changes", model.DeleteAct: "deletes"}

// bound reports whether an identity of the connection is part of the condition.
func bound(ev *model.Event) bool {
	for i := range ev.Args {
		if ev.Args[i].Bound {
			return true
		}
	}
	return ev.Receiver.Bound
}

// selector is the data of a message that chooses an object.
func selector(v *model.Value) *model.Flow {
	for _, f := range v.From(model.FromMessage) {
		if f.Type != "enum" && f.Type != "boolean" && identifies(f.Field) {
			return f
		}
	}
	return nil
}

// identifies reports whether a field's name is that of an id.
func identifies(field string) bool {
	name := strings.ToLower(field[strings.LastIndexByte(field, '.')+1:])
	if name == "" {
		return false
	}
	for _, suffix := range []string{"id", "_id", "uuid", "key", "slug", "name", "number", "user", "target", "owner", "account", "order", "file", "doc", "document", "room", "token"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// returned reports whether what an event reads is sent to the client.
func returned(p *model.Program, read *model.Event) bool {
	for _, ev := range p.Events {
		if ev.Kind != model.Send && ev.Kind != model.Broadcast || ev.Endpoint != read.Endpoint {
			continue
		}
		for _, f := range ev.Tainted(model.FromRecord) {
			if f.Source.Span == read.Span {
				return true
			}
		}
	}
	return false
}
