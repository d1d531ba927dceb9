package report

import (
	"regexp"
	"strings"
)

// The prose of the catalogue is a small part of Markdown: paragraphs, flat
// lists, fenced blocks, code spans and bold words.

// A proseBlock is one block of it.
type proseBlock struct {
	Kind  proseKind
	Items []string // of a list; the single text of other kinds
}

type proseKind string

const (
	paragraph    proseKind = "paragraph"
	bulletList   proseKind = "bullets"
	numberedList proseKind = "numbers"
	codeBlock    proseKind = "code"
)

var listItem = regexp.MustCompile(`^(-|\d+\.) +`)

// parseProse cuts prose into blocks. Line breaks within a block become spaces,
// but those of code.
func parseProse(text string) []proseBlock {
	var out []proseBlock
	open := false // the last block goes on
	add := func(kind proseKind, item string) {
		if n := len(out); open && n > 0 && out[n-1].Kind == kind && kind != paragraph {
			out[n-1].Items = append(out[n-1].Items, item)
		} else {
			out = append(out, proseBlock{kind, []string{item}})
		}
		open = true
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch marker := listItem.FindString(line); {
		case strings.HasPrefix(line, "```"):
			start := i + 1
			for i++; i < len(lines) && lines[i] != "```"; i++ {
			}
			open = false
			add(codeBlock, strings.Join(lines[start:min(i, len(lines))], "\n"))
			open = false
		case strings.TrimSpace(line) == "":
			open = false
		case marker != "" && strings.HasPrefix(marker, "-"):
			add(bulletList, line[len(marker):])
		case marker != "":
			add(numberedList, line[len(marker):])
		case open:
			last := &out[len(out)-1]
			last.Items[len(last.Items)-1] += " " + strings.TrimSpace(line)
		default:
			add(paragraph, line)
		}
	}
	return out
}

// A proseSpan is a run of text in one style.
type proseSpan struct {
	Kind proseSpanKind
	Text string
}

type proseSpanKind string

const (
	plainSpan proseSpanKind = ""
	codeSpan  proseSpanKind = "code"
	boldSpan  proseSpanKind = "bold"
)

// A code span may be written with two backticks where it holds one.
var proseMark = regexp.MustCompile("``[ ]?(.+?)[ ]?``|`([^`]+)`|\\*\\*([^*]+)\\*\\*")

// parseSpans cuts the text of a paragraph or item into spans.
func parseSpans(text string) []proseSpan {
	var out []proseSpan
	for text != "" {
		m := proseMark.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		if m[0] > 0 {
			out = append(out, proseSpan{plainSpan, text[:m[0]]})
		}
		switch {
		case m[2] >= 0:
			out = append(out, proseSpan{codeSpan, text[m[2]:m[3]]})
		case m[4] >= 0:
			out = append(out, proseSpan{codeSpan, text[m[4]:m[5]]})
		default:
			out = append(out, proseSpan{boldSpan, text[m[6]:m[7]]})
		}
		text = text[m[1]:]
	}
	if text != "" {
		out = append(out, proseSpan{plainSpan, text})
	}
	return out
}
