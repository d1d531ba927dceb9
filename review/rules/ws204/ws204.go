// Package ws204 finds tickets that can be spent twice, guessed, or used long
// after they were made.
package ws204

import (
	"fmt"
	"strconv"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS204.
var Rule = &rule.Rule{Weakness: catalogue.TicketWeak, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	e := redeems(p)
	if e == nil {
		return // tickets of something else
	}
	keeps := map[model.KeepAct][]*model.Event{}
	for _, ev := range p.Events {
		switch ev.Kind {
		case model.Keep:
			keeps[ev.Op] = append(keeps[ev.Op], ev)
		case model.Mint:
			r.Report(rule.Finding{
				At: ev.Place, Endpoint: e, Anchor: ev.Callee,
				Message: fmt.Sprintf("The ticket is made by %s, whose next values can be computed from earlier ones: an attacker opens the socket with the ticket of somebody else.", ev.Callee),
				Fix:     "take 32 bytes of the system's generator: crypto.randomBytes, secrets.token_urlsafe, crypto/rand",
			})
		}
	}
	reuse(e, keeps, r)
	for _, ev := range keeps[model.KeepSet] {
		life(e, ev, r)
	}
}

// redeems is the endpoint that asks for tickets.
func redeems(p *model.Program) *model.Endpoint {
	for _, e := range rule.Servers(p) {
		for _, l := range rule.Logins(p, e) {
			if l.Op == model.RedeemTicket {
				return e
			}
		}
		if e.Has(model.TicketFact) {
			return e
		}
	}
	return nil
}

// reuse finds a look-up that leaves the ticket there, or deletes it in a second
// step.
func reuse(e *model.Endpoint, keeps map[model.KeepAct][]*model.Event, r *rule.Reporter) {
	if len(keeps[model.KeepTake]) > 0 || len(keeps[model.KeepGet]) == 0 {
		return
	}
	get := keeps[model.KeepGet][0]
	f := rule.Finding{
		At: get.Place, Endpoint: e, Anchor: get.Callee,
		Message: fmt.Sprintf("%s reads the ticket and leaves it: whoever sees it, in a log or on the way, opens the socket again with it.", get.Callee),
		Fix:     "redeem in one step: GETDEL, DELETE … RETURNING, findOneAndDelete",
	}
	for _, del := range keeps[model.KeepDelete] {
		if del.Path == get.Path {
			f.Message = fmt.Sprintf("%s reads the ticket and %s deletes it in a second step: presentations at the same time all read it before one of them deletes it.", get.Callee, del.Callee)
			f.Related = []model.Step{{Place: del.Place, Message: "deleted here"}}
		}
	}
	r.Report(f)
}

// life finds a ticket that lives for minutes.
func life(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	const most = 120 // seconds; twice what a fetch and a connect may take
	seconds, known := lifetime(ev)
	f := rule.Finding{At: ev.Place, Endpoint: e, Anchor: ev.Callee + " life", Fix: "let it live for 30 seconds: it only bridges a request and a connect"}
	switch {
	case known && seconds > most:
		f.Message = fmt.Sprintf("The ticket lives for %d seconds: it is a token that can be stolen from a log, not something that is worthless by the time it is read.", seconds)
	case !known && len(ev.Args) == 2:
		f.Message = fmt.Sprintf("%s stores the ticket without a life: one that is never redeemed opens the socket for ever.", ev.Callee)
		f.Confidence = report.MediumConfidence
	default:
		return
	}
	r.Report(f)
}

// lifetime is the time to live among the arguments of a store's call.
func lifetime(ev *model.Event) (seconds int, known bool) {
	for i := 1; i < len(ev.Args); i++ {
		a := &ev.Args[i]
		for j := range a.Fields {
			n, err := strconv.Atoi(a.Fields[j].Const)
			switch a.Fields[j].Name {
			case "EX", "ex", "expiry", "ttl":
				return n, err == nil
			case "PX", "px":
				return n / 1000, err == nil
			}
		}
		if i == 1 && len(ev.Args) < 4 && len(ev.Args) != 3 {
			continue
		}
		if n, err := strconv.Atoi(a.Const); err == nil && a.IsConst && n > 0 {
			if i > 1 && (ev.Args[i-1].Const == "PX" || ev.Args[i-1].Const == "px") {
				n /= 1000
			}
			return n, true
		}
	}
	return 0, false
}
