package board

import (
	"encoding/json"
	"time"

	"github.com/wswarden/wswarden/corpus/score"
)

type document struct {
	Command      string          `json:"command"`
	Date         string          `json:"date"`
	Version      string          `json:"version"`
	Binary       string          `json:"binary"`
	Trees        int             `json:"trees"`
	Seconds      float64         `json:"seconds"`
	Weaknesses   []weaknessDoc   `json:"weaknesses"`
	Negatives    []negativeDoc   `json:"negatives"`
	Repositories []repositoryDoc `json:"repositories"`
}

type weaknessDoc struct {
	Name         string       `json:"name"`
	Scope        score.Scope  `json:"scope"`
	Tier         string       `json:"tier"`
	Class        string       `json:"class"`
	IDs          []string     `json:"ids"`
	State        score.State  `json:"state"`
	By           *findingDoc  `json:"by,omitempty"`
	EndpointSeen bool         `json:"endpoint_seen"`
	Nearby       []findingDoc `json:"nearby,omitempty"`
	Fixed        score.State  `json:"fixed,omitempty"`
	FixedBy      *findingDoc  `json:"fixed_by,omitempty"`
	Problem      string       `json:"problem,omitempty"`
}

type negativeDoc struct {
	Name    string       `json:"name"`
	State   score.State  `json:"state"`
	Hits    []findingDoc `json:"hits,omitempty"`
	Grave   []findingDoc `json:"grave,omitempty"`
	Problem string       `json:"problem,omitempty"`
}

type repositoryDoc struct {
	Name     string       `json:"name"`
	State    score.State  `json:"state,omitempty"`
	Lines    int64        `json:"lines"`
	OwnLines int          `json:"own_lines"`
	Seconds  float64      `json:"seconds"`
	Shown    int          `json:"shown"` // findings of any severity
	Findings []findingDoc `json:"findings,omitempty"`
	Problem  string       `json:"problem,omitempty"`
}

type findingDoc struct {
	ID          string `json:"id"`
	Severity    string `json:"severity"`
	Confidence  string `json:"confidence"`
	Path        string `json:"path"`
	Line        int    `json:"line"`
	Fingerprint string `json:"fingerprint,omitempty"`
	ByEndpoint  bool   `json:"by_endpoint,omitempty"`
	Judgement   string `json:"judgement,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// JSON is the scoreboard for programs, with every finding.
func JSON(r *Run) ([]byte, error) {
	doc := document{
		Command: r.Command, Date: r.Date.Format(time.DateOnly), Version: r.Version, Binary: r.Binary, Trees: r.Trees, Seconds: r.Seconds,
		Weaknesses: []weaknessDoc{}, Negatives: []negativeDoc{}, Repositories: []repositoryDoc{},
	}
	for _, w := range r.Weaknesses {
		doc.Weaknesses = append(doc.Weaknesses, weaknessDoc{
			Name: w.Row.Name, Scope: score.ScopeOf(w.Row), Tier: string(w.Row.Tier), Class: w.Row.Class, IDs: w.Row.IDs,
			State: w.State, By: optional(w.By), EndpointSeen: w.EndpointSeen, Nearby: sightings(w.Nearby),
			Fixed: w.Fixed, FixedBy: optional(w.FixedBy), Problem: w.Problem,
		})
	}
	for _, n := range r.Negatives {
		doc.Negatives = append(doc.Negatives, negativeDoc{n.Row.Name, n.State, sightings(n.Hits), judged(n.Grave), n.Problem})
	}
	for _, x := range r.Repositories {
		doc.Repositories = append(doc.Repositories, repositoryDoc{
			x.Row.Repo, x.State, x.Lines, x.OwnLines, x.Seconds, x.All, judged(x.Findings), x.Problem,
		})
	}
	text, err := json.MarshalIndent(doc, "", " ")
	return append(text, '\n'), err
}

func one(s score.Sighting) findingDoc {
	return findingDoc{
		ID: s.ID, Severity: s.Severity.String(), Confidence: s.Confidence.String(), Path: s.Path, Line: s.Line,
		Fingerprint: s.Fingerprint, ByEndpoint: s.ByEndpoint,
	}
}

func optional(s *score.Sighting) *findingDoc {
	if s == nil {
		return nil
	}
	d := one(*s)
	return &d
}

func sightings(list []score.Sighting) []findingDoc {
	var out []findingDoc
	for _, s := range list {
		out = append(out, one(s))
	}
	return out
}

func judged(list []score.Judged) []findingDoc {
	var out []findingDoc
	for _, j := range list {
		d := one(j.Sighting)
		d.Judgement, d.Reason = string(j.Judgement), j.Reason
		out = append(out, d)
	}
	return out
}
