package draft

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// lineOf is a line of a file.
type lineOf struct {
	path string
	line int
}

// cite names the findings of the given weaknesses on an endpoint of the route, and
// notes that a line contains them. It is empty where there are none.
func (d *drafter) cite(r *route, ids ...string) string {
	return d.citeWhere(ids, func(f *report.Finding) bool { return r.has(f.Endpoint) })
}

// citeType is cite for findings on the lines that handle a type of message.
func (d *drafter) citeType(m *message, ids ...string) string {
	return d.citeWhere(ids, func(f *report.Finding) bool {
		return m.lines[lineOf{f.Path, f.Line}] || slices.ContainsFunc(f.Related, func(s report.Step) bool { return m.lines[lineOf{s.Path, s.Line}] })
	})
}

func (d *drafter) citeWhere(ids []string, belongs func(*report.Finding) bool) string {
	var out []string
	for _, id := range ids {
		var at []string
		for i := range d.Findings {
			f := &d.Findings[i]
			if f.Weakness.ID == id && belongs(f) {
				if p := place(f.Span); !slices.Contains(at, p) {
					at = append(at, p)
				}
			}
		}
		if len(at) > 0 {
			d.cited[id] = true
			out = append(out, id+" "+some(at))
		}
	}
	return strings.Join(out, "; ")
}

// confirm is the comment of a line that somebody has to confirm.
func confirm(text string, cited ...string) string {
	out := Mark + " " + text
	for _, c := range cited {
		if c != "" {
			out += " (" + c + ")"
		}
	}
	return out
}

// join puts the parts of a comment together.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// linesOf are the lines of an event: its own, and those of the calls on the way.
func linesOf(ev *model.Event, into map[lineOf]bool) {
	into[lineOf{ev.Path, ev.Line}] = true
	for i := range ev.Args {
		valueLines(&ev.Args[i], into)
	}
}

func valueLines(v *model.Value, into map[lineOf]bool) {
	if v.Place != nil {
		into[lineOf{v.Place.Path, v.Place.Line}] = true
	}
	for _, f := range v.Flows {
		for _, p := range []*model.Place{f.Read, f.Entry} {
			if p != nil && f.Label == model.FromMessage {
				into[lineOf{p.Path, p.Line}] = true
			}
		}
	}
	for i := range v.Fields {
		valueLines(&v.Fields[i], into)
	}
}

func place2(l lineOf) string { return place(report.Span{Path: l.path, Line: l.line}) }
