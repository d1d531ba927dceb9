package loop

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/report"
)

// Printer writes a result as a table.
type Printer struct {
	W     io.Writer
	Color bool
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	dim    = "\x1b[2m"
	normal = "\x1b[0m"
)

// Print writes the table, weakness by weakness, the sessions of legitimate clients,
// and what it comes to.
func (p Printer) Print(r *Result) {
	for i := range r.Rows {
		p.row(&r.Rows[i])
	}
	if r.known {
		fmt.Fprintf(p.W, "\n%s\n", p.paint(dim, "the program's own clients"))
	}
	for _, s := range r.Sessions {
		p.check(s, true)
	}
	p.sum(r)
}

func (p Printer) row(r *Row) {
	v := r.Verdict()
	color := green
	switch v {
	case Open, NotJudged:
		color = red
	case Code:
		color = dim
	}
	fmt.Fprintf(p.W, "\n%s %s  %s\n", r.Weakness.ID, r.Weakness.Slug, p.paint(color, string(v)))
	if len(r.Found) > 0 {
		var at []string
		for _, f := range r.Found {
			at = append(at, place(f.Span))
		}
		p.line("found", some(at))
	} else {
		p.line("found", absent(r))
	}
	if len(r.Contains) > 0 {
		var at []string
		for _, l := range r.Contains {
			text := fmt.Sprintf("line %d, %s", l.Number, l.Setting)
			if l.Confirm {
				text += " (to be confirmed)"
			}
			at = append(at, text)
		}
		p.line("contained", some(at))
	} else if !r.Weakness.Guard {
		p.line("contained", "no guard can: the code has to change")
	} else if len(r.Found) > 0 && len(r.Checks) == 0 {
		p.line("contained", "by no line of the draft")
	}
	for _, c := range r.Checks {
		p.check(c, false)
	}
	n, why := map[report.PromiseVerdict]int{}, ""
	for _, x := range r.Promises {
		n[x.Verdict]++
		if x.Verdict == report.PromiseNotJudged && why == "" {
			why = ": " + brief(x.Why)
		}
		switch {
		case x.proven():
			p.line("proven", fmt.Sprintf("%s: %s → %s", strings.TrimSpace(x.Message+" "+x.Text), p.paint(red, "✗ "+brief(x.Bare.Why)), p.paint(green, "✓ "+brief(x.Why))))
		case x.Bare.Verdict == report.PromiseBroken && x.Verdict == report.PromiseNotJudged:
			p.line("not judged", strings.TrimSpace(x.Message+" "+x.Text)+": "+brief(x.Why))
		case x.Verdict == report.PromiseBroken:
			p.line("promised", p.paint(red, strings.TrimSpace(x.Message+" "+x.Text)+": broken: "+x.Why))
		}
	}
	if len(r.Promises) > 0 {
		p.line("promised", fmt.Sprintf("%d of %d held, %d not judged%s", n[report.PromiseHeld], len(r.Promises), n[report.PromiseNotJudged], why))
	}
}

// absent says why a weakness is in the table that review did not find.
func absent(r *Row) string {
	if !r.Weakness.Review {
		return "- (source code does not show it)"
	}
	return "-"
}

func (p Printer) check(c demo.Row, session bool) {
	if c.Err != nil {
		p.line("not run", p.paint(red, c.Name+": "+c.Err.Error()))
		return
	}
	name := "stopped" // it does nothing without the guard either
	switch {
	case session:
		name = "served"
	case c.Guarded.Worked:
		name = "open"
	case c.Unguarded.Worked:
		name = "proven"
	}
	text := fmt.Sprintf("%s: %s → %s", c.Name, p.mark(c.Unguarded, session), p.mark(c.Guarded, session))
	if c.Rule != "" {
		text += p.paint(dim, " by "+c.Rule)
	}
	p.line(name, text)
}

