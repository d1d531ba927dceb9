// Package ws308 finds requests whose address is taken from message data.
package ws308

import (
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
}.Rule()
