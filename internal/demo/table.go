package demo

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// columns are the widths of the table's columns; the last one is open.
var columns = []int{5, 51, 26, 26}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	dim    = "\x1b[2m"
	normal = "\x1b[0m"
)

// Printer writes the table, a row at a time.
type Printer struct {
	W io.Writer
	// Color marks what worked and what was stopped.
	Color bool
}

// Head writes the names of the columns.
func (p Printer) Head() {
	p.line(dim, "", "attack or session", "unguarded", "behind the guard", "rule")
}

// Row writes one row.
func (p Printer) Row(r Row) {
	id, good := "", r.Weakness == nil
	if r.Weakness != nil {
		id = r.Weakness.ID
	}
	if r.Err != nil {
		p.line(red, id, r.Name, "could not run", r.Err.Error(), "")
		return
	}
	cells := []string{pad(id, columns[0]), pad(r.Name, columns[1]), p.cell(r.Unguarded, good, columns[2]), p.cell(r.Guarded, good, columns[3]), p.paint(dim, r.Rule)}
	fmt.Fprintln(p.W, strings.TrimRight(strings.Join(cells, " "), " "))
}

// Sum writes what the rows come to.
func (p Printer) Sum(rows []Row) {
	attacks, passed, bare, clients, served := 0, 0, 0, 0, 0
	for _, r := range rows {
		if r.Weakness == nil {
			clients++
			served += count(r.Holds())
			continue
		}
		attacks++
		passed += count(!r.Holds())
		bare += count(r.Err == nil && r.Unguarded.Worked)
	}
	color := green
	if !Hold(rows) {
		color = red
	}
	fmt.Fprintf(p.W, "\n%s\n", p.paint(color, fmt.Sprintf("%d attacks: %d work unguarded, %d behind the guard. %d of %d legitimate sessions served behind it.", attacks, bare, passed, served, clients)))
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// cell marks a result by whether it is what a defender wants.
func (p Printer) cell(r Result, good bool, width int) string {
	mark, color := "✓ ", green
	if r.Worked != good {
		mark, color = "✗ ", red
	}
	return p.paint(color, pad(mark+strings.TrimSpace(r.Seen), width))
}

func (p Printer) line(color string, cells ...string) {
	for i, w := range columns {
		cells[i] = pad(cells[i], w)
	}
	fmt.Fprintln(p.W, p.paint(color, strings.TrimRight(strings.Join(cells, " "), " ")))
}

func (p Printer) paint(color, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return color + s + normal
}

func pad(s string, width int) string {
	if n := width - utf8.RuneCountInString(s); n > 0 {
		s += strings.Repeat(" ", n)
	}
	return s
}
