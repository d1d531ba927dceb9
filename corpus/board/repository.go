package board

import (
	"fmt"
	"strconv"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
)

func (r *Run) density() table {
	t := table{
		title: "Findings by the line",
		notes: []string{"Shown findings of medium severity and more by 1,000 physical lines of source, without vendored and minified files. Lines are as review counts them; ≠ marks where the count made here is more than a tenth apart."},
		head:  []string{"repository", "lines", "counted here", "findings", "by 1,000 lines", "true", "by design", "false", "not looked at", "false or not looked at by 1,000", "endpoints", "seconds"},
	}
	for _, x := range r.Repositories {
		if x.State != score.None {
			continue
		}
		own := strconv.Itoa(x.OwnLines)
		if x.LinesDiffer() {
			own += " ≠"
		}
		t.rows = append(t.rows, []string{
			x.Row.Repo, strconv.FormatInt(x.Lines, 10), own, strconv.Itoa(len(x.Findings)), rate(x.Rate()),
			strconv.Itoa(x.Count(fact.True)), strconv.Itoa(x.Count(fact.ByDesign)), strconv.Itoa(x.Count(fact.False)), strconv.Itoa(x.Count(fact.Unjudged)),
			rate(x.WrongRate()), strconv.Itoa(x.Endpoints), fmt.Sprintf("%.1f", x.Seconds),
		})
	}
	t.rows = append(t.rows,
		sum("JavaScript, TypeScript, Python and Go", r.Density(func(x score.RepositoryResult) bool { return x.Row.FirstLanguage() })),
		sum("all", r.Density(func(score.RepositoryResult) bool { return true })))
	return t
}

func sum(name string, d score.Density) []string {
	return []string{
		name, strconv.FormatInt(d.Lines, 10), "", strconv.Itoa(d.Findings), rate(d.Rate()),
		strconv.Itoa(d.ByJudgement[fact.True]), strconv.Itoa(d.ByJudgement[fact.ByDesign]), strconv.Itoa(d.ByJudgement[fact.False]), strconv.Itoa(d.ByJudgement[fact.Unjudged]),
		rate(d.WrongRate()), "", "",
	}
}

func rate(x float64) string { return fmt.Sprintf("%.3f", x) }

// shownFindings is how many findings of one repository are listed; the JSON
// has them all.
const shownFindings = 60

func (r *Run) findings() table {
	t := table{
		title: "The findings, and what was thought of them",
		notes: []string{"A verdict is written into " + fact.VerdictFile + " by whoever looked at the code."},
		head:  []string{"repository", "finding", "confidence", "verdict", "reason or title"},
	}
	for _, x := range r.Repositories {
		for i, j := range x.Findings {
			if i == shownFindings {
				t.rows = append(t.rows, []string{x.Row.Repo, fmt.Sprintf("%d more", len(x.Findings)-i), "", "", ""})
				break
			}
			why := j.Reason
			if why == "" {
				why = j.Title
			}
			t.rows = append(t.rows, []string{x.Row.Repo, sighting(j.Sighting, ""), j.Confidence.String(), string(j.Judgement), shorten(why, 120)})
		}
	}
	return t
}

func (r *Run) problems() table {
	t := table{
		title: "Versions that could not be measured",
		head:  []string{"row", "why"},
	}
	add := func(name, why string) {
		if why != "" {
			t.rows = append(t.rows, []string{name, shorten(why, 200)})
		}
	}
	for _, w := range r.Weaknesses {
		add(w.Row.Name, w.Problem)
	}
	for _, n := range r.Negatives {
		add(n.Row.Name, n.Problem)
	}
	for _, x := range r.Repositories {
		add(x.Row.Repo, x.Problem)
	}
	return t
}
