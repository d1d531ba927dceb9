package report

import (
	"strings"
	"unicode/utf8"
)

// A frame is a piece of source made ready to be shown: its characters are
// printable, its tabs are spaces, and long lines are cut around what matters.
type frame []frameLine

// frameLine is one line, in three parts around what the span marks. All three
// together are the line as it is shown.
type frameLine struct {
	Number              int
	Before, Mark, After string
	Marked              bool // the span holds a part of the line, if only a point
}

const (
	tabWidth = 4
	// contextLines stand before and behind a span.
	contextLines = 2
	// maxMarked is how many lines of a span are shown: of a longer one the
	// first lines say enough.
	maxMarked = 4
	// maxCells is the widest that a line is shown; minified files have one line
	// of a megabyte.
	maxCells = 160
	minCells = 20
)

// newFrame cuts the lines of span out of f, with context lines around them, none
// wider than width columns. It is empty where there is no such place.
func newFrame(f *sourceFile, span Span, context, width int) frame {
	if _, ok := f.line(span.Line); !ok {
		return nil
	}
	last := max(span.Line, span.EndLine)
	if span.EndColumn == 1 && last > span.Line {
		last-- // the end is exclusive: nothing of that line is meant
	}
	shown := min(last, span.Line+maxMarked-1)
	to := shown
	if shown == last {
		to += context
	}
	var out frame
	for n := max(1, span.Line-context); n <= to; n++ {
		text, ok := f.line(n)
		if !ok {
			break
		}
		out = append(out, newFrameLine(text, n, span, width))
	}
	return trimBlank(out)
}

// newFrameLine marks what span holds of a line.
func newFrameLine(text string, n int, span Span, width int) frameLine {
	from, to, marked := markedBytes(text, n, span)
	text, from, to, cutLeft, cutRight := window(text, from, to)
	line := layOut(text, from, to)
	line.Number, line.Marked = n, marked
	line.clip(min(max(width, minCells), maxCells), cutLeft, cutRight)
	return line
}

// markedBytes returns the byte offsets in line n of what span holds of it.
func markedBytes(text string, n int, span Span) (from, to int, marked bool) {
	last := max(span.Line, span.EndLine)
	if n < span.Line || n > last || n == last && n > span.Line && span.EndColumn <= 1 {
		return 0, 0, false
	}
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	from, to = indent, len(strings.TrimRight(text, " \t"))
	if n == span.Line && span.Column > 0 {
		from = span.Column - 1
	}
	switch {
	case n != last:
	case span.EndColumn > 0:
		to = span.EndColumn - 1
	case span.Column > 0: // a point
		to = from
	}
	from = min(from, len(text))
	return from, min(max(to, from), len(text)), true
}

// window cuts a very long line down to the bytes around its mark, so that what
// follows takes no longer than for others.
func window(text string, from, to int) (part string, newFrom, newTo int, cutLeft, cutRight bool) {
	const around = 4 * maxCells
	start, end := max(0, from-around), min(len(text), from+2*around)
	for start > 0 && !utf8.RuneStart(text[start]) {
		start--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return text[start:end], from - start, min(to, end) - start, start > 0, end < len(text)
}

// layOut makes text printable, with tabs filled up to their stops.
func layOut(text string, from, to int) frameLine {
	var parts [3]strings.Builder
	column := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		shown := spell(r, text[i:i+size])
		if r == '\t' {
			shown = strings.Repeat(" ", tabWidth-column%tabWidth)
		}
		part := 0
		switch {
		case i >= to && i >= from:
			part = 2
		case i+size > from:
			part = 1
		}
		parts[part].WriteString(shown)
		column += cells(shown)
		i += size
	}
	return frameLine{Before: parts[0].String(), Mark: parts[1].String(), After: parts[2].String()}
}

// clip cuts the line down to width columns, with an ellipsis at each cut. The
// start of the mark stays in view with something before it.
func (l *frameLine) clip(width int, cutLeft, cutRight bool) {
	before, mark, after := cells(l.Before), cells(l.Mark), cells(l.After)
	if cutLeft || cutRight || before+mark+after > width {
		// As much as possible of the mark is shown, then of what comes before it.
		keep := max(width/4, width-mark-width/4)
		if before > keep || cutLeft {
			l.Before = "…" + dropCells(l.Before, max(before-keep, 0)+1)
			before = cells(l.Before)
		}
		if room := width - before; mark > room {
			l.Mark, l.After = takeCells(l.Mark, room-1)+"…", ""
		} else if after > room-mark || cutRight {
			l.After = takeCells(l.After, max(room-mark-1, 0)) + "…"
		}
	}
}

// takeCells returns the start of s that fits into n columns.
func takeCells(s string, n int) string {
	for i, r := range s {
		if n -= runeCells(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// dropCells returns s without the characters of its first n columns.
func dropCells(s string, n int) string {
	for i, r := range s {
		if n <= 0 {
			return s[i:]
		}
		n -= runeCells(r)
	}
	return ""
}

// trimBlank takes empty lines from both ends.
func trimBlank(lines frame) frame {
	blank := func(l frameLine) bool {
		return !l.Marked && strings.TrimSpace(l.Before+l.Mark+l.After) == ""
	}
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}
