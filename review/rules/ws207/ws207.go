// Package ws207 finds sensitive actions that are decided by permissions as they
// were when the connection came.
package ws207

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS207.
var Rule = &rule.Rule{Weakness: catalogue.SensitiveUnrefreshed, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	roles := changesRoles(p)
	for _, e := range rule.Servers(p) {
		if !e.Library {
			first(e, roles, r)
		}
	}
}

// first reports the first such action of an endpoint: the others have the same
// repair.
func first(e *model.Endpoint, roles bool, r *rule.Reporter) {
	for _, ev := range e.Of(model.Operation) {
		if ev.Phase != model.Messages || ev.Op != model.PrivilegedAct && ev.Op != model.PrivilegedAct+":broadcast" {
			continue
		}
		by := ev.Guard(model.RoleFact)
		if by == nil || by.Guessed || ev.Guarded(model.FreshFact) || fresh(e, ev) {
			continue
		}
		f := rule.Finding{
			At: ev.Place, Endpoint: e, Anchor: ev.Callee, Confidence: report.LowConfidence,
			Message: fmt.Sprintf("%s is decided by %s, a copy from when the connection came: who has lost that permission since keeps it for as long as the connection is open.", ev.Callee, by.Text),
			Fix:     "read the permission at the moment it is used, in the statement or transaction that acts",
			Related: []model.Step{{Place: by.Place, Message: "the copy decides"}},
		}
		if roles {
			f.Confidence = report.MediumConfidence
		}
		r.Report(f)
		return
	}
}

// fresh reports whether something was read, or checked, while this message was
// handled.
func fresh(e *model.Endpoint, action *model.Event) bool {
	for _, ev := range e.Events {
		if ev.Phase != model.Messages || ev.Path != action.Path || ev.Func != action.Func || ev.Line > action.Line {
			continue
		}
		switch {
		case ev.Kind == model.Login && ev.Guarded(model.IdentityFact), ev.Kind == model.Operation && ev.Op == model.ReadAct && len(ev.Tainted(model.FromIdentity)) > 0:
			return true
		}
	}
	return false
}

// changesRoles reports whether the program can take permissions away.
func changesRoles(p *model.Program) bool {
	for _, ev := range p.Events {
		if ev.Kind == model.Revoke && (ev.Op == "role" || ev.Op == "ban") {
			return true
		}
	}
	return false
}
