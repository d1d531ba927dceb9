package explain

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// Options say how Text prints.
type Options struct {
	// Width is the number of columns that prose is wrapped to. 0 means 80;
	// values under 40 count as 40. Code and URLs are never broken.
	Width int
	// Color adds ANSI colours and drops the backticks of code spans. The caller
	// decides it: a terminal that wants them, and no NO_COLOR.
	Color bool
}

const (
	defaultWidth = 80
	leastWidth   = 40
)

// Text writes the whole entry w for a terminal.
func Text(out io.Writer, w *catalogue.Weakness, opts Options) error {
	p := newPage(opts)
	t := w.Text()

	p.raw(p.style(bold, w.ID) + "  " + w.Slug + "  " + p.style(severityStyle(w.Severity), w.Severity.String()))
	p.prose(w.Title, "", "")
	p.raw("")
	p.prose(strings.Join(classes(w), " · "), "", "")
	p.prose(faces(w), "", "")

	for _, s := range before(t) {
		p.heading(s.title)
		p.markdown(s.body)
	}
	p.heading("Vulnerable and fixed")
	for i, e := range t.Examples {
		if i > 0 {
			p.raw("")
		}
		p.example(e)
	}
	for _, s := range after(t) {
		p.heading(s.title)
		p.markdown(s.body)
	}
	p.heading(questionTitle(t))
	for i, q := range t.Questions {
		if i > 0 {
			p.raw("")
		}
		p.prose("**"+q.Question+"**", "  ", "  ")
		p.markdown(q.Answer)
	}
	p.heading("References")
	for _, r := range t.References {
		title := r.Title
		if r.Note != "" {
			title += ": " + r.Note
		}
		p.prose(title, "  - ", "    ")
		p.raw("    " + p.style(dim, r.URL))
	}
	_, err := out.Write(p.buf.Bytes())
	return err
}

// ANSI styles. Only the eight base colours are used: they follow the
// terminal's theme.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func severityStyle(s catalogue.Severity) string {
	switch s {
	case catalogue.Critical:
		return bold + ";" + red
	case catalogue.High:
		return red
	case catalogue.Medium:
		return yellow
	}
	return cyan
}

// page collects the lines of one entry.
type page struct {
	buf   bytes.Buffer
	width int
	color bool
}

func newPage(opts Options) *page {
	p := &page{width: opts.Width, color: opts.Color}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = max(p.width, leastWidth)
	return p
}

// style wraps s in an ANSI style, if colours are on.
func (p *page) style(code, s string) string {
	if !p.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// raw writes one line as it is.
func (p *page) raw(s string) { fmt.Fprintln(&p.buf, s) }

func (p *page) heading(title string) {
	p.raw("")
	p.raw(p.style(bold, strings.ToUpper(title)))
}

// example writes one example with its two blocks of code.
func (p *page) example(e catalogue.Example) {
	p.raw("  " + p.style(bold, exampleTitle(e)))
	if e.Note != "" {
		p.markdown(e.Note)
	}
	p.raw("  " + p.style(red, "vulnerable"))
	p.code(e.Vulnerable)
	p.raw("  " + p.style(green, "fixed"))
	p.code(e.Fixed)
}

// code writes a block of code, indented and unwrapped. Tabs become four
// columns: what a terminal makes of them depends on the indent.
func (p *page) code(s string) {
	for _, l := range strings.Split(s, "\n") {
		l = strings.ReplaceAll(l, "\t", "    ")
		p.raw(strings.TrimRight("      "+l, " "))
	}
}
