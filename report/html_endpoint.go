package report

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// htmlEndpoint is an endpoint with its map, and the same as tables for readers
// who can't see it.
type htmlEndpoint struct {
	Anchor, Name, Place string
	Title               string // what it is, in words
	Role                Role
	Map                 surfaceMap
	Defences            []htmlDefence
	Messages            []htmlMessage
	Others              []htmlBadge // findings that the map has no place for
}

type htmlDefence struct {
	Label, Value, Place string
	State               State
	Findings            []htmlBadge
}

type htmlMessage struct {
	Label, Direction, Place string
	Fields                  []MessageField
	Flows                   []htmlFlow
}

type htmlFlow struct {
	Field, Kind, Place string
	Finding            *htmlBadge
}

// htmlBadge is the ID of a weakness and where its finding is.
type htmlBadge struct {
	ID, Anchor, Severity string
}

// defenceWeaknesses are the weaknesses that speak of a defence.
var defenceWeaknesses = map[DefenceName][]string{
	Origin:          {"WS101", "WS102", "WS103", "WS104"},
	Auth:            {"WS201", "WS202", "WS203", "WS204", "WS208"},
	MessageSize:     {"WS701"},
	MessageRate:     {"WS702"},
	ConnectionLimit: {"WS703", "WS709"},
	Compression:     {"WS705"},
	SessionRecheck:  {"WS205", "WS206", "WS207", "WS209", "WS211"},
	Schema:          {"WS301", "WS302"},
}

func (h *htmlWriter) endpoints() []htmlEndpoint {
	var out []htmlEndpoint
	for i := range h.report.Endpoints {
		out = append(out, h.endpoint(i))
	}
	return out
}

func (h *htmlWriter) endpoint(i int) htmlEndpoint {
	e := &h.report.Endpoints[i]
	out := htmlEndpoint{Anchor: endpointAnchor(i), Name: printable(e.ID), Place: place(e.Span), Title: printable(describeEndpoint(e)), Role: e.Role}
	var findings []Finding
	for _, f := range h.report.Findings {
		if f.Endpoint == e.ID {
			findings = append(findings, f)
		}
	}
	placed := map[string]bool{}
	if e.Role == Server || len(e.Defences) > 0 {
		for _, name := range DefenceNames {
			d := h.defence(e.defence(name), findings)
			for _, b := range d.Findings {
				placed[b.Anchor] = true
			}
			out.Defences = append(out.Defences, d)
		}
	}
	for j := range e.Messages {
		m := h.message(&e.Messages[j], findings)
		for _, f := range m.Flows {
			if f.Finding != nil {
				placed[f.Finding.Anchor] = true
			}
		}
		out.Messages = append(out.Messages, m)
	}
	for _, f := range findings {
		if b := newBadge(f); !placed[b.Anchor] {
			out.Others = append(out.Others, b)
		}
	}
	out.Map = drawMap(e, &out)
	return out
}

func (h *htmlWriter) defence(d Defence, findings []Finding) htmlDefence {
	out := htmlDefence{Label: d.Name.label(), State: d.State, Value: printable(d.Value), Place: place(d.Span)}
	for _, f := range findings {
		if slices.Contains(defenceWeaknesses[d.Name], f.Weakness.ID) {
			out.Findings = append(out.Findings, newBadge(f))
		}
	}
	return out
}

func (h *htmlWriter) message(m *MessageType, findings []Finding) htmlMessage {
	out := htmlMessage{Label: printable(m.label()), Direction: string(m.Direction), Place: place(m.Span), Fields: m.Fields}
	for _, f := range m.Flows {
		flow := htmlFlow{Field: printable(f.Field), Kind: printable(f.Kind), Place: place(f.Span)}
		at := slices.IndexFunc(findings, func(x Finding) bool {
			return x.Weakness.ID == f.Weakness && x.Path == f.Path && x.Line == f.Line
		})
		switch {
		case at >= 0:
			b := newBadge(findings[at])
			flow.Finding = &b
		case f.Weakness != "": // its finding is not shown
			flow.Finding = &htmlBadge{ID: f.Weakness}
		}
		out.Flows = append(out.Flows, flow)
	}
	return out
}

func newBadge(f Finding) htmlBadge {
	return htmlBadge{ID: f.Weakness.ID, Anchor: findingAnchor(f), Severity: f.Severity.String()}
}

// shortPlace is the last element of a place's path and the line.
func shortPlace(p string) string {
	name := path.Base(p)
	if parts := strings.Split(name, ":"); len(parts) > 2 {
		return fmt.Sprintf("%s:%s", parts[0], parts[1])
	}
	return name
}
