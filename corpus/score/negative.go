package score

import (
	"slices"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/tool"
)

// A NegativeResult is what review said of an endpoint done well.
type NegativeResult struct {
	Row   fact.Negative
	State State      // Clean, Hit, Failed or Absent
	Hits  []Sighting // shown, although the weakness is not there or not so grave
	// Grave are high and critical findings at the endpoint that nothing was
	// said about. Those that somebody judged to be true are right.
	Grave   []Judged
	Problem string
}

// A Judged is a finding and what was thought of it.
type Judged struct {
	Sighting
	Judgement fact.Judgement `json:"judgement"`
	Reason    string         `json:"reason,omitempty"`
}

// Negative scores one row.
func Negative(n fact.Negative, t Tree, verdicts *Verdicts) NegativeResult {
	res := NegativeResult{Row: n, Problem: problem(t)}
	if state, bad := t.unscorable(); bad {
		res.State = state
		return res
	}
	all := anchor{n.Place}
	said := map[string]bool{}
	for _, e := range n.Expected {
		said[e.ID] = true
		all = append(all, e.Places...)
		most, err := tool.ParseSeverity(e.AtMost)
		if err != nil {
			most = 0 // the facts were checked when they were read
		}
		res.Hits = append(res.Hits, anchor(append([]fact.Place{n.Place}, e.Places...)).sightings(t.Report, func(f tool.Finding) bool {
			return f.ID == e.ID && f.Shown() && f.Severity > most
		})...)
	}
	for _, s := range all.sightings(t.Report, func(f tool.Finding) bool {
		return f.Shown() && f.Severity >= tool.HighSeverity && !said[f.ID]
	}) {
		judgement, reason := verdicts.Of(n.Version.Repo, s.Finding)
		res.Grave = append(res.Grave, Judged{s, judgement, reason})
	}
	res.State = Clean
	if len(res.Hits) > 0 || slices.ContainsFunc(res.Grave, Judged.wrong) {
		res.State = Hit
	}
	return res
}

// wrong tells whether a finding counts against review: it does unless somebody
// who looked thinks otherwise.
func (j Judged) wrong() bool { return j.Judgement == fact.False || j.Judgement == fact.Unjudged }
