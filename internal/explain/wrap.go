package explain

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// item is the marker of a list item.
var item = regexp.MustCompile(`^(- |\d+\. )`)

// markdown writes the blocks of a Markdown text: paragraphs, list items and
// fenced code. That is all the catalogue uses.
func (p *page) markdown(s string) {
	var para []string
	indent, hang := "  ", "  "
	flush := func() {
		if len(para) > 0 {
			p.prose(strings.Join(para, " "), indent, hang)
		}
		para, indent, hang = nil, "  ", "  "
	}
	var fence []string
	inFence := false
	for _, l := range strings.Split(s, "\n") {
		switch {
		case strings.HasPrefix(l, "```"):
			if inFence {
				p.code(strings.Join(fence, "\n"))
			}
			flush()
			inFence, fence = !inFence, nil
		case inFence:
			fence = append(fence, l)
		case l == "":
			flush()
			p.raw("")
		default:
			if m := item.FindString(l); m != "" {
				flush()
				indent, hang = "  "+m, "  "+strings.Repeat(" ", len(m))
				l = l[len(m):]
			}
			para = append(para, strings.TrimSpace(l))
		}
	}
	flush()
}

// prose writes one paragraph wrapped to the page's width. The first line
// starts with indent, the others with hang.
func (p *page) prose(s, indent, hang string) {
	line, width := indent, utf8.RuneCountInString(indent)
	empty := true
	for _, w := range p.words(s) {
		if !empty && width+1+w.width > p.width {
			p.raw(line)
			line, width, empty = hang, utf8.RuneCountInString(hang), true
		}
		if !empty {
			line += " "
			width++
		}
		line += w.text
		width += w.width
		empty = false
	}
	p.raw(line)
}

// word is a piece of a paragraph that is not broken.
type word struct {
	text  string // with styles
	width int    // columns without them
}

// words cuts a paragraph at its spaces and styles code spans and bold text,
// which may span several words.
func (p *page) words(s string) []word {
	var out []word
	inCode, inBold := false, false
	for _, f := range strings.Fields(s) {
		var w word
		var run strings.Builder // text of one style
		emit := func() {
			text := run.String()
			run.Reset()
			if text == "" {
				return
			}
			w.width += utf8.RuneCountInString(text)
			switch {
			case inCode:
				text = p.style(cyan, text)
			case inBold:
				text = p.style(bold, text)
			}
			w.text += text
		}
		for i := 0; i < len(f); i++ {
			switch {
			case f[i] == '`':
				if !p.color { // without colour the backtick is what marks code
					run.WriteByte('`')
					inCode = !inCode
					continue
				}
				emit()
				inCode = !inCode
			case !inCode && strings.HasPrefix(f[i:], "**"):
				emit()
				inBold = !inBold
				i++
			default:
				run.WriteByte(f[i])
			}
		}
		emit()
		out = append(out, w)
	}
	return out
}
