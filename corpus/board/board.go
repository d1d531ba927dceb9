// Package board lays the results out: as text for a terminal, as Markdown and
// as JSON. It decides nothing about them.
package board

import (
	"fmt"
	"time"

	"github.com/wswarden/wswarden/corpus/score"
)

// A Run is a scoreboard and how it came about.
type Run struct {
	Command string    // that gives it
	Date    time.Time // of the run
	Version string    // what the executable says of itself
	Binary  string    // the first digits of its SHA-256
	Trees   int       // reviewed
	Seconds float64   // that review took for all of them
	*score.Board
}

// table is one part of the scoreboard.
type table struct {
	title string
	notes []string // above the rows
	head  []string
	rows  [][]string
}

// tables are the parts, in order. A part that was not measured is left out; one
// without rows is there, and says so.
func (r *Run) tables() []table {
	var out []table
	if len(r.Weaknesses) > 0 {
		out = append(out, r.recall(), r.classes(), r.unfound(), r.flagged())
	}
	if len(r.Negatives) > 0 {
		out = append(out, r.negatives(), r.grave())
	}
	if len(r.Repositories) > 0 {
		out = append(out, r.density(), r.findings())
	}
	return append(out, r.problems())
}

// title is the first line of a scoreboard.
func (r *Run) title() string {
	return fmt.Sprintf("wswarden %s (executable %s) on %s: %d trees in %.0f s of review", r.Version, r.Binary, r.Date.Format(time.DateOnly), r.Trees, r.Seconds)
}

// percent is a part of a whole, or a dash.
func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(of))
}

// shorten cuts a text for a cell.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
