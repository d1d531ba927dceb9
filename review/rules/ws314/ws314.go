// Package ws314 finds message data that is logged raw.
package ws314

import (
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS314.
var Rule = rule.Injection{
	Weakness: catalogue.LogInjection,
	Classes:  []model.SinkClass{model.LogSink},
	What:     ", which writes it raw: line ends in it forge log lines",
	Fix:      "log it quoted or as a field of a structured log",
	Skip:     quoted,
}.Rule()

// quoted reports whether what is logged is quoted: by a verb of the format, or
// because it is a part of an object, which loggers write with its line ends
// escaped.
func quoted(ev *model.Event, f *model.Flow) bool {
	if len(ev.Args) > 0 && ev.Args[0].IsConst && quotes(ev.Args[0].Const) {
		return true
	}
	for i := range ev.Args {
		v := &ev.Args[i]
		if v.Form != "object" && v.Form != "list" && v.Form != "parsed" {
			continue
		}
		for _, g := range v.From() {
			if g == f {
				return true
			}
		}
	}
	return false
}

// quotes reports whether a format quotes the texts that it takes.
func quotes(format string) bool {
	raw := strings.Contains(format, "%s") || strings.Contains(format, "%v") || strings.Contains(format, "{}")
	return !raw && (strings.Contains(format, "%r") || strings.Contains(format, "%q") || strings.Contains(format, "%j") || strings.Contains(format, "%d"))
}
