// Package ws304 finds commands that are built from message data.
package ws304

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS304.
var Rule = rule.Injection{
	Weakness: catalogue.CommandInjection,
	Classes:  []model.SinkClass{model.CommandSink},
	What:     ", which runs it as a command",
	Fix:      "start one fixed program with an argument vector and without a shell, and take only listed values from the message",
}.Rule()
