// Package ws403 finds privileged actions that anybody can ask for.
package ws403

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS403.
var Rule = &rule.Rule{Weakness: catalogue.PrivilegedUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Operation || ev.Phase != model.Messages || !privileged(ev) {
			continue
		}
		if ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact) {
			continue
		}
		what := "performs a privileged action"
		if ev.Message != "" {
			what = fmt.Sprintf("performs the privileged action %q", ev.Message)
		}
		f := rule.Finding{
			At: ev.Place, Endpoint: ev.Endpoint, Anchor: ev.Callee + " " + ev.Message, Confidence: rule.Absence(ev),
			Message: fmt.Sprintf("%s %s for any connection: no role or permission is checked on the way here.", ev.Callee, what),
			Fix:     "check the role that authentication stored on the connection, and refuse, before this line",
		}
		if flows := ev.Tainted(model.FromMessage); len(flows) > 0 {
			f.Flow = flows[0]
		}
		r.Report(f)
	}
}

// privileged reports whether an operation takes more than being signed in.
func privileged(ev *model.Event) bool {
	if strings.HasPrefix(ev.Op, model.PrivilegedAct) {
		return len(ev.Tainted(model.FromMessage)) > 0 && !ownOrder(ev)
	}
	return ev.Op == model.WriteAct && setsRole(ev.Args)
}

// ownOrder reports whether the action is what every user may do for
// themselves, such as an order: whose it is belongs to WS401.
func ownOrder(ev *model.Event) bool {
	name := strings.ToLower(ev.Callee)
	for _, w := range []string{"order", "trade", "buy", "sell", "pay", "deposit", "withdraw", "transfer", "purchase", "bet"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// setsRole reports whether a write stores a role that the message names.
func setsRole(args []model.Value) bool {
	for i := range args {
		v := &args[i]
		switch strings.ToLower(v.Name) {
		case "role", "roles", "isadmin", "is_admin", "admin", "permissions", "permission", "is_staff", "is_superuser", "scope", "scopes":
			if len(v.From(model.FromMessage)) > 0 {
				return true
			}
		}
		if setsRole(v.Fields) {
			return true
		}
	}
	return false
}
