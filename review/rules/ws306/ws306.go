// Package ws306 finds message fields that reach a NoSQL query as objects or operators.
package ws306

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS306.
var Rule = rule.Injection{
	Weakness: catalogue.NoSQLInjection,
	Classes:  []model.SinkClass{model.NoSQLSink},
	What:     ", where an object such as {\"$ne\": null} is an operator",
	Fix:      "check that the value is a string, or write {$eq: value}",
	Strings:  true,
}.Rule()
