// Package ws303 finds message data that is run as code.
package ws303

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS303.
var Rule = rule.Injection{
	Weakness: catalogue.CodeInjection,
	Classes:  []model.SinkClass{model.CodeSink, model.ExpressionSink},
	What:     ", which runs it as code on the server",
	Fix:      "map the few operations that are wanted to functions, and refuse the rest",
}.Rule()
