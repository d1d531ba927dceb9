// Package ws308 finds URLs and hosts from messages that the server calls.
package ws308

import (
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS308.
var Rule = rule.Injection{
	Weakness: catalogue.SSRF,
	Classes:  []model.SinkClass{model.RequestSink},
	What:     ", which calls it: hosts of the internal network and of this machine can be reached",
	Fix:      "compare scheme and host with a list of those that are wanted",
	Skip:     behindHost,
}.Rule()

// behindHost reports whether data only becomes a part of the path or query of an
// address whose host is the program's own.
func behindHost(ev *model.Event, f *model.Flow) bool {
	for i := range ev.Args {
		v := &ev.Args[i]
		for _, g := range v.Flows {
			if g == f {
				return v.Shape != "" && !inHost(v.Shape, f)
			}
		}
	}
	return false
}

// inHost reports whether the data stands in the part of an address that names
// the host.
func inHost(shape string, f *model.Flow) bool {
	_, rest, ok := strings.Cut(shape, "://")
	if !ok {
		rest = shape
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	open := strings.IndexByte(host, '{')
	if open < 0 {
		return false
	}
	if !ok && open == 0 { // base + path: the first piece has the host
		host = host[:strings.IndexByte(host+"}", '}')+1]
	}
	name := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
	return name == "" || strings.Contains(host, "{}") || strings.Contains(host, name)
}
