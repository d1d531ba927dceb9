package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// inventory turns the endpoints of a model into those of a report.
func inventory(p *model.Program, findings []report.Finding) []report.Endpoint {
	out := []report.Endpoint{}
	for _, e := range p.Endpoints {
		out = append(out, report.Endpoint{
			ID: e.ID, Span: e.Span, Framework: e.Framework, Role: e.Role, Route: e.Route, Defences: defences(p, e), Messages: messages(e, findings),
		})
	}
	return out
}

// defences says for each defence whether it stands.
func defences(p *model.Program, e *model.Endpoint) []report.Defence {
	if e.Role == report.Client {
		return []report.Defence{}
	}
	return []report.Defence{
		originDefence(e),
		factDefence(e, report.Auth, e.Partial || e.HiddenAuth != "", model.IdentityFact, model.SignatureFact, model.TicketFact, model.RoleFact),
		limitDefence(report.MessageSize, e.Limits.MessageSize),
		factDefence(e, report.MessageRate, e.Partial, model.RateFact),
		factDefence(e, report.ConnectionLimit, e.Partial, model.CountFact),
		compressionDefence(e.Limits.Compression),
		recheckDefence(p, e),
		factDefence(e, report.Schema, e.Hidden, model.SchemaFact),
	}
}

func originDefence(e *model.Endpoint) report.Defence {
	d := report.Defence{Name: report.Origin, State: report.Absent}
	o := &e.Origin
	switch {
	case o.Off != nil:
		d.Value, d.Span = o.OffHow, o.Off.Span
	case len(o.Checks) > 0:
		c := o.Checks[0]
		d.State, d.Span, d.Value = report.Present, c.Span, c.How
		if c.Bypass != "" {
			d.Value = "bypassed by " + c.Bypass
		}
	case o.Configurable || e.Partial:
		d.State = report.Unknown
	case o.Default >= model.OriginSameHost:
		d.State, d.Value = report.Default, "same host, by "+e.Framework
	}
	return d
}

func factDefence(e *model.Endpoint, name report.DefenceName, hidden bool, kinds ...model.FactKind) report.Defence {
	d := report.Defence{Name: name, State: report.Absent}
	if f := e.Fact(kinds...); f != nil {
		d.State, d.Span, d.Value = report.Present, f.Span, f.Text
	} else if hidden {
		d.State = report.Unknown
	}
	return d
}

func limitDefence(name report.DefenceName, l model.Limit) report.Defence {
	d := report.Defence{Name: name, State: l.State, Value: l.Text}
	if d.State == "" {
		d.State = report.Unknown
	}
	if l.Place != nil {
		d.Span = l.Place.Span
	}
	return d
}

// compressionDefence stands where compression is off, or bounded by the size
// limit.
func compressionDefence(l model.Limit) report.Defence {
	d := limitDefence(report.Compression, l)
	if !l.On && d.State != report.Unknown {
		d.Value = "off"
	}
	return d
}

// recheckDefence is what WS205 asks for: a check at the handshake is none.
func recheckDefence(p *model.Program, e *model.Endpoint) report.Defence {
	d := report.Defence{Name: report.SessionRecheck, State: report.Absent}
	if ev := rule.Rechecks(p, e); ev != nil {
		d.State, d.Span, d.Value = report.Present, ev.Span, ev.Callee
	}
	return d
}

// messages lists the types of messages of an endpoint with the fields that are
// read and where they go.
func messages(e *model.Endpoint, findings []report.Finding) []report.MessageType {
	byName := map[string]*report.MessageType{}
	var order []*report.MessageType
	get := func(name string, at report.Span) *report.MessageType {
		m := byName[name]
		if m == nil {
			m = &report.MessageType{Name: name, Direction: report.FromClient, Span: at}
			if e.Role == report.Client {
				m.Direction = report.FromServer
			}
			byName[name] = m
			order = append(order, m)
		}
		return m
	}
	for _, m := range e.Messages {
		get(m.Name, m.Span)
	}
	for _, ev := range e.Events {
		for _, f := range ev.Tainted(model.FromMessage, model.FromPush) {
			m := get(ev.Message, ev.Span)
			addField(m, f)
			if kind := flowKind(ev); kind != "" {
				addFlow(m, report.MessageFlow{Field: f.Field, Kind: kind, Span: ev.Span, Weakness: findingAt(findings, ev.Span)})
			}
		}
	}
	out := make([]report.MessageType, len(order))
	for i, m := range order {
		out[i] = *m
	}
	slices.SortStableFunc(out, func(a, b report.MessageType) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Name, b.Name))
	})
	return out
}

func addField(m *report.MessageType, f *model.Flow) {
	if f.Field == "" || strings.ContainsAny(f.Field, "[{") {
		return
	}
	typ := f.Type
	switch typ {
	case "any", "enum", "pattern", "slug", "present", "presence":
		typ = ""
	case "uuid":
		typ = "string"
	}
	for i := range m.Fields {
		if m.Fields[i].Name == f.Field {
			m.Fields[i].Type = cmp.Or(m.Fields[i].Type, typ)
			m.Fields[i].Validated = m.Fields[i].Validated || f.Type != ""
			return
		}
	}
	m.Fields = append(m.Fields, report.MessageField{Name: f.Field, Type: typ, Validated: f.Type != ""})
}

func addFlow(m *report.MessageType, f report.MessageFlow) {
	if !slices.ContainsFunc(m.Flows, func(g report.MessageFlow) bool {
		return g.Field == f.Field && g.Kind == f.Kind && g.Span == f.Span
	}) {
		m.Flows = append(m.Flows, f)
	}
}

// flowKind is the word for what data reaches at an event; empty for events that
// are no sink.
func flowKind(ev *model.Event) string {
	switch ev.Kind {
	case model.Sink:
		return ev.Op
	case model.Operation:
		act, _, _ := strings.Cut(ev.Op, ":")
		return act
	case model.Broadcast:
		return "broadcast"
	case model.Send:
		return "reply"
	case model.Join:
		return "join"
	case model.Dispatch:
		return "dispatch"
	}
	return ""
}

func findingAt(findings []report.Finding, at report.Span) string {
	for i := range findings {
		if f := &findings[i]; f.Path == at.Path && f.Line >= at.Line && f.Line <= max(at.EndLine, at.Line) {
			return f.Weakness.ID
		}
	}
	return ""
}
