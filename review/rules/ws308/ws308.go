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
// the host: it is the first unknown piece there, since what follows a base is a
// path.
func inHost(shape string, f *model.Flow) bool {
	host := shape
	if _, rest, ok := strings.Cut(shape, "://"); ok {
		host = rest
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	_, piece, ok := strings.Cut(host, "{")
	if !ok {
		return false
	}
	piece, _, _ = strings.Cut(piece, "}")
	name := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
	return name == "" || piece == "" || strings.Contains(piece, name)
}
