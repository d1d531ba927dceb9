package rule

import (
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// Privileged reports whether an operation takes more than being signed in.
func Privileged(ev *model.Event) bool {
	if strings.HasPrefix(ev.Op, model.PrivilegedAct) {
		return len(ev.Tainted(model.FromMessage)) > 0 && !ownOrder(ev)
	}
	return ev.Op == model.WriteAct && SetsRole(ev.Args)
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
