package board

import (
	"fmt"
)

func (r *Run) negatives() table {
	hit, of := r.NegativesHit()
	t := table{
		title: fmt.Sprintf("Endpoints done well where too much is said: %d of %d", hit, of),
		head:  []string{"row", "finding", "why it is safe", "caveat"},
	}
	for _, n := range r.Negatives {
		for _, s := range n.Hits {
			t.rows = append(t.rows, []string{n.Row.Name, sighting(s, n.Row.Place.Path), shorten(n.Row.WhySafe, 120), shorten(n.Row.Caveat, 120)})
		}
	}
	return t
}

func (r *Run) grave() table {
	t := table{
		title: "High and critical findings at endpoints done well",
		notes: []string{"Of weaknesses that the row says nothing about. One that was judged true or by design does not count against review."},
		head:  []string{"row", "finding", "verdict", "reason"},
	}
	for _, n := range r.Negatives {
		for _, j := range n.Grave {
			t.rows = append(t.rows, []string{n.Row.Name, sighting(j.Sighting, n.Row.Place.Path), string(j.Judgement), j.Reason})
		}
	}
	return t
}
