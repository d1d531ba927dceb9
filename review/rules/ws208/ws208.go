// Package ws208 finds tokens that are believed without their signature.
package ws208

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS208.
var Rule = &rule.Rule{Weakness: catalogue.TokenUnverified, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		for _, ev := range rule.Logins(p, e) {
			if ev.Op != model.DecodeToken || ev.Guarded(model.SignatureFact) || verified(p, ev) {
				continue
			}
			r.Report(rule.Finding{
				At: ev.Place, Endpoint: e, Anchor: ev.Callee,
				Message: fmt.Sprintf("%s reads the token and does not check its signature: anybody writes a token that says who they want to be, and the connection believes it.", ev.Callee),
				Fix:     "verify the signature with a fixed list of algorithms, the issuer, the audience and the expiry",
			})
		}
	}
}

// verified reports whether the same function checks a signature as well: it
// reads the header first, to find the key.
func verified(p *model.Program, ev *model.Event) bool {
	for _, l := range p.Events {
		if l.Kind == model.Login && l.Op == model.VerifyToken && l.Path == ev.Path && l.Func == ev.Func {
			return true
		}
	}
	return false
}
