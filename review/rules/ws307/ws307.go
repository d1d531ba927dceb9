// Package ws307 finds file paths that are built from message data.
package ws307

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS307.
var Rule = rule.Injection{
	Weakness: catalogue.PathTraversal,
	Classes:  []model.SinkClass{model.PathSink},
	What:     ", where \"../\" leaves the folder that was meant",
	Fix:      "resolve the path and refuse what is not below the folder, or take the base name alone",
}.Rule()
