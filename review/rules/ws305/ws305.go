// Package ws305 finds SQL texts that are built from message data.
package ws305

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS305.
var Rule = rule.Injection{
	Weakness: catalogue.SQLInjection,
	Classes:  []model.SinkClass{model.SQLSink},
	What:     " as part of the statement",
	Fix:      "bind the value as a parameter of the statement",
}.Rule()
