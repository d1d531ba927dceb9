// Package ws202 finds credentials that live on and travel in a URL.
package ws202

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS202.
var Rule = &rule.Rule{Weakness: catalogue.TokenInURL, Check: check}

const fix = "send a single-use ticket that lives for seconds, in a sub-protocol or the first message, in place of the token"

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		taken(p, e, r)
	}
	for _, e := range rule.Clients(p) {
		for _, ev := range e.Of(model.Connect) {
			connects(e, ev, r)
		}
		for _, ev := range e.Of(model.Option) {
			if ev.Op == "query" && len(ev.Args) > 0 {
				put(e, ev, &ev.Args[0], r)
			}
		}
	}
	for _, ev := range p.Events {
		if ev.Kind == model.Compose && len(ev.Args) > 0 && forSockets(ev.Args[0].Shape) && parameter(ev.Args[0].Shape) != "" {
			found(nil, ev.Place, ev.Callee, report.MediumConfidence, r)
		}
	}
}

// taken finds what a server reads from the address of a handshake.
func taken(p *model.Program, e *model.Endpoint, r *rule.Reporter) {
	for _, ev := range rule.Near(p, e, model.Extract) {
		if ev.Phase == model.Closing || redeemed(p, ev) {
			continue
		}
		f := rule.Finding{
			At: ev.Place, Endpoint: e, Fix: fix, Anchor: ev.Callee,
			Message: fmt.Sprintf("The credential %q is read from the URL of the handshake: URLs are written to the logs of this server and of every proxy on the way, where it can be read for as long as it is valid.", ev.Callee),
		}
		switch {
		case model.Conversation(ev.Callee) && !judged(p, ev):
			f.Confidence = report.LowConfidence
		case ev.Endpoint == nil && ev.Func == "":
			f.Confidence = report.MediumConfidence
		}
		r.Report(f)
	}
}

// judged reports whether what is read is handed to a check of who it is.
func judged(p *model.Program, ev *model.Event) bool {
	return slices.ContainsFunc(p.Events, func(l *model.Event) bool {
		return l.Kind == model.Login && l.Path == ev.Path && slices.ContainsFunc(l.Tainted(model.FromQuery), func(f *model.Flow) bool { return of(f, ev) })
	})
}

// of reports whether data is what an event has read.
func of(f *model.Flow, ev *model.Event) bool {
	return strings.EqualFold(f.Field[strings.LastIndexByte(f.Field, '.')+1:], ev.Callee)
}

// redeemed reports whether what is read is handed to a check that spends it.
func redeemed(p *model.Program, ev *model.Event) bool {
	for _, l := range p.Events {
		if l.Kind != model.Login || l.Op != model.RedeemTicket {
			continue
		}
		for _, f := range l.Tainted(model.FromQuery) {
			if of(f, ev) && l.Path == ev.Path {
				return true
			}
		}
	}
	return false
}

// connects finds credentials in the address that a client connects to.
func connects(e *model.Endpoint, ev *model.Event, r *rule.Reporter) {
	if len(ev.Args) == 0 {
		return
	}
	address := &ev.Args[0]
	if address.Shape == "" {
		return // options, whose fields are no parameters
	}
	if put(e, ev, address, r) {
		return
	}
	name := parameter(address.Shape)
	if name == "" {
		return
	}
	at := ev.Place
	if address.Composed != nil {
		at = *address.Composed
	}
	found(e, at, name, report.HighConfidence, r)
}

// put finds credentials among parameters that were set one by one.
func put(e *model.Endpoint, ev *model.Event, v *model.Value, r *rule.Reporter) bool {
	any := false
	for i := range v.Fields {
		f := &v.Fields[i]
		if !model.Credential(f.Name) || f.IsConst && f.Const == "" {
			continue
		}
		at := ev.Place
		if f.Place != nil {
			at = *f.Place
		}
		found(e, at, f.Name, report.HighConfidence, r)
		any = true
	}
	return any
}

func found(e *model.Endpoint, at model.Place, name string, sure report.Confidence, r *rule.Reporter) {
	r.Report(rule.Finding{
		At: at, Endpoint: e, Fix: fix, Anchor: name, Confidence: sure,
		Message: fmt.Sprintf("The credential %q becomes part of the URL of the connection: the logs of the server and of every proxy on the way keep it, where it can be read for as long as it is valid.", name),
	})
}

var parameters = regexp.MustCompile(`[?&]([A-Za-z_][\w.-]*)=([^&#]+)`)

// parameter is the parameter of an address that carries a credential.
func parameter(address string) string {
	for _, m := range parameters.FindAllStringSubmatch(address, -1) {
		if model.Credential(m[1]) && !onceOnly.MatchString(m[2]) {
			return m[1]
		}
	}
	return ""
}

var (
	onceOnly     = regexp.MustCompile(`(?i)ticket|nonce|\botp\b|one_?time|single_?use`)
	socketScheme = regexp.MustCompile(`^wss?://`)
	unknownHost  = regexp.MustCompile(`(?i)^\{[^}]*\}(://)?`)
	socketPath   = regexp.MustCompile(`(?i)/(ws|wss|websockets?|sockets?|socket\.io|cable|live|realtime)([/?]|$)`)
	socketName   = regexp.MustCompile(`(?i)^\{[^}]*(ws|socket)[^}]*\}`)
)

// forSockets reports whether an address that isn't followed to a connection
// reads like one of a WebSocket.
func forSockets(address string) bool {
	return socketScheme.MatchString(address) || socketName.MatchString(address) || unknownHost.MatchString(address) && socketPath.MatchString(address)
}
