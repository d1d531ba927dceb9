// Package ws101 finds endpoints that accept the handshake of any origin.
package ws101

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS101.
var Rule = &rule.Rule{Weakness: catalogue.OriginUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		o := &e.Origin
		comparison, toothless := comparisons(o)
		switch {
		case o.Off != nil:
			found(e, r, *o.Off, o.OffHow, switchedOff(e))
		case o.Configurable && o.OpenByDefault:
			openByDefault(e, r)
		case comparison || o.Default >= model.OriginSameHost || e.Partial:
		case toothless != nil:
			found(e, r, toothless.Place, "Origin is compared here, and every origin is let in all the same: no outcome refuses the handshake", "refuse the handshake where the comparison fails")
		case o.Default == model.OriginPresent:
			found(e, r, e.Place, fmt.Sprintf("%s demands an Origin header and compares it with nothing", e.Framework), rule.OriginFix(e))
		default:
			found(e, r, e.Place, fmt.Sprintf("%s accepts the upgrade without any check of Origin", e.Framework), rule.OriginFix(e))
		}
	}
}

// comparisons reports whether Origin is compared to an effect, and gives the
// first comparison without one.
func comparisons(o *model.Origin) (effective bool, toothless *model.OriginCheck) {
	for i := range o.Checks {
		c := &o.Checks[i]
		if !c.Toothless {
			return true, nil
		}
		if toothless == nil {
			toothless = c
		}
	}
	return false, toothless
}

// switchedOff is the fix for a check that the program has taken out of force.
func switchedOff(e *model.Endpoint) string {
	if max(e.Origin.Default, e.Origin.Replaced) >= model.OriginSameHost {
		return "remove it, so that the framework compares the host, or compare Origin with a list of exact origins"
	}
	return "compare Origin with a list of exact origins"
}

func found(e *model.Endpoint, r *rule.Reporter, at model.Place, what, fix string) {
	f := rule.Finding{At: at, Endpoint: e, Fix: fix, Severity: rule.Hijack(e, catalogue.High), Anchor: "origin"}
	by, ambient := rule.Ambient(e)
	switch {
	case ambient && e.Ambient.SameSite != nil && e.Ambient.Cookie != nil:
		f.Message = what + "; any page of the same site, such as one of another name below the same domain, can open this socket as its visitor: SameSite keeps the cookie from all others (cross-site WebSocket hijacking)."
		f.Related = []model.Step{{Place: *e.Ambient.SameSite, Message: "the cookie is kept from other sites"}}
	case ambient:
		f.Message = what + fmt.Sprintf("; any web page can open this socket as its visitor, who is authenticated by %s (cross-site WebSocket hijacking).", by)
	case rule.Demanded(e):
		f.Message = what + "; a foreign page can open this socket, but not with the ticket or token that it demands."
	default:
		f.Message = what + "; any web page can open this socket in a visitor's browser (cross-site WebSocket hijacking)."
	}
	if e.HiddenHandshake || at.Span == e.Span && len(e.Of(model.Accept)) == 0 {
		f.Confidence = report.MediumConfidence // what decides, or what accepts, isn't in view
	}
	r.Report(f)
}

func openByDefault(e *model.Endpoint, r *rule.Reporter) {
	at := e.Place
	if len(e.Origin.Escapes) > 0 {
		at = e.Origin.Escapes[0]
	}
	r.Report(rule.Finding{
		At: at, Endpoint: e, Severity: rule.Hijack(e, catalogue.Medium), Confidence: report.MediumConfidence, Anchor: "origin",
		Message: "The Origin check is configurable, and open to every origin until it is configured; any web page can open this socket where that was forgotten.",
		Fix:     "make the same host the default, and refuse to start with an empty list",
	})
}
