// Package ws201 finds endpoints that serve connections of which nobody knows
// whose they are.
package ws201

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS201.
var Rule = &rule.Rule{Weakness: catalogue.AuthMissing, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	login := signsIn(p)
	for _, e := range rule.Servers(p) {
		if e.Partial || e.Library || len(e.Of(model.Accept)) == 0 || decidedBefore(e) || refuses(p, e) {
			continue
		}
		if s := served(p, e); s != nil {
			found(p, e, s, login, r)
		}
	}
}

// protection are the checks behind which a connection isn't anonymous.
var protection = append([]model.FactKind{model.AddressFact}, rule.Identities...)

// decidedBefore reports whether the handshake, or what is in front of all
// handlers, asks who it is.
func decidedBefore(e *model.Endpoint) bool {
	for _, f := range e.Facts {
		if f.Phase == model.Handshake {
			for _, k := range rule.Identities {
				if f.Kind == k {
					return true
				}
			}
		}
	}
	return false
}

// refuses reports whether connections that didn't authenticate are refused, or
// a message of its own authenticates them: what may come before that is another
// weakness.
func refuses(p *model.Program, e *model.Endpoint) bool {
	judged := false
	for _, l := range rule.Logins(p, e) {
		switch {
		case l.Op == model.DecodeToken:
		case l.Phase == model.Messages:
			return true
		case l.Phase == model.Handshake:
			judged = true
		}
	}
	for _, ev := range rule.Near(p, e, model.Refuse) {
		if !ev.Timed && (ev.Op == "auth" && ev.Phase != model.Closing || judged && ev.Phase == model.Handshake) {
			return true
		}
	}
	return false
}

// A service is the gravest thing that an endpoint does for anybody.
type service struct {
	event *model.Event
	rank  int
	what  string
}

// The ranks of services.
const (
	sends   = iota + 1 // data goes out, nothing comes in
	listens            // messages are read
	relays             // messages go to others, groups are joined, what the program holds in memory is used
	acts               // the program acts: stored things, commands, files, calls
)

// served returns the gravest thing that is done without knowing for whom; nil
// where there is none.
func served(p *model.Program, e *model.Endpoint) *service {
	var out *service
	login := rule.Authenticates(p, e)
	for _, ev := range e.Events {
		rank, what := weigh(ev)
		if rank == listens && login != nil {
			continue // it may be the one that signs in
		}
		if rank == 0 || ev.Guarded(protection...) || ev.Phase == model.Closing || ev.Phase == model.Elsewhere {
			continue
		}
		if out == nil || rank > out.rank {
			out = &service{ev, rank, what}
		}
	}
	return out
}

func weigh(ev *model.Event) (rank int, what string) {
	switch ev.Kind {
	case model.Operation:
		if strings.HasSuffix(ev.Op, model.Own) {
			return relays, fmt.Sprintf("%s is about what the program holds", ev.Callee)
		}
		if len(ev.Tainted(model.FromMessage, model.FromQuery, model.FromHeader)) == 0 {
			return 0, "" // not at its word
		}
		return acts, fmt.Sprintf("%s acts on stored data", ev.Callee)
	case model.Sink:
		switch ev.Op {
		case model.LogSink:
			return 0, ""
		case model.CommandSink, model.CodeSink:
			return acts, fmt.Sprintf("%s runs what it is told", ev.Callee)
		}
		if len(ev.Tainted(model.FromMessage, model.FromQuery)) > 0 {
			return acts, fmt.Sprintf("%s takes its data", ev.Callee)
		}
	case model.Dispatch:
		return acts, "functions are called at its word"
	case model.Broadcast:
		if len(ev.Tainted(model.FromMessage)) > 0 {
			return relays, "its messages go to others"
		}
	case model.Join:
		return relays, "it joins what it names"
	case model.Receive:
		return listens, "its messages are read"
	case model.Send:
		if ev.Phase == model.Connection || ev.Phase == model.Messages || ev.Phase == model.Timer {
			return sends, "data is sent to it"
		}
	}
	return 0, ""
}

func found(p *model.Program, e *model.Endpoint, s *service, login bool, r *rule.Reporter) {
	f := rule.Finding{
		At: rule.Accepting(e), Endpoint: e, Anchor: "authentication",
		Message: fmt.Sprintf("The connection is accepted and served without authentication: %s, whoever opens it.", s.what),
		Fix:     "authenticate in the handshake, and refuse with 401 before the upgrade",
		Related: []model.Step{{Place: s.event.Place, Message: s.what}},
	}
	if at := rule.Authenticates(p, e); at != nil {
		f.Message = fmt.Sprintf("A connection that failed to authenticate is served all the same: %s, whoever opens it.", s.what)
		f.Fix = "refuse where the authentication found nobody"
		f.Related = append(f.Related, model.Step{Place: *at, Message: "authenticates, and refuses nobody"})
	}
	switch s.rank {
	case acts:
	case relays:
		f.Severity = catalogue.Medium
	case listens:
		f.Severity, f.Confidence = catalogue.Medium, report.MediumConfidence
	default: // a feed may be meant for everybody
		f.Severity, f.Confidence = catalogue.Low, report.LowConfidence
	}
	switch {
	case e.HiddenAuth != "":
		f.Confidence = report.LowConfidence
	case e.HiddenHandshake || e.Hidden && s.rank < acts || s.event.Doubt != "":
		f.Confidence = lower(f.Confidence)
	case !login:
		// Nothing in the program signs anybody in: it may be meant so.
		f.Confidence = lower(f.Confidence)
	}
	r.Report(f)
}

func lower(c report.Confidence) report.Confidence {
	if c == 0 || c == report.HighConfidence {
		return report.MediumConfidence
	}
	return report.LowConfidence
}

// signsIn reports whether anything in the program authenticates anybody.
func signsIn(p *model.Program) bool {
	for _, ev := range p.Events {
		if ev.Kind == model.Login || ev.Kind == model.Revoke {
			return true
		}
	}
	return false
}
