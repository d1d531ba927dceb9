package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A text file is a sequence of these sections, all present, in this order.
const (
	headWrong      = "What goes wrong"
	headAttack     = "The attack"
	headSpot       = "How to spot it"
	headExamples   = "Vulnerable and fixed"
	headGuard      = "Contain it with guard"
	headProbe      = "Prove it with probe"
	headQuestion   = "Reviewer's question"
	headReferences = "References"
)

var headOrder = []string{headWrong, headAttack, headSpot, headExamples, headGuard, headProbe, headQuestion, headReferences}

// line is one line of a text file.
type line struct {
	text string
	n    int  // counted from 1
	code bool // inside a fenced block, or its fence
}

// block is a heading with the lines below it.
type block struct {
	title string
	n     int // line number of the heading
	lines []line
}

// parseText reads one text file. Errors name the file and line.
func parseText(name, src string) (Text, error) {
	lines, err := scanLines(name, src)
	if err != nil {
		return Text{}, err
	}
	intro, sections := split(lines, "## ")
	if len(strings.TrimSpace(join(intro))) > 0 {
		return Text{}, fmt.Errorf("%s:1: text before the first section", name)
	}
	var got []string
	for _, s := range sections {
		got = append(got, s.title)
		if strings.TrimSpace(join(s.lines)) == "" {
			return Text{}, fmt.Errorf("%s:%d: section %q is empty", name, s.n, s.title)
		}
	}
	if !slices.Equal(got, headOrder) {
		return Text{}, fmt.Errorf("%s: sections are %q, want %q", name, got, headOrder)
	}
	t := Text{
		WhatGoesWrong: join(sections[0].lines),
		Attack:        join(sections[1].lines),
		Spot:          join(sections[2].lines),
		Guard:         join(sections[4].lines),
		Probe:         join(sections[5].lines),
	}
	if t.Examples, err = parseExamples(name, sections[3]); err != nil {
		return Text{}, err
	}
	if t.Questions, err = parseQuestions(name, sections[6]); err != nil {
		return Text{}, err
	}
	if t.References, err = parseReferences(name, sections[7]); err != nil {
		return Text{}, err
	}
	return t, nil
}

// scanLines cuts src into lines and marks those of fenced blocks, so that a
// "#" comment in a code sample is never taken for a heading.
func scanLines(name, src string) ([]line, error) {
	var out []line
	open := 0
	for i, s := range strings.Split(strings.TrimSuffix(src, "\n"), "\n") {
		l := line{text: s, n: i + 1, code: open > 0}
		if strings.HasPrefix(s, "```") {
			l.code = true
			switch {
			case open > 0 && s == "```":
				open = 0
			case open > 0:
				return nil, fmt.Errorf("%s:%d: fence opened inside the block of line %d", name, l.n, open)
			case s == "```":
				return nil, fmt.Errorf("%s:%d: fence without a language", name, l.n)
			default:
				open = l.n
			}
		}
		out = append(out, l)
	}
	if open > 0 {
		return nil, fmt.Errorf("%s:%d: fence is never closed", name, open)
	}
	return out, nil
}

// split cuts lines at the headings that start with prefix. Lines before the
// first heading are returned apart.
func split(lines []line, prefix string) (intro []line, blocks []block) {
	for _, l := range lines {
		title, ok := strings.CutPrefix(l.text, prefix)
		switch {
		case ok && !l.code:
			blocks = append(blocks, block{title: title, n: l.n})
		case len(blocks) == 0:
			intro = append(intro, l)
		default:
			b := &blocks[len(blocks)-1]
			b.lines = append(b.lines, l)
		}
	}
	return intro, blocks
}

// join returns the text of lines without leading and trailing blank lines.
func join(lines []line) string {
	s := make([]string, len(lines))
	for i, l := range lines {
		s[i] = l.text
	}
	return strings.Trim(strings.Join(s, "\n"), "\n")
}

// parseExamples reads "### Language: Framework" blocks, each with one fence
// marked vulnerable and one marked fixed. What is not code is the note.
func parseExamples(name string, s block) ([]Example, error) {
	intro, blocks := split(s.lines, "### ")
	if join(intro) != "" || len(blocks) == 0 {
		return nil, fmt.Errorf("%s:%d: section %q wants ### headings of languages and nothing before them", name, s.n, s.title)
	}
	var out []Example
	for _, b := range blocks {
		var e Example
		e.Language, e.Framework, _ = strings.Cut(b.title, ": ")
		var note, code []line
		var target *string
		for _, l := range b.lines {
			switch {
			case !l.code:
				note = append(note, l)
			case target == nil: // an opening fence
				syntax, kind, _ := strings.Cut(strings.TrimPrefix(l.text, "```"), " ")
				target = map[string]*string{"vulnerable": &e.Vulnerable, "fixed": &e.Fixed}[kind]
				if target == nil || *target != "" {
					return nil, fmt.Errorf("%s:%d: want one fence marked vulnerable and one marked fixed", name, l.n)
				}
				if e.Syntax != "" && e.Syntax != syntax {
					return nil, fmt.Errorf("%s:%d: fence of %q in an example of %q", name, l.n, syntax, e.Syntax)
				}
				e.Syntax = syntax
			case l.text == "```": // the closing fence
				*target, code, target = join(code), nil, nil
			default:
				code = append(code, l)
			}
		}
		if e.Vulnerable == "" || e.Fixed == "" {
			return nil, fmt.Errorf("%s:%d: example %q wants a vulnerable and a fixed block", name, b.n, b.title)
		}
		e.Note = join(note)
		out = append(out, e)
	}
	return out, nil
}

// parseQuestions reads "### Question" headings with the answer below each.
func parseQuestions(name string, s block) ([]Question, error) {
	intro, blocks := split(s.lines, "### ")
	if join(intro) != "" || len(blocks) == 0 {
		return nil, fmt.Errorf("%s:%d: section %q wants ### headings of questions and nothing before them", name, s.n, s.title)
	}
	var out []Question
	for _, b := range blocks {
		q := Question{Question: b.title, Answer: join(b.lines)}
		if q.Answer == "" {
			return nil, fmt.Errorf("%s:%d: question without an answer", name, b.n)
		}
		out = append(out, q)
	}
	return out, nil
}

// referenceLine is "- [title](https://…)" or "- [title](https://…): note".
var referenceLine = regexp.MustCompile(`^- \[([^\]]+)\]\((https://[^()\s]+(?:\([^()\s]*\))?[^()\s]*)\)(?:: (.+))?$`)

// parseReferences reads one reference a line.
func parseReferences(name string, s block) ([]Reference, error) {
	var out []Reference
	for _, l := range s.lines {
		if l.text == "" {
			continue
		}
		m := referenceLine.FindStringSubmatch(l.text)
		if m == nil {
			return nil, fmt.Errorf("%s:%d: want a reference like - [title](https://…): note", name, l.n)
		}
		out = append(out, Reference{Title: m[1], URL: m[2], Note: m[3]})
	}
	return out, nil
}
