package board

import (
	"strings"
	"unicode/utf8"
)

// widest is how many characters a column of a terminal's table may take.
const widest = 90

// Text is the scoreboard for a terminal.
func Text(r *Run) string {
	var b strings.Builder
	b.WriteString(r.title() + "\n")
	for _, t := range r.tables() {
		if len(t.rows) == 0 {
			b.WriteString("\n" + t.title + ": none\n")
			continue
		}
		b.WriteString("\n" + t.title + "\n\n")
		b.WriteString(aligned(append([][]string{t.head}, t.rows...)))
	}
	return b.String()
}

func aligned(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = min(widest, max(widths[i], utf8.RuneCountInString(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			cell = shorten(cell, widest)
			line.WriteString("  " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
