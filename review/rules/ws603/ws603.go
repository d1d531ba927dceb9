// Package ws603 finds messages of the server that a page runs as code.
package ws603

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS603.
var Rule = rule.Injection{
	Weakness: catalogue.ClientEval,
	Classes:  []model.SinkClass{model.ScriptSink, model.CodeSink},
	Labels:   []model.Label{model.FromPush},
	What:     ", which runs it as code in the page",
	Fix:      "parse it as JSON, and call functions by name from a fixed table",
}.Rule()
