package score

import (
	"slices"

	"github.com/wswarden/wswarden/corpus/fact"
)

// A Board is all results, in the order of the facts.
type Board struct {
	Weaknesses   []WeaknessResult
	Negatives    []NegativeResult
	Repositories []RepositoryResult
}

// A Scope is a part of the weaknesses that is counted by itself.
type Scope string

// The scopes.
const (
	Applications Scope = "applications in JavaScript, TypeScript, Python and Go"
	Libraries    Scope = "source of libraries in these languages"
	Others       Scope = "other languages"
)

// Scopes are all of them.
var Scopes = []Scope{Applications, Libraries, Others}

// ScopeOf is the part that a weakness belongs to.
func ScopeOf(w fact.Weakness) Scope {
	switch {
	case !w.FirstLanguage():
		return Others
	case w.InLibrary():
		return Libraries
	}
	return Applications
}

// A Recall counts rows by their state.
type Recall struct{ Found, Unsure, Missed, Failed, Absent int }

func (r *Recall) add(s State) {
	switch s {
	case Found:
		r.Found++
	case Unsure:
		r.Unsure++
	case Missed:
		r.Missed++
	case Failed:
		r.Failed++
	case Absent:
		r.Absent++
	}
}

// Total is the number of rows that count.
func (r Recall) Total() int { return r.Found + r.Unsure + r.Missed + r.Failed }

// Recall counts the weaknesses that keep holds of.
func (b *Board) Recall(keep func(WeaknessResult) bool) Recall {
	var r Recall
	for _, w := range b.Weaknesses {
		if keep(w) {
			r.add(w.State)
		}
	}
	return r
}

// TierRecall counts the weaknesses of one scope and tier.
func (b *Board) TierRecall(s Scope, tier fact.Tier) Recall {
	return b.Recall(func(w WeaknessResult) bool { return ScopeOf(w.Row) == s && w.Row.Tier == tier })
}

// Classes are the classes of the weaknesses, in alphabetical order.
func (b *Board) Classes() []string {
	var out []string
	for _, w := range b.Weaknesses {
		if w.Row.Scored() {
			out = append(out, w.Row.Class)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Flagged counts fixed versions: how many are still flagged, of how many.
func (b *Board) Flagged(keep func(WeaknessResult) bool) (flagged, of int) {
	for _, w := range b.Weaknesses {
		if !keep(w) {
			continue
		}
		switch w.Fixed {
		case Hit:
			flagged, of = flagged+1, of+1
		case Clean:
			of++
		}
	}
	return flagged, of
}

// NegativesHit counts negatives where something was said that should not be.
func (b *Board) NegativesHit() (hit, of int) {
	for _, n := range b.Negatives {
		switch n.State {
		case Hit:
			hit, of = hit+1, of+1
		case Clean:
			of++
		}
	}
	return hit, of
}

// A Density is findings by the line over several repositories.
type Density struct {
	Repositories int
	Lines        int64
	Findings     int
	ByJudgement  map[fact.Judgement]int
}

// Rate is the findings by 1,000 lines.
func (d Density) Rate() float64 { return perThousand(d.Findings, d.Lines) }

// WrongRate is the findings by 1,000 lines that are false or not looked at.
func (d Density) WrongRate() float64 {
	return perThousand(d.ByJudgement[fact.False]+d.ByJudgement[fact.Unjudged], d.Lines)
}

// Density sums up the repositories that keep holds of and that were reviewed.
func (b *Board) Density(keep func(RepositoryResult) bool) Density {
	d := Density{ByJudgement: map[fact.Judgement]int{}}
	for _, r := range b.Repositories {
		if r.State != None || !keep(r) {
			continue
		}
		d.Repositories++
		d.Lines += r.Lines
		d.Findings += len(r.Findings)
		for _, j := range fact.Judgements {
			d.ByJudgement[j] += r.Count(j)
		}
	}
	return d
}
