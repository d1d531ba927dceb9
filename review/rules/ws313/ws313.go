// Package ws313 finds message data that is compiled as a template.
package ws313

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS313.
var Rule = rule.Injection{
	Weakness: catalogue.TemplateInjection,
	Classes:  []model.SinkClass{model.TemplateSink},
	What:     ", which compiles it as a template: its expressions run on the server",
	Fix:      "compile fixed templates only, and pass the data as a variable",
}.Rule()
