package report

import (
	"cmp"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// Finish puts the findings, endpoints and notes of r in their order, makes one
// of equal findings, and gives each its fingerprint. It must be called once all
// findings are in r and before any of them is filtered out: the fingerprint of a
// finding depends on the others that are like it. Calling it again changes
// nothing.
func Finish(r *Report) {
	slices.SortStableFunc(r.Findings, compareFindings)
	r.Findings = mergeFindings(r.Findings)
	setFingerprints(r.Findings)
	slices.SortStableFunc(r.Endpoints, func(a, b Endpoint) int {
		return cmp.Or(compareSpans(a.Span, b.Span), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(r.Notes, func(a, b Note) int {
		return cmp.Or(compareSpans(a.Span, b.Span), cmp.Compare(a.Message, b.Message))
	})
}

// compareFindings orders by place and weakness; the rest makes the order total,
// so that a report doesn't depend on the order in which findings were made.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Weakness.ID, b.Weakness.ID),
		cmp.Compare(a.URL, b.URL),
		cmp.Compare(a.Check, b.Check),
		compareSpans(a.Span, b.Span),
		cmp.Compare(a.Endpoint, b.Endpoint),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Anchor, b.Anchor),
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(b.Severity, a.Severity),
		slices.CompareFunc(a.Trace, b.Trace, compareSteps),
		slices.CompareFunc(a.Related, b.Related, compareSteps),
	)
}

func compareSpans(a, b Span) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.EndLine, b.EndLine),
		cmp.Compare(a.EndColumn, b.EndColumn),
	)
}

func compareSteps(a, b Step) int {
	return cmp.Or(compareSpans(a.Span, b.Span), cmp.Compare(a.Message, b.Message))
}

// mergeFindings makes one of neighbours that say the same of the same place.
// They come from different ways to it: the surest and worst of them stands, with
// the shortest trace.
func mergeFindings(sorted []Finding) []Finding {
	out := sorted[:0]
	for _, f := range sorted {
		if len(out) == 0 || !sameFinding(&out[len(out)-1], &f) {
			out = append(out, f)
			continue
		}
		kept := &out[len(out)-1]
		kept.Confidence = max(kept.Confidence, f.Confidence)
		kept.Severity = max(kept.Severity, f.Severity)
		if len(f.Trace) > 0 && (len(kept.Trace) == 0 || len(f.Trace) < len(kept.Trace)) {
			kept.Trace = f.Trace
		}
		for _, s := range f.Related {
			if !slices.Contains(kept.Related, s) {
				kept.Related = append(slices.Clip(kept.Related), s)
			}
		}
	}
	clear(sorted[len(out):])
	return out
}

func sameFinding(a, b *Finding) bool {
	return a.Weakness == b.Weakness && a.Span == b.Span && a.Endpoint == b.Endpoint && a.Message == b.Message &&
		a.URL == b.URL && a.Check == b.Check
}

// Count returns how many findings have the severity.
func (r *Report) Count(s catalogue.Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// Reaches reports whether a finding has at least the severity.
func (r *Report) Reaches(s catalogue.Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity >= s })
}
