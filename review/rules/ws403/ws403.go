// Package ws403 finds privileged actions that anybody can ask for.
package ws403

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS403.
var Rule = &rule.Rule{Weakness: catalogue.PrivilegedUnchecked, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Operation || ev.Phase != model.Messages || !rule.Served(ev) || !rule.Privileged(ev) {
			continue
		}
		if ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact) {
			continue
		}
		what := "performs a privileged action"
		if ev.Message != "" {
			what = fmt.Sprintf("performs the privileged action %q", ev.Message)
		}
		var data *model.Flow
		if flows := ev.Tainted(model.FromMessage); len(flows) > 0 {
			data = flows[0]
		}
		at := rule.DataEntry(ev, data)
		f := rule.Finding{
			At: at, Endpoint: ev.Endpoint, Flow: data, Anchor: ev.Callee + " " + ev.Message, Confidence: rule.Absence(ev), Related: rule.Deeper(ev, at),
			Message: fmt.Sprintf("%s %s for any connection: no role or permission is checked on the way here.", ev.Callee, what),
			Fix:     "check the role that authentication stored on the connection, and refuse, before this line",
		}
		r.Report(f)
	}
}
