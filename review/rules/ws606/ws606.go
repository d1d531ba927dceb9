// Package ws606 finds clients whose address comes from the page's own address,
// another window, or a message.
package ws606

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS606.
var Rule = &rule.Rule{Weakness: catalogue.URLFromInput, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Connect || len(ev.Args) == 0 {
			continue
		}
		v := &ev.Args[0]
		for _, f := range v.Leads(model.FromPage, model.FromPush) {
			if f.Closes(model.RequestSink) || rule.HostChecked(ev, f) || closed(f.Type) || own(f) {
				continue
			}
			r.Report(rule.Finding{
				At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Confidence: sure(v, f), Anchor: "address " + f.Field,
				Message: fmt.Sprintf("%s decides which server this client connects to: who writes a link to this page receives what the client sends there, its credential first, and answers as the server.", rule.Source(f)),
				Fix:     "let it choose by key among addresses that the program knows, or compare new URL(…).origin with a list",
			})
			break
		}
	}
}

// sure is low where calls that aren't in view may have made something else of
// the data, or it isn't in view which part of the address it is.
func sure(v *model.Value, f *model.Flow) report.Confidence {
	if f.Loose > 0 {
		return report.LowConfidence
	}
	for _, s := range f.Steps {
		if !v.Led && (s.Message == "goes through join" || s.Message == "becomes part of a text") {
			return report.LowConfidence
		}
	}
	return report.HighConfidence
}

// own reports whether it is the part of the page's address that its author
// doesn't choose: where the page itself came from.
func own(f *model.Flow) bool {
	if f.Label != model.FromPage {
		return false
	}
	first, _, _ := strings.Cut(f.Field, ".")
	switch first {
	case "", "[]", "href", "origin", "protocol", "host", "hostname", "port", "pathname", "0":
		return true
	}
	return false
}

func closed(typ string) bool {
	switch typ {
	case "number", "integer", "boolean", "uuid", "slug", "enum", "member":
		return true
	}
	return false
}
