// Package ws602 finds messages of the server that a page takes for an address.
package ws602

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS602.
var Rule = rule.Injection{
	Weakness: catalogue.URLSink,
	Classes:  []model.SinkClass{model.AddressSink},
	Labels:   []model.Label{model.FromPush},
	What:     ", whatever its scheme and host: javascript: runs in this page, and another host sees or poses as its users",
	Fix:      "parse it with new URL, and compare protocol (and host, where the page goes there) with a list before it is used",
	Skip:     settled,
}.Rule()

// settled reports whether scheme and host are not the message's to choose.
func settled(ev *model.Event, f *model.Flow) bool {
	return rule.Fixed(ev.Args) || rule.SchemeChecked(ev, f)
}
