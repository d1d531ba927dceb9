// Package ws206 finds logouts, bans and changes of passwords or roles that open
// connections never hear of.
package ws206

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS206.
var Rule = &rule.Rule{Weakness: catalogue.RevocationUnwired, Check: check}

// deeds say what was done, gravest first.
var deeds = []struct{ op, what, then string }{
	{"password", "The password is changed", "a thief who has one open"},
	{"ban", "The account is blocked", "the blocked user"},
	{"logout", "The session is ended", "whoever holds one of it"},
	{"session", "The session is ended", "whoever holds one of it"},
	{"role", "The role is changed", "who has lost it"},
}

func check(p *model.Program, r *rule.Reporter) {
	var open []*model.Endpoint
	for _, e := range rule.Servers(p) {
		if !e.Library && rule.Authenticates(p, e) != nil && len(e.Of(model.Receive, model.Broadcast, model.Join)) > 0 {
			open = append(open, e)
		}
	}
	if len(open) == 0 {
		return
	}
	for _, d := range deeds {
		for _, ev := range p.Events {
			if ev.Kind != model.Revoke || ev.Op != d.op {
				continue
			}
			e := nearest(open, ev)
			if e == nil || reaches(p, e, ev) {
				continue
			}
			f := rule.Finding{
				At: ev.Place, Endpoint: e, Anchor: d.op,
				Message: fmt.Sprintf("%s here, and no open connection hears of it: %s keeps it, with all that it may do, until the server restarts.", d.what, d.then),
				Fix:     "find the connections of that session or user (publish it, where there is more than one process) and close them",
				Related: []model.Step{{Place: rule.Accepting(e), Message: "the connections that stay open"}},
			}
			if re := rule.Rechecks(p, e); re != nil {
				f.Severity = catalogue.Low // the next check finds it
			}
			if path.Dir(ev.Path) != path.Dir(e.Path) && ev.Endpoint == nil {
				f.Confidence = report.MediumConfidence
			}
			if !telling(ev) {
				f.Confidence = report.LowConfidence
			}
			r.Report(f)
			break // one of a kind: the others have the same repair
		}
	}
}

// telling reports whether what is revoked is surely a user's: programs have
// sessions of conversations and kernels, and roles in a game.
func telling(ev *model.Event) bool {
	name := strings.ToLower(ev.Callee[strings.LastIndexByte(ev.Callee, '.')+1:])
	words := []string{"user", "account", "member"}
	switch ev.Op {
	case "session":
		words = append(words, "revoke", "invalidate", "auth", "login", "token", "other", "all")
	case "role":
		words = append(words, "admin", "permission")
	default:
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// nearest is the endpoint in the same language whose place shares the longest
// path with an event; nil where none shares its top folder.
func nearest(list []*model.Endpoint, ev *model.Event) *model.Endpoint {
	if ev.Endpoint != nil {
		for _, e := range list {
			if e == ev.Endpoint {
				return e
			}
		}
		return nil
	}
	var best *model.Endpoint
	most := -1
	for _, e := range list {
		if path.Ext(e.Path) != path.Ext(ev.Path) {
			continue
		}
		if n := common(e.Path, ev.Path); n > most {
			best, most = e, n
		}
	}
	return best
}

func common(a, b string) int {
	x, y := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// reaches reports whether something in the program closes connections of
// others: in the same breath, or elsewhere for reasons of its own.
func reaches(p *model.Program, e *model.Endpoint, revoke *model.Event) bool {
	if revoke.Reaches != "" {
		return true
	}
	for _, ev := range p.Events {
		if ev.Kind != model.Refuse || ev.Path == "" {
			continue
		}
		if ev.Func != "" && ev.Func == revoke.Func && ev.Path == revoke.Path && ev.Line >= revoke.Line-20 {
			return true
		}
		if ev.Repeat && !ev.Timed && !rule.Ending(ev.Func) && ev.Phase != model.Closing && ev.Endpoint == e {
			return true
		}
	}
	return false
}
