// Package ws103 finds Origin checks that are skipped for handshakes without the
// header, or with "null", where the browser is authenticated on its own.
package ws103

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS103.
var Rule = &rule.Rule{Weakness: catalogue.OriginOptional, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		by, ambient := rule.Ambient(e)
		if !ambient || e.Origin.Off != nil {
			continue
		}
		if c := skipped(&e.Origin, e.Ambient.Cookie != nil); c != nil {
			report(e, c, by, r)
		}
	}
}

// skipped is a comparison that lets handshakes without an origin by, of all
// comparisons of the endpoint; nil where one of them doesn't.
// A missing header matters where a cookie authenticates; "null" is what a
// browser sends.
func skipped(o *model.Origin, cookie bool) *model.OriginCheck {
	var found *model.OriginCheck
	for i := range o.Checks {
		c := &o.Checks[i]
		switch {
		case !c.Proven || c.Toothless:
		case !c.Null && !(c.Optional && !c.Rebinds && cookie):
			// That a same-host check passes over a missing header is what
			// frameworks do: no browser leaves it out.
			return nil
		case found == nil:
			found = c
		}
	}
	return found
}

func report(e *model.Endpoint, c *model.OriginCheck, by string, r *rule.Reporter) {
	f := rule.Finding{At: c.Place, Endpoint: e, Anchor: "origin optional", Fix: "refuse what is not in the set: an absent header and \"null\" are no members"}
	if c.Null {
		f.Severity = catalogue.High
		f.Message = fmt.Sprintf("The handshake passes with the Origin \"null\", which any page sends from a sandboxed iframe; its visitor is authenticated by %s.", by)
	} else {
		f.Message = fmt.Sprintf("The Origin check is skipped where the header is absent, although the peer is authenticated by %s: a client, proxy or web view that leaves it out is trusted.", by)
	}
	r.Report(f)
}
