// Package ws104 finds local servers that compare Origin with the Host of the
// request and Host with nothing: DNS rebinding makes the two equal.
package ws104

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS104.
var Rule = &rule.Rule{Weakness: catalogue.HostUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		a := &e.Ambient
		local := a.Loopback != nil && a.AllHosts == nil
		if !local || a.HostCheck != nil || a.Token != nil || a.Cookie != nil || e.Partial || e.Origin.Off != nil {
			continue // a login by cookie or token is bound to another name
		}
		if at, how := sameHost(e); at != nil {
			r.Report(rule.Finding{
				At: *at, Endpoint: e, Anchor: "host", Related: []model.Step{{Place: *a.Loopback, Message: "listens on this machine alone"}},
				Message: fmt.Sprintf("%s, and Host with nothing: a page whose name is made to point to this machine (DNS rebinding) has both equal, and drives this local server from its visitor's browser.", how),
				Fix:     "refuse requests whose Host is not one of the names this server is called by, such as localhost:8080 and 127.0.0.1:8080",
			})
		}
	}
}

// sameHost is where Origin is compared with the request's own Host; nil where it
// is compared with something else.
func sameHost(e *model.Endpoint) (at *model.Place, how string) {
	for i := range e.Origin.Checks {
		c := &e.Origin.Checks[i]
		if c.Toothless {
			continue
		}
		if !c.Rebinds {
			return nil, ""
		}
		at, how = &c.Place, "This check compares Origin with the Host of the request"
	}
	if at == nil && e.Origin.Default >= model.OriginSameHost {
		return &e.Place, e.Framework + " compares Origin with the Host of the request"
	}
	return at, how
}
