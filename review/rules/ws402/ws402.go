// Package ws402 finds objects that are read, changed or deleted by an id from a
// message without a check whose they are.
package ws402

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS402.
var Rule = &rule.Rule{Weakness: catalogue.IDOR, Check: check}

var verbs = map[string]string{model.ReadAct: "reads", model.WriteAct: "changes", model.DeleteAct: "deletes"}

func check(p *model.Program, r *rule.Reporter) {
	for _, ev := range p.Events {
		if ev.Kind != model.Operation || !rule.Served(ev) || bound(ev) || ev.Guarded(model.OwnerFact, model.RoleFact, model.MemberFact) {
			continue
		}
		f := rule.Selector(ev)
		if f == nil || rule.SetsRole(ev.Args) { // a role is WS403
			continue
		}
		operation(p, ev, f, r)
	}
}

func operation(p *model.Program, ev *model.Event, f *model.Flow, r *rule.Reporter) {
	act, own := rule.Act(ev)
	at := rule.DataEntry(ev, f)
	out := rule.Finding{
		At: at, Endpoint: ev.Endpoint, Flow: f, Anchor: ev.Callee + " " + f.Field, Severity: catalogue.High, Confidence: rule.Absence(ev), Related: rule.Deeper(ev, at),
		Message: fmt.Sprintf("%s chooses what %s %s, and nothing checks that it belongs to who asks: any client can name another user's.", rule.Source(f), ev.Callee, verbs[act]),
		Fix:     "put the owner into the condition, or compare it with the connection's identity before",
	}
	switch {
	case own && f.Claims() && actsFor(ev):
		return // whom the message names acts: WS401
	case own && !personal(container(ev.Callee), f.Field):
		return // a room or a game has no owner, for all that is known
	case act == model.ReadAct && judged(ev):
		return // what is read decides whether the rest is allowed
	case act == model.ReadAct && !returned(p, ev):
		if own {
			return
		}
		out.Severity, out.Confidence = catalogue.Medium, report.LowConfidence
	}
	r.Report(out)
}

// actsFor reports whether the operation is what whoever is named does.
func actsFor(ev *model.Event) bool {
	return rule.Mentions(ev.Message+" "+ev.Func, "order", "orders", "trade", "buy", "sell", "pay", "payment", "deposit", "withdraw", "withdrawal", "transfer", "purchase", "bet", "bid", "vote")
}

// personal reports whether a collection of the program holds what belongs to
// one user.
func personal(callee, field string) bool {
	if rule.Mentions(callee, "pending", "inflight", "waiting", "awaiting", "outstanding", "callbacks", "requests", "queries", "responses", "replies") {
		return false // an answer finds who waits for it
	}
	if rule.Mentions(field, "session", "sid", "socket", "connection", "room", "game", "channel", "lobby", "topic", "symbol", "match", "table", "world", "map") {
		return false
	}
	return rule.Mentions(callee, "accounts", "account", "users", "user", "profiles", "profile", "orders", "order", "messages", "message", "wallets", "wallet", "balances", "balance", "customers",
		"patients", "invoices", "documents", "document", "notes", "note", "records", "todos", "files", "uploads", "jobs", "conversations", "settings", "preferences", "positions", "portfolios")
}

// container is what an access as written reads from: of "users[msg.id].name" and
// "delete(users, msg.id)" it is users.
func container(callee string) string {
	callee, _, _ = strings.Cut(callee, " <- ") // of "reply.ch <- message" it is what is written to
	if inner, ok := strings.CutPrefix(callee, "delete("); ok {
		callee, _, _ = strings.Cut(inner, ",")
	}
	if i := strings.IndexAny(callee, "[("); i > 0 {
		callee = callee[:i]
	}
	return callee
}

// bound reports whether an identity of the connection is part of the condition.
func bound(ev *model.Event) bool {
	return ev.Receiver.Bound || slices.ContainsFunc(ev.Args, func(v model.Value) bool { return v.Bound })
}

// returned reports whether what an event reads is sent to the client.
func returned(p *model.Program, read *model.Event) bool {
	return slices.ContainsFunc(p.Events, func(ev *model.Event) bool {
		if ev.Kind != model.Send && ev.Kind != model.Broadcast || ev.Endpoint != read.Endpoint {
			return false
		}
		return slices.ContainsFunc(ev.Tainted(model.FromRecord), func(f *model.Flow) bool { return f.Source.Span == read.Span })
	})
}

// judged reports whether what an event reads decides on what follows: reading the
// owner is how ownership is checked, and a helper that reads may check too.
func judged(read *model.Event) bool {
	return slices.ContainsFunc(read.Endpoint.Facts, func(g *model.Fact) bool {
		switch g.Kind {
		case model.OwnerFact, model.MemberFact, model.RoleFact:
			return g.Path == read.Path && g.Func == read.Func && g.Line >= read.Line
		}
		return false
	})
}
