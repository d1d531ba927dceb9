// Package ws601 finds messages of the server that a page renders as HTML.
package ws601

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS601.
var Rule = rule.Injection{
	Weakness: catalogue.DOMXSS,
	Classes:  []model.SinkClass{model.HTMLSink},
	Labels:   []model.Label{model.FromPush},
	What:     ", which parses it as HTML: what another user sent runs as script in this page",
	Fix:      "set textContent, or build the elements with createElement; sanitize with DOMPurify where markup is wanted",
}.Rule()
