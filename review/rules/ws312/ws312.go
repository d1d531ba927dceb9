// Package ws312 finds message fields that are a regular expression, or meet one that backtracks without bound.
package ws312

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS312.
var Rule = rule.Injection{
	Weakness: catalogue.RegexDoS,
	Classes:  []model.SinkClass{model.RegexpSink, model.BacktrackSink},
	What:     ", where one short text can keep the processor busy for hours",
	Fix:      "compare texts, escape the value, or use a pattern without nested repetition and a limit on the length",
}.Rule()
