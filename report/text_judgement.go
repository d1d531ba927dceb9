package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// verdictStyle is how verdicts are shown.
var verdictStyle = map[Verdict]style{Passed: good, Weak: bad, NotJudged: unsure}

// judgements writes what the checks of probe came to, a line each: what passed
// in one list, then what is not judged, with the reason. What is weak stands
// above as a finding.
func (p *textPage) judgements(js []Judgement) {
	for _, v := range []Verdict{Passed, NotJudged} {
		title := map[Verdict]string{Passed: "Passed", NotJudged: "Not judged"}[v]
		for _, j := range js {
			if j.Verdict != v || j.Weakness == nil && v == Passed {
				continue
			}
			if title != "" {
				fmt.Fprintln(p.w, p.paint(bold, title))
				title = ""
			}
			head := "  " + j.label() + ": "
			fmt.Fprint(p.w, "  "+p.paint(verdictStyle[v], j.label())+": ")
			p.prose(cells(head), 4, cmp.Or(j.Message, "nothing of it was seen"))
		}
		if title == "" {
			fmt.Fprintln(p.w)
		}
	}
}

// label is the check and the weakness that it is about.
func (j Judgement) label() string {
	if j.Weakness == nil {
		return printable(j.Check)
	}
	return j.Weakness.ID + " " + printable(j.Check)
}

// sumOfProbe is the sum of a report of probe.
func (p *textPage) sumOfProbe(r *Report) {
	if len(r.Findings) > 0 {
		fmt.Fprintf(p.w, "%s: %s\n", p.paint(bold, plural(len(r.Findings), "finding")), severities(r, p.opt.Color))
	} else {
		fmt.Fprintln(p.w, p.paint(bold, "No findings."))
	}
	if not := r.Hidden.String(); not != "" {
		fmt.Fprintf(p.w, "Not shown: %s.\n", not)
	}
	fmt.Fprintln(p.w, r.effort())
	if len(r.Findings) > 0 {
		worst := slices.MaxFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Severity, b.Severity) })
		fmt.Fprintf(p.w, "'wswarden explain %s' tells how a weakness is attacked, recognised and closed.\n", worst.Weakness.ID)
	}
}

// effort says what a run of probe judged, and what it took.
func (r *Report) effort() string {
	count := map[Verdict]int{}
	for _, j := range r.Judgements {
		if j.Weakness != nil {
			count[j.Verdict]++
		}
	}
	var parts []string
	for _, v := range []Verdict{Weak, Passed, NotJudged} {
		if n := count[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%s; %s and %s in %s.", strings.Join(parts, ", "), plural(r.Stats.Connections, "connection"), plural(r.Stats.Messages, "message"), seconds(r))
}
