// Package ws309 finds message data that is deserialized to objects.
package ws309

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS309.
var Rule = rule.Injection{
	Weakness: catalogue.UnsafeDeserialization,
	Classes:  []model.SinkClass{model.DeserializeSink},
	What:     ", which makes any object and runs its code",
	Fix:      "use JSON, or another format without code, and a schema",
}.Rule()
