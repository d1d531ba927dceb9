// Package ws705 finds endpoints that inflate messages without a bound.
package ws705

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS705.
var Rule = &rule.Rule{Weakness: catalogue.CompressionBomb, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Resources(p) {
		if !rule.Elsewhere(p, e, func(l *model.Limits) *model.Limit { return &l.MessageSize }) {
			negotiated(e, r)
		}
	}
}

// negotiated reports permessage-deflate where no bound ends the inflating.
func negotiated(e *model.Endpoint, r *rule.Reporter) {
	size := &e.Limits.MessageSize
	const large = 16 << 20
	if !e.Limits.Compression.On || size.State == report.Unknown || size.Bytes >= 0 && size.Bytes <= large {
		return
	}
	at := rule.Constructor(e)
	if e.Limits.Compression.Place != nil {
		at = *e.Limits.Compression.Place
	}
	f := rule.Finding{
		At: at, Endpoint: e, Anchor: "compression",
		Message: fmt.Sprintf("Messages are inflated (permessage-deflate), and nothing bounds what comes out (%s): a frame of some KiB becomes a thousand times as much in memory.", size.Text),
		Fix:     "switch permessage-deflate off, and set a maximum message size, which also bounds what is inflated",
	}
	if size.Bytes > large {
		f.Severity = catalogue.Medium
		f.Message = fmt.Sprintf("Messages are inflated (permessage-deflate) up to %s: frames of some KiB fill the memory.", size.Text)
	}
	r.Report(f)
}
