package rule

import (
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// EachClaim calls yield for data of a message whose name, and whose use, say who
// acts in an event.
func EachClaim(ev *model.Event, yield func(v *model.Value, f *model.Flow, verb string)) {
	switch ev.Kind {
	case model.Operation:
		act, own := Act(ev)
		if act != model.PrivilegedAct && act != model.WriteAct || signsUp(ev) {
			return
		}
		for i := range ev.Args {
			claims(&ev.Args[i], func(v *model.Value, f *model.Flow) {
				if v.Name != "" || subject(ev, i, own) {
					yield(v, f, "acts")
				}
			})
		}
	case model.Broadcast:
		for i := range ev.Args {
			claims(&ev.Args[i], func(v *model.Value, f *model.Flow) { yield(v, f, "speaks") })
		}
	case model.Claim:
		for _, f := range ev.Tainted(model.FromMessage) {
			if f.Loose > 0 {
				continue
			}
			yield(&model.Value{}, f, "acts")
			return
		}
	}
}

// claims calls yield for data whose name says who somebody is. Where it is a
// field, the field must say so too: the object of an action may be a user.
func claims(v *model.Value, yield func(*model.Value, *model.Flow)) {
	for _, f := range v.Flows {
		if f.Label == model.FromMessage && f.Claims() && f.Type != "enum" && (v.Name == "" || f.Overrides || f.Beside || model.ClaimsIdentity(v.Name)) {
			yield(v, f)
		}
	}
	for i := range v.Fields {
		claims(&v.Fields[i], yield)
	}
}

// subject reports whether argument i, which has no name, is who acts, and not
// whom or what the action is about: setRole(user, role), UPDATE … WHERE id = ?.
func subject(ev *model.Event, i int, own bool) bool {
	if text := Statement(ev); text != "" {
		return strings.HasPrefix(text, "INSERT")
	}
	if Inserts(ev) && !own {
		return true
	}
	// What everybody may do for themselves is done by the one who is named.
	if Mentions(ev.Message+" "+LastName(ev.Callee)+" "+ev.Func, "order", "orders", "trade", "buy", "sell", "pay", "payment", "deposit", "withdraw", "withdrawal", "transfer", "purchase", "bet", "bid", "vote", "post", "comment", "say", "chat", "move", "play") {
		return true
	}
	return i > 0 && !own
}

// signsUp reports whether an event is how accounts and names come into being:
// there is no identity yet that could say who it is.
func signsUp(ev *model.Event) bool {
	return Mentions(ev.Message+" "+LastName(ev.Callee)+" "+ev.Func, "register", "registration", "signup", "login", "signin", "auth", "authenticate")
}
