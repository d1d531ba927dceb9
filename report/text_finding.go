package report

import (
	"fmt"
	"strconv"
	"strings"
)

// finding writes one finding and an empty line.
func (p *textPage) finding(f *Finding, nameEndpoint bool) {
	where := place(f.Span)
	if f.URL != "" {
		where = printable(f.URL)
	}
	head := fmt.Sprintf("%s: %s %s %s: ", where, f.Severity, f.Weakness.ID, f.Weakness.Slug)
	fmt.Fprintf(p.w, "%s: %s %s ", p.paint(bold, where), p.paint(severityStyle[f.Severity], f.Severity.String()),
		p.paint(severityStyle[f.Severity], f.Weakness.ID+" "+f.Weakness.Slug+":"))
	p.prose(cells(head), 4, f.Message)
	if f.Span != p.last { // an endpoint often lacks several defences
		p.frame(f.Span, contextLines, 2, severityStyle[f.Severity])
	}
	p.evidence(f)
	p.trace(f)
	for _, s := range f.Related {
		p.field("see", place(s.Span)+": "+s.Message)
	}
	p.field("fix", f.Fix)
	if f.Confidence != HighConfidence {
		p.field("confidence", f.Confidence.String())
	}
	if nameEndpoint {
		p.field("endpoint", f.Endpoint)
	}
	fmt.Fprintln(p.w)
}

// field writes a named text below a finding, nothing if it is empty.
func (p *textPage) field(name, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(p.w, "  %s ", p.paint(bold, name+":"))
	p.prose(len(name)+4, 4, text)
}

// frame writes source lines with their numbers, the marked ones with an arrow,
// and carets below the first of these.
func (p *textPage) frame(span Span, context, indent int, st style) {
	const gutter = len("> 123456 | ")
	width := maxCells
	if p.opt.Width > 0 {
		width = p.opt.Width - indent - gutter
	}
	lines := newFrame(p.sources.file(span.Path), span, context, width)
	if len(lines) == 0 {
		return
	}
	digits := len(strconv.Itoa(lines[len(lines)-1].Number))
	margin := strings.Repeat(" ", indent)
	underlined := context == 0 // the frames of a trace have no room for carets
	for _, l := range lines {
		arrow, mark := "  ", l.Mark
		if l.Marked && context > 0 {
			arrow = p.paint(st, "> ")
		}
		if l.Marked && p.opt.Color {
			mark = p.paint(underline, mark)
		}
		line := fmt.Sprintf("%s%s%s %s%s%s", margin, arrow, p.paint(faint, fmt.Sprintf("%*d |", digits, l.Number)), l.Before, mark, l.After)
		fmt.Fprintln(p.w, strings.TrimRight(line, " "))
		if l.Marked && !underlined {
			underlined = true
			carets := strings.Repeat("^", max(1, cells(l.Mark)))
			fmt.Fprintf(p.w, "%s  %s %s%s\n", margin, p.paint(faint, strings.Repeat(" ", digits)+" |"), strings.Repeat(" ", cells(l.Before)), p.paint(st, carets))
		}
	}
}

// trace writes the way of the data, a numbered step a place.
func (p *textPage) trace(f *Finding) {
	if len(f.Trace) == 0 {
		return
	}
	fmt.Fprintf(p.w, "  %s\n", p.paint(bold, "how the data gets there:"))
	for i, s := range f.Trace {
		head := fmt.Sprintf("    %d. %s: ", i+1, place(s.Span))
		fmt.Fprint(p.w, head)
		p.prose(cells(head), 7, s.Message)
		if s.Span != f.Span {
			p.frame(s.Span, 0, 5, plain)
		}
	}
}

// evidence writes what probe sent and got.
func (p *textPage) evidence(f *Finding) {
	p.field("check", f.Check)
	if f.Evidence == nil {
		return
	}
	for _, x := range []struct{ arrow, text string }{{">", f.Evidence.Request}, {"<", f.Evidence.Response}} {
		for line := range strings.Lines(x.text) {
			fmt.Fprintf(p.w, "    %s %s\n", p.paint(faint, x.arrow), strings.TrimRight(printable(line), " "))
		}
	}
}
