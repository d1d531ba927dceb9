package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/ir"
)

// directive begins a comment that takes findings away:
//
//	// wswarden:ignore WS101 behind the gateway, which checks it
//
// It holds for its own line, and for the next one where it stands alone.
const directive = "wswarden:ignore"

// A suppression is one such comment.
type suppression struct {
	span   report.Span
	ids    []string
	lines  [2]int // first and last line that it holds for
	used   bool
	reason string
}

// suppress takes away the findings that comments of the source suppress, and
// notes comments without reason or effect.
func suppress(findings []report.Finding, files []*ir.File) ([]report.Finding, []report.Note) {
	var notes []report.Note
	byPath := map[string][]*suppression{}
	for _, f := range files {
		for i := range f.Comments {
			s, note := parseDirective(f, &f.Comments[i])
			switch {
			case note != "":
				notes = append(notes, report.Note{Span: s.span, Message: note})
			case s != nil:
				byPath[f.Path] = append(byPath[f.Path], s)
			}
		}
	}
	kept := slices.DeleteFunc(findings, func(f report.Finding) bool {
		gone := false
		for _, s := range byPath[f.Path] {
			if f.Line >= s.lines[0] && f.Line <= s.lines[1] && slices.Contains(s.ids, f.Weakness.ID) {
				s.used, gone = true, true
			}
		}
		return gone
	})
	for _, f := range files {
		for _, s := range byPath[f.Path] {
			if !s.used {
				notes = append(notes, report.Note{Span: s.span, Message: fmt.Sprintf("%s %s has no effect: nothing of it is found here; remove it", directive, strings.Join(s.ids, ","))})
			}
		}
	}
	return kept, notes
}

// parseDirective reads a comment. It returns nil for one that is no directive,
// and a note beside the place for one that is wrong.
func parseDirective(f *ir.File, c *ir.Comment) (*suppression, string) {
	text := strings.TrimSpace(strings.TrimLeft(c.Text, "/#*<!- \t"))
	rest, ok := strings.CutPrefix(text, directive)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return nil, ""
	}
	line, col := f.Line(c.Start)
	end, endCol := f.Line(c.End)
	s := &suppression{span: report.Span{Path: f.Path, Line: line, Column: col, EndLine: end, EndColumn: endCol}, lines: [2]int{line, end}}
	if alone(f, c) {
		s.lines[1] = end + 1
	}
	rest = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(rest, "*/"), "-->"))
	list, reason, _ := strings.Cut(rest, " ")
	for name := range strings.SplitSeq(list, ",") {
		matched := catalogue.Match(name)
		if len(matched) == 0 {
			return s, fmt.Sprintf("%s %q: no weakness of that name; write an ID such as WS101", directive, name)
		}
		for _, w := range matched {
			s.ids = append(s.ids, w.ID)
		}
	}
	if s.reason = strings.TrimSpace(reason); s.reason == "" {
		return s, fmt.Sprintf("%s %s needs a reason behind the ID, and is not obeyed without one", directive, list)
	}
	return s, ""
}

// alone reports whether a comment has its line for itself.
func alone(f *ir.File, c *ir.Comment) bool {
	for i := int(c.Start) - 1; i >= 0 && f.Source[i] != '\n'; i-- {
		if f.Source[i] != ' ' && f.Source[i] != '\t' && f.Source[i] != '\r' {
			return false
		}
	}
	return true
}
