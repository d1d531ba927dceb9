package report

import (
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// A Filter says which findings a reader wants to see. The zero Filter lets all
// of them pass.
type Filter struct {
	// Only and Skip are patterns of catalogue.Match. An empty Only selects all;
	// what both select is skipped.
	Only, Skip []string
	// MinConfidence is the least confidence; zero lets all pass.
	MinConfidence Confidence
	// Changed reports whether a place has changed. A finding passes if its own
	// place or a step of its trace has: what turns harmless code into a
	// weakness may be at either end. Nil lets all pass.
	Changed func(Span) bool
	// Baseline holds findings that are known and accepted. It may be nil.
	Baseline *Baseline
}

// Hidden counts the findings that a Filter has taken out, each by the first
// reason that applies.
type Hidden struct {
	Unselected int // by Only and Skip
	Uncertain  int // by MinConfidence
	Unchanged  int // by Changed
	Known      int // by Baseline
}

// Apply returns a copy of r with the findings that pass. Endpoints stay: they
// are what was looked at, whatever was found. It does not modify r, which Finish
// must have seen.
func (f Filter) Apply(r *Report) *Report {
	selected := f.selection()
	out := *r
	out.Findings = make([]Finding, 0, len(r.Findings))
	for _, x := range r.Findings {
		switch {
		case !selected(x.Weakness):
			out.Hidden.Unselected++
		case x.Confidence < f.MinConfidence:
			out.Hidden.Uncertain++
		case f.Changed != nil && !changed(x, f.Changed):
			out.Hidden.Unchanged++
		case f.Baseline.Has(x.Fingerprint):
			out.Hidden.Known++
		default:
			out.Findings = append(out.Findings, x)
		}
	}
	return &out
}

// selection returns the predicate of Only and Skip.
func (f Filter) selection() func(*catalogue.Weakness) bool {
	only, skip := matchAll(f.Only), matchAll(f.Skip)
	return func(w *catalogue.Weakness) bool {
		return (len(f.Only) == 0 || slices.Contains(only, w)) && !slices.Contains(skip, w)
	}
}

func matchAll(patterns []string) []*catalogue.Weakness {
	var out []*catalogue.Weakness
	for _, p := range patterns {
		out = append(out, catalogue.Match(p)...)
	}
	return out
}

func changed(f Finding, has func(Span) bool) bool {
	return has(f.Span) || slices.ContainsFunc(f.Trace, func(s Step) bool { return has(s.Span) })
}
