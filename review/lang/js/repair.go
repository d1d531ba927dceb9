package js

import (
	"bytes"
	"strings"

	"github.com/wswarden/wswarden/review/syntax"
)

// surroundings are what snippets are cut out of, as text that makes them whole
// again: the members of a class, of an object, of a switch, and arguments.
var surroundings = []struct{ before, after string }{
	{"(class {", "\n})"},
	{"({", "\n})"},
	{"switch (_) {", "\n}"},
	{"_(", "\n)"},
}

// maxStray limits for how many brackets without their beginning one is made up.
const maxStray = 50

// maxSnippet limits what is taken for a snippet without surroundings.
const maxSnippet = 64 << 10

// repair tries to read a broken piece as what it was before something was put
// into it, or cut off it.
func (r *reader) repair(best *reading, src []byte) {
	if best.damage == 0 {
		return
	}
	language := best.tree.Language
	if blanked := blankTemplates(src); blanked != nil {
		before := best.damage
		if r.retry(best, language, blanked, "", ""); best.damage < before {
			src = blanked
		}
	}
	stray, open := unmatched(best.tree)
	if open != "" {
		r.retry(best, language, src, "", "\n"+closers(open))
	}
	if len(src) > maxSnippet || !brokenOutside(best.tree) {
		return
	}
	if before := inMethod(stray); before != "" && len(stray) <= maxStray {
		r.retry(best, language, src, before, "\n)")
	}
	for _, s := range surroundings {
		r.retry(best, language, src, s.before, s.after)
	}
}

// brokenOutside reports whether a broken place is outside of all statements.
func brokenOutside(tree *syntax.Tree) bool {
	root := tree.Root()
	if root.IsError() {
		return true
	}
	for c := range root.Children() {
		if c.IsError() {
			return true
		}
	}
	return false
}

// unmatched returns the brackets that close nothing, and those that nothing
// closes, each in the order of the source.
func unmatched(tree *syntax.Tree) (stray, open string) {
	var strays, opens []byte
	for n := range tree.Root().Descendants() {
		if n.Named() || n.Missing() {
			continue
		}
		switch kind := n.Kind(); kind {
		case "(", "[", "{":
			opens = append(opens, kind[0])
		case "${":
			opens = append(opens, '{')
		case ")", "]", "}":
			if i := bytes.LastIndexByte(opens, opening(kind[0])); i >= 0 {
				opens = opens[:i]
			} else {
				strays = append(strays, kind[0])
			}
		}
	}
	return string(strays), string(opens)
}

func opening(closing byte) byte {
	switch closing {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

// closers returns what closes open brackets.
func closers(open string) string {
	var b strings.Builder
	for i := len(open) - 1; i >= 0; i-- {
		switch open[i] {
		case '(':
			b.WriteByte(')')
		case '[':
			b.WriteByte(']')
		case '{':
			b.WriteByte('}')
		}
	}
	return b.String()
}

// inMethod returns the start of a class and a method, and of what else stray
// brackets end before they end those two.
func inMethod(stray string) string {
	inner := strings.TrimSuffix(stray, "}}")
	if inner == stray {
		return ""
	}
	var b strings.Builder
	b.WriteString("(class { _() {")
	for i := len(inner) - 1; i >= 0; i-- {
		switch {
		case inner[i] == ')':
			b.WriteString("_(")
		case inner[i] == ']':
			b.WriteString("[")
		case i+1 < len(inner) && inner[i+1] == ')':
			b.WriteString("() => {")
		default:
			b.WriteString("{")
		}
	}
	return b.String()
}

// delimiters are those of server-side templates.
var delimiters = []struct {
	start, end string
	value      bool // it writes a value; otherwise it is a statement or a comment
}{
	{"{{", "}}", true},
	{"{%", "%}", false},
	{"{#", "#}", false},
	{"<%=", "%>", true},
	{"<%-", "%>", true},
	{"<%", "%>", false},
	{"<?=", "?>", true},
	{"<?", "?>", false},
}

// blankTemplates replaces what a server fills in before a browser sees it:
// values by an identifier and statements by spaces, each of the same length. It
// returns nil if there is none.
func blankTemplates(src []byte) []byte {
	var out []byte
	for i := 0; i < len(src); {
		if src[i] != '{' && src[i] != '<' {
			i++
			continue
		}
		length, value := delimited(src[i:])
		if length == 0 {
			i++
			continue
		}
		if out == nil {
			out = bytes.Clone(src)
		}
		with := byte(' ')
		if value {
			with = '_'
		}
		for j := i; j < i+length; j++ {
			out[j] = with
		}
		i += length
	}
	return out
}

// maxDelimited limits how far the end of a template's tag is looked for.
const maxDelimited = 4 << 10

// delimited returns the length of the tag of a template at the start of src, or 0.
func delimited(src []byte) (length int, value bool) {
	for _, d := range delimiters {
		if !bytes.HasPrefix(src, []byte(d.start)) {
			continue
		}
		rest := src[len(d.start):min(len(src), maxDelimited)]
		if i := bytes.Index(rest, []byte(d.end)); i >= 0 {
			return len(d.start) + i + len(d.end), d.value
		}
		return 0, false
	}
	return 0, false
}
