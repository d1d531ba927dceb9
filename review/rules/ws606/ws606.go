// Package ws606 finds clients whose address comes from the page's own address,
// another window, or a message.
package ws606

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
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
				At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Anchor: "address " + f.Field,
				Message: fmt.Sprintf("%s decides which server this client connects to: who writes a link to this page receives what the client sends there, its credential first, and answers as the server.", rule.Source(f)),
				Fix:     "let it choose by key among addresses that the program knows, or compare new URL(…).origin with a list",
			})
			break
		}
	}
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
	case "number", "integer", "boolean", "uuid", "enum", "member":
		return true
	}
	return false
}
