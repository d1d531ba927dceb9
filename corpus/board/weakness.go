package board

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
)

func (r *Run) recall() table {
	t := table{
		title: "Weaknesses found",
		notes: []string{
			fmt.Sprintf("Found: a shown finding of a right id within %d lines, or one that names an endpoint there. Tier A is a local pattern; B an absence, a default or something across functions; C meaning, or something inside a library.", score.Tolerance),
		},
		head: []string{"rows", "tier", "found", "of", "recall", "low confidence", "missed", "failed", "absent"},
	}
	for _, s := range score.Scopes {
		for _, tier := range fact.Tiers {
			c := r.TierRecall(s, tier)
			if c == (score.Recall{}) {
				continue
			}
			t.rows = append(t.rows, []string{
				string(s), string(tier), strconv.Itoa(c.Found), strconv.Itoa(c.Total()), percent(c.Found, c.Total()),
				strconv.Itoa(c.Unsure), strconv.Itoa(c.Missed), strconv.Itoa(c.Failed), strconv.Itoa(c.Absent),
			})
		}
	}
	return t
}

func (r *Run) classes() table {
	t := table{
		title: "By class",
		notes: []string{"Found of all, in " + string(score.Applications) + "."},
		head:  []string{"class", "ids", "A", "B", "C", "fixed versions still flagged"},
	}
	for _, class := range r.Classes() {
		ids, _ := fact.IDs(class)
		line := []string{class, strings.Join(ids, " ")}
		in := func(w score.WeaknessResult) bool {
			return w.Row.Class == class && score.ScopeOf(w.Row) == score.Applications
		}
		total := 0
		for _, tier := range fact.Tiers {
			c := r.Recall(func(w score.WeaknessResult) bool { return in(w) && w.Row.Tier == tier })
			line = append(line, fraction(c.Found, c.Total()))
			total += c.Total()
		}
		flagged, of := r.Flagged(in)
		if total > 0 {
			t.rows = append(t.rows, append(line, fraction(flagged, of)))
		}
	}
	return t
}

func fraction(n, of int) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", n, of)
}

func (r *Run) unfound() table {
	t := table{
		title: "Weaknesses not found",
		head:  []string{"row", "tier", "wanted", "place", "what is seen there", "note"},
	}
	for _, w := range r.Weaknesses {
		if w.State != score.Missed && w.State != score.Unsure && w.State != score.Failed {
			continue
		}
		t.rows = append(t.rows, []string{
			w.Row.Name, string(w.Row.Tier), strings.Join(w.Row.IDs, " "), w.Row.Place.String(), seen(w), shorten(w.Row.Note, 120),
		})
	}
	return t
}

// seen tells how close a miss was.
func seen(w score.WeaknessResult) string {
	if w.State == score.Failed {
		return "review failed"
	}
	var parts []string
	if w.State == score.Unsure {
		parts = append(parts, "low confidence: "+sighting(*w.By, w.Row.Place.Path))
	}
	for i, s := range w.Nearby {
		if i == 4 {
			parts = append(parts, fmt.Sprintf("%d more", len(w.Nearby)-i))
			break
		}
		parts = append(parts, sighting(s, w.Row.Place.Path))
	}
	if len(parts) == 0 && w.EndpointSeen {
		return "an endpoint, no finding"
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// sighting is a finding in few words; home is the path that needs no mention.
func sighting(s score.Sighting, home string) string {
	at := strconv.Itoa(s.Line)
	if s.Path != home {
		at = s.Path + ":" + at
	}
	text := fmt.Sprintf("%s %s at %s", s.ID, s.Severity, at)
	if s.ByEndpoint {
		text += " (by endpoint)"
	}
	return text
}

func (r *Run) flagged() table {
	flagged, of := r.Flagged(func(score.WeaknessResult) bool { return true })
	t := table{
		title: fmt.Sprintf("Fixed versions still flagged: %d of %d", flagged, of),
		notes: []string{"By a finding of medium severity or more at the lines that the weakness's lines became. Rows whose fix is no full one are left out."},
		head:  []string{"row", "finding", "note"},
	}
	for _, w := range r.Weaknesses {
		if w.Fixed == score.Hit {
			t.rows = append(t.rows, []string{w.Row.Name, sighting(*w.FixedBy, w.Row.Place.Path), shorten(w.Row.Note, 160)})
		}
	}
	return t
}
