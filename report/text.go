package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// TextOptions say how Text sets its page.
type TextOptions struct {
	Color bool // use terminal colours
	// Width is the number of columns to set prose and source in. Zero leaves
	// prose on one line, for programs that read by lines.
	Width  int
	Source Source // nil for no code frames
}

const minWidth = 40

// Text writes r for people at a terminal: each finding as a line that editors
// and CI systems recognise, with its source, the way of the data and the fix
// below it; then the endpoints, the notes and the sum. All that comes from the
// source under review is made printable.
func Text(w io.Writer, r *Report, opt TextOptions) error {
	out := bufio.NewWriter(w)
	if opt.Width > 0 {
		opt.Width = max(opt.Width, minWidth)
	}
	p := &textPage{w: out, opt: opt, sources: newSources(opt.Source)}
	for i := range r.Findings {
		p.finding(&r.Findings[i], len(r.Endpoints) > 1)
		p.last = r.Findings[i].Span
	}
	p.endpoints(r.Endpoints)
	p.promises(r.Promises)
	p.judgements(r.Judgements)
	p.notes(r.Notes)
	if r.Target != "" {
		p.sumOfProbe(r)
	} else {
		p.sum(r)
	}
	return out.Flush()
}

// textPage is the page that Text writes. Its writer keeps the first error.
type textPage struct {
	w       *bufio.Writer
	opt     TextOptions
	sources *sources
	last    Span // the place of the finding before
}

func (p *textPage) paint(st style, s string) string { return paint(p.opt.Color, st, s) }

// prose writes text behind a head that has been printed already and takes used
// columns; further lines are indented.
func (p *textPage) prose(used, indent int, text string) {
	text = printable(text)
	if p.opt.Width > 0 {
		text = strings.Join(wrap(text, p.opt.Width-used, p.opt.Width-indent), "\n"+strings.Repeat(" ", indent))
	}
	fmt.Fprintln(p.w, text)
}

// place is "path:line:column", as far as it is known.
func place(s Span) string {
	out := printable(s.Path)
	if s.Line > 0 {
		out += ":" + strconv.Itoa(s.Line)
		if s.Column > 0 {
			out += ":" + strconv.Itoa(s.Column)
		}
	}
	return out
}

func (p *textPage) notes(notes []Note) {
	for _, n := range notes {
		head := "note: "
		if n.Path != "" {
			head += place(n.Span) + ": "
		}
		fmt.Fprint(p.w, p.paint(faint, head))
		p.prose(cells(head), 6, n.Message)
	}
	if len(notes) > 0 {
		fmt.Fprintln(p.w)
	}
}

// sum writes what a reader wants to know first, and reads last.
func (p *textPage) sum(r *Report) {
	size := fmt.Sprintf("%s, %s in %s", plural(r.Stats.FilesWalked, "file"), plural(r.Stats.Lines, "line"), seconds(r))
	switch {
	case len(r.Findings) > 0:
		fmt.Fprintf(p.w, "%s: %s\n", p.paint(bold, plural(len(r.Findings), "finding")), severities(r, p.opt.Color))
	case r.Stats.FilesParsed == 0 && len(r.Endpoints) == 0 && r.Hidden == (Hidden{}):
		fmt.Fprintf(p.w, "No WebSocket code found: %s.\n", size)
		return
	default:
		fmt.Fprintln(p.w, p.paint(bold, "No findings."))
	}
	if not := r.Hidden.String(); not != "" {
		fmt.Fprintf(p.w, "Not shown: %s.\n", not)
	}
	fmt.Fprintf(p.w, "Read %s; %s to do with WebSockets.\n", size, plural2(r.Stats.FilesParsed, "file has", "files have"))
	if len(r.Findings) > 0 {
		worst := slices.MaxFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Severity, b.Severity) })
		fmt.Fprintf(p.w, "'wswarden explain %s' tells how a weakness is attacked, recognised and closed.\n", worst.Weakness.ID)
	}
}

// Summary is the number of findings of each severity, in words.
func (r *Report) Summary() string {
	if len(r.Findings) == 0 {
		return "no findings"
	}
	return plural(len(r.Findings), "finding") + ": " + severities(r, false)
}

func severities(r *Report, color bool) string {
	var parts []string
	for _, s := range catalogue.Severities() {
		if n := r.Count(s); n > 0 {
			parts = append(parts, paint(color, severityStyle[s], thousands(n)+" "+s.String()))
		}
	}
	return strings.Join(parts, ", ")
}

// String says in words what is hidden, and how to see it. It is empty where
// nothing is.
func (h Hidden) String() string {
	var parts []string
	for _, x := range []struct {
		n   int
		why string
	}{
		{h.Uncertain, "of lower confidence (--min-confidence low shows all)"},
		{h.Unchanged, "on unchanged lines"},
		{h.Known, "in the baseline"},
		{h.Unselected, "not selected"},
	} {
		if x.n > 0 {
			parts = append(parts, thousands(x.n)+" "+x.why)
		}
	}
	return strings.Join(parts, ", ")
}

func seconds(r *Report) string {
	s := r.Stats.Elapsed.Seconds()
	if s < 10 {
		return fmt.Sprintf("%.2f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}

// plural is "1 file" or "1,234 files".
func plural(n int, noun string) string { return plural2(n, noun, noun+"s") }

func plural2(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes n in groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// wrap cuts text into lines of at most first and then rest columns, at spaces.
// A word that is longer gets a line of its own.
func wrap(text string, first, rest int) []string {
	var lines []string
	var line strings.Builder
	room, used := first, 0
	for _, word := range strings.Fields(text) {
		n := cells(word)
		if used > 0 && used+1+n > room || used == 0 && len(lines) == 0 && n > room && first < rest {
			lines = append(lines, line.String())
			line.Reset()
			room, used = rest, 0
		}
		if used > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += n
	}
	return append(lines, line.String())
}
