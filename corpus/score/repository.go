package score

import (
	"cmp"
	"math"
	"slices"

	"github.com/wswarden/wswarden/corpus/fact"
)

// A RepositoryResult is how many findings a whole repository has.
type RepositoryResult struct {
	Row       fact.Repository
	State     State // None where it was reviewed, Failed or Absent
	Lines     int64 // as review counts them
	OwnLines  int   // as they are counted here
	Files     int64
	Seconds   float64
	Endpoints int
	Findings  []Judged // of medium severity and more, in the order of the report
	All       int      // shown, of any severity
	Problem   string
}

// Repository scores one repository.
func Repository(r fact.Repository, t Tree, verdicts *Verdicts) RepositoryResult {
	res := RepositoryResult{Row: r, OwnLines: t.Lines, Seconds: t.Seconds, Problem: problem(t)}
	if state, bad := t.unscorable(); bad {
		res.State = state
		return res
	}
	res.Lines, res.Files, res.Endpoints = t.Report.Stats.Lines, t.Report.Stats.FilesParsed, len(t.Report.Endpoints)
	for _, f := range t.Report.Findings {
		if f.Shown() {
			res.All++
		}
		if f.Grave() {
			judgement, reason := verdicts.Of(r.Repo, f)
			res.Findings = append(res.Findings, Judged{Sighting{Finding: f}, judgement, reason})
		}
	}
	slices.SortStableFunc(res.Findings, func(x, y Judged) int {
		return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.ID, y.ID))
	})
	return res
}

// Count is how many findings were judged so.
func (r RepositoryResult) Count(j fact.Judgement) int {
	n := 0
	for _, f := range r.Findings {
		if f.Judgement == j {
			n++
		}
	}
	return n
}

// Wrong is how many findings count against review: judged false, or not yet
// looked at.
func (r RepositoryResult) Wrong() int { return r.Count(fact.False) + r.Count(fact.Unjudged) }

// LinesDiffer tells whether the two counts of lines are more than a tenth
// apart, so that a rate by the line can't be trusted.
func (r RepositoryResult) LinesDiffer() bool {
	return math.Abs(float64(r.Lines)-float64(r.OwnLines)) > 0.1*float64(max(r.OwnLines, 1))
}

// perThousand is n by 1,000 lines.
func perThousand(n int, lines int64) float64 {
	if lines == 0 {
		return 0
	}
	return 1000 * float64(n) / float64(lines)
}

// Rate is the findings by 1,000 lines.
func (r RepositoryResult) Rate() float64 { return perThousand(len(r.Findings), r.Lines) }

// WrongRate is the findings by 1,000 lines that count against review.
func (r RepositoryResult) WrongRate() float64 { return perThousand(r.Wrong(), r.Lines) }