// mark tells a result, and whether it is what a defender wants.
func (p Printer) mark(r demo.Result, session bool) string {
	text := brief(r.Seen)
	if r.Worked == session {
		return p.paint(green, "✓ "+text)
	}
	return p.paint(red, "✗ "+text)
}

// brief is the first sentence of what was seen, or the beginning of a long one.
func brief(text string) string {
	const most = 120
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i]
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

func (p Printer) line(name, text string) { fmt.Fprintf(p.W, "  %-10s %s\n", name, text) }

// sum says what the rows come to.
func (p Printer) sum(r *Result) {
	n := map[Verdict]int{}
	for i := range r.Rows {
		n[r.Rows[i].Verdict()]++
	}
	attacks, passed, unknown := 0, 0, 0
	for _, row := range r.Rows {
		for _, c := range row.Checks {
			switch {
			case c.Err != nil:
				unknown++
			case c.Guarded.Worked:
				passed++
			}
			attacks++
		}
	}
	served := 0
	for _, s := range r.Sessions {
		if s.Holds() {
			served++
		}
	}
	confirm := strings.Count(string(r.Draft), "# confirm:")
	text := fmt.Sprintf("%d findings. %d weaknesses proven closed, %d more stopped, %d contained by the draft alone, %d for the code, %d open, %d not judged.\n"+
		"%d of %d attacks and checks pass the guard, %d could not be carried out. %d of %d known sessions are served. %d lines of the draft are to be confirmed.",
		len(r.Report.Findings), n[Proven], n[Stopped], n[Contained], n[Code], n[Open], n[NotJudged], passed, attacks, unknown, served, len(r.Sessions), confirm)
	color := green
	if !r.Holds() {
		color = red
	}
	fmt.Fprintf(p.W, "\n%s\n", p.paint(color, text))
}

func (p Printer) paint(color, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return color + s + normal
}

func place(s report.Span) string { return fmt.Sprintf("%s:%d", s.Path, s.Line) }

// some names the first of several.
func some(list []string) string {
	const most = 4
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], "; "), len(list)-most)
	}
	return strings.Join(list, "; ")
}

// MarshalJSON writes the result with stable keys.
func (r *Result) MarshalJSON() ([]byte, error) {
	type line struct {
		Line    int    `json:"line"`
		Setting string `json:"setting"`
		Confirm bool   `json:"confirm"`
	}
	type promised struct {
		Route     string                `json:"route"`
		Message   string                `json:"message,omitempty"`
		Promise   string                `json:"promise"`
		Unguarded report.PromiseVerdict `json:"unguarded"`
		Guarded   report.PromiseVerdict `json:"guarded"`
		Why       string                `json:"why,omitempty"`
	}
	type row struct {
		ID        string     `json:"id"`
		Slug      string     `json:"slug"`
		Verdict   Verdict    `json:"verdict"`
		Found     []string   `json:"found"`
		Contained []line     `json:"contained"`
		Checks    []demo.Row `json:"checks"`
		Promises  []promised `json:"promises"`
	}
	rows := []row{}
	for i := range r.Rows {
		x := &r.Rows[i]
		out := row{x.Weakness.ID, x.Weakness.Slug, x.Verdict(), []string{}, []line{}, append([]demo.Row{}, x.Checks...), []promised{}}
		for _, p := range x.Promises {
			out.Promises = append(out.Promises, promised{p.Route, p.Message, p.Text, p.Bare.Verdict, p.Verdict, p.Why})
		}
		for _, f := range x.Found {
			out.Found = append(out.Found, place(f.Span))
		}
		for _, l := range x.Contains {
			out.Contained = append(out.Contained, line{l.Number, l.Setting, l.Confirm})
		}
		rows = append(rows, out)
	}
	return json.Marshal(struct {
		Holds    bool       `json:"holds"`
		Findings int        `json:"findings"`
		Rows     []row      `json:"weaknesses"`
		Sessions []demo.Row `json:"sessions"`
	}{r.Holds(), len(r.Report.Findings), rows, append([]demo.Row{}, r.Sessions...)})
}
