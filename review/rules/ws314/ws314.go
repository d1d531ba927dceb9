// Package ws314 finds message data that is logged raw.
package ws314

import (
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
}.Rule()
