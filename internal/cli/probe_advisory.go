package cli

import (
	"strings"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/review/deps"
	"github.com/wswarden/wswarden/review/model"
)

// headerProducts are the packages behind the names that servers put into headers.
var headerProducts = map[string]struct{ ecosystem, pkg string }{
	"websockets":     {"PyPI", "websockets"},
	"tornadoserver":  {"PyPI", "tornado"},
	"aiohttp":        {"PyPI", "aiohttp"},
	"daphne":         {"PyPI", "daphne"},
	"autobahn":       {"PyPI", "autobahn"},
	"autobahnpython": {"PyPI", "autobahn"},
	"eventlet":       {"PyPI", "eventlet"},
	"werkzeug":       {"PyPI", "werkzeug"},
	"gevent":         {"PyPI", "gevent"},
}

// advisoriesOf looks up what review knows of a product that a header names, and
// reports whether its table has the product at all.
func advisoriesOf(product, version string) (found []probe.Advisory, known bool) {
	p, ok := headerProducts[strings.ToLower(product)]
	if !ok {
		return nil, false
	}
	for _, m := range deps.Builtin().Match(model.Dependency{Ecosystem: p.ecosystem, Name: p.pkg, Version: version}) {
		found = append(found, probe.Advisory{ID: m.ID, Title: m.What, Fixed: m.Fixed, Severity: m.Severity})
	}
	return found, true
}
