// Package score compares what review found in a tree with what the corpus
// knows about it: which weaknesses were found, which fixed versions are still
// flagged, what was said of endpoints done well, and how many findings there
// are by the line. It runs nothing and prints nothing.
package score

import (
	"cmp"
	"slices"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/tool"
)

// A Tree is one version of a repository and what review said of it.
type Tree struct {
	Dir     string // where its files are
	Report  *tool.Report
	Seconds float64 // that review took
	Lines   int     // counted here, not by review
	// Absent says why the version can't be had here, Failure why review gave
	// no report. Where either is set, Report is nil.
	Absent  string
	Failure string
}

// A State is what became of a row.
type State string

// The states of a row. Failed counts as missed; Absent does not count.
const (
	Found  State = "found"
	Unsure State = "low confidence" // found, but not shown unless asked for
	Missed State = "missed"
	Failed State = "failed" // review gave no report
	Absent State = "absent" // the version can't be had here
	Clean  State = "clean"  // nothing was said that should not be
	Hit    State = "hit"    // something was
	None   State = ""       // nothing can be learnt from the row
)

// unscorable is the state of a tree without a report.
func (t Tree) unscorable() (State, bool) {
	switch {
	case t.Absent != "":
		return Absent, true
	case t.Failure != "" || t.Report == nil:
		return Failed, true
	}
	return None, false
}

// A Sighting is a finding at a place that the corpus knows.
type Sighting struct {
	tool.Finding
	// ByEndpoint is set where the finding's line is elsewhere, but the
	// endpoint that it names is at the place.
	ByEndpoint bool `json:"by_endpoint,omitempty"`
}

// Tolerance is how many lines a finding may be off.
const Tolerance = 3

// anchor is where findings are looked for.
type anchor []fact.Place

func (a anchor) has(path string, line int) bool {
	return slices.ContainsFunc(a, func(p fact.Place) bool {
		return p.Path == path && slices.ContainsFunc(p.Spans, func(s fact.Span) bool {
			return line >= s.First-Tolerance && line <= s.Last+Tolerance
		})
	})
}

// sightings are the findings at the anchor that want, the surest first.
func (a anchor) sightings(r *tool.Report, want func(tool.Finding) bool) []Sighting {
	here := map[string]bool{}
	for _, e := range r.Endpoints {
		here[e.ID] = a.has(e.Path, e.Line)
	}
	var out []Sighting
	for _, f := range r.Findings {
		byLine := a.has(f.Path, f.Line)
		if (byLine || here[f.Endpoint]) && want(f) {
			out = append(out, Sighting{f, !byLine})
		}
	}
	slices.SortStableFunc(out, func(x, y Sighting) int {
		return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(y.Severity, x.Severity))
	})
	return out
}

// hasEndpoint tells whether review sees an endpoint at the anchor.
func (a anchor) hasEndpoint(r *tool.Report) bool {
	return slices.ContainsFunc(r.Endpoints, func(e tool.Endpoint) bool { return a.has(e.Path, e.Line) })
}
