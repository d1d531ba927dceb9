package python

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A line is a logical line: a physical one with those that brackets, strings and
// backslashes join to it. Blank lines and those of comments are none.
type line struct {
	start, content, end uint32 // of the physical line, of its text, behind its text
	indent              int    // in columns
	word                string // the first word: "def" also for async def, "@" for a decorator
	header              bool   // begins a block: a compound statement that ends with its colon
	blank               bool   // a blank line is before it
	remarked            bool   // a comment that is indented deeper follows
	closers             []byte // the closing brackets that it lacks, outermost first
	unfinished          bool   // a header without its colon
}

const tabWidth = 8

// logicalLines splits a source. It knows no more of Python than it takes to find
// where lines end, so that it works on what no parser reads. A line with brackets
// or a string that are never closed ends with its physical line.
func logicalLines(src []byte) []line {
	s := splitter{src: src}
	s.split()
	if s.suspects > 0 {
		// Quotes of which one is missing turn code and strings around, up to
		// the end of the file. That is so if it helps to think so.
		w := splitter{src: src, wary: true}
		if w.split(); w.suspects <= s.suspects {
			return w.lines
		}
	}
	return s.lines
}

// A splitter makes lines of a source.
type splitter struct {
	src  []byte
	wary bool // a string in triple quotes has no statements in it
	// suspects are the strings in triple quotes that have statements in them, or
	// no end.
	suspects int
	lines    []line
}

// maxRescan limits how often, on average, a byte is looked at because something
// before it was never closed.
const maxRescan = 8

func (s *splitter) split() {
	budget := maxRescan * len(s.src)
	blank := false
	for start := 0; ; {
		content, indent := indentation(s.src, start)
		if content == len(s.src) {
			return
		}
		switch s.src[content] {
		case '\n', '\r':
			blank = true
			start = content + 1
			continue
		case '#':
			if n := len(s.lines); n > 0 && indent > s.lines[n-1].indent {
				s.lines[n-1].remarked = true
			}
			start = physicalEnd(s.src, content)
			continue
		}
		scan := lineScanner{src: s.src, indent: indent, wary: s.wary}
		end := scan.scan(content)
		s.suspects += scan.suspects
		if scan.open() && budget > 0 {
			budget -= end - content
			scan = lineScanner{src: s.src, indent: indent, physical: true}
			end = scan.scan(content)
		}
		ln := line{start: uint32(start), content: uint32(content), end: uint32(end), indent: indent, blank: blank}
		ln.closers = scan.closers
		ln.word = firstWord(s.src[content:end])
		ln.header = scan.last == ':' && isCompound(ln.word)
		s.lines = append(s.lines, ln)
		blank = false
		start = skipLineEnd(s.src, end)
	}
}

func skipLineEnd(src []byte, i int) int {
	if i < len(src) && src[i] == '\r' {
		i++
	}
	if i < len(src) && src[i] == '\n' {
		i++
	}
	return i
}

func indentation(src []byte, i int) (content, indent int) {
	for ; i < len(src); i++ {
		switch src[i] {
		case ' ':
			indent++
		case '\t':
			indent += tabWidth - indent%tabWidth
		case '\f':
			indent = 0
		default:
			if bytes.HasPrefix(src[i:], []byte("\ufeff")) {
				i += len("\ufeff") - 1
				continue
			}
			return i, indent
		}
	}
	return i, indent
}

// physicalEnd returns the offset of the next physical line.
func physicalEnd(src []byte, i int) int {
	if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(src)
}

// firstWord returns the word that decides what a line is. The words match, case
// and type are names elsewhere, but then their line doesn't end with a colon.
func firstWord(text []byte) string {
	if text[0] == '@' {
		return "@"
	}
	word := leadingWord(text)
	if word == "async" {
		if next := leadingWord(bytes.TrimLeft(text[len(word):], " \t")); next != "" {
			return next
		}
	}
	return word
}

// leadingWord returns the word at the start of text if it could be a keyword.
func leadingWord(text []byte) string {
	end := bytes.IndexFunc(text, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		end = len(text)
	}
	if next, _ := utf8.DecodeRune(text[end:]); end < len(text) && (next == '_' || unicode.IsLetter(next) || unicode.IsDigit(next)) {
		return ""
	}
	return string(text[:end])
}

func isCompound(word string) bool {
	switch word {
	case "if", "for", "while", "with", "try", "def", "class", "match", "case":
		return true
	}
	return isClause(word)
}

// isClause reports whether a line that starts with word goes on with the
// statement before it.
func isClause(word string) bool {
	switch word {
	case "elif", "else", "except", "finally":
		return true
	}
	return false
}

// A lineScanner finds the end of a logical line.
type lineScanner struct {
	src      []byte
	indent   int
	wary     bool   // a string in triple quotes has no statements in it
	physical bool   // the line ends where the physical line does
	closers  []byte // the brackets that are to come, innermost last
	endless  bool   // a string in triple quotes is not closed
	suspects int    // see splitter
	last     byte   // the last byte that is neither space nor comment
}

// open reports whether something was not closed.
func (s *lineScanner) open() bool { return len(s.closers) > 0 || s.endless }

func (s *lineScanner) scan(i int) int {
	for i < len(s.src) {
		c := s.src[i]
		switch c {
		case '\n':
			if s.physical || len(s.closers) == 0 || s.startsAnew(i+1) {
				if s.src[i-1] == '\r' {
					i--
				}
				return i
			}
		case '#':
			if i = physicalEnd(s.src, i); s.src[i-1] == '\n' {
				i-- // which ends the line or doesn't
			}
			continue
		case '\\':
			if i++; i < len(s.src) && s.src[i] == '\r' {
				i++
			}
			i++
			continue
		case '\'', '"':
			i = s.skipString(i)
			s.last = c
			continue
		case '(', '[', '{':
			s.closers = append(s.closers, closerOf[c])
		case ')', ']', '}':
			if n := len(s.closers); n > 0 {
				s.closers = s.closers[:n-1]
			}
		}
		if c > ' ' {
			s.last = c
		}
		i++
	}
	return len(s.src)
}

var closerOf = map[byte]byte{'(': ')', '[': ']', '{': '}'}

// skipString returns the offset behind the string that begins at i.
func (s *lineScanner) skipString(i int) int {
	quote := s.src[i : i+1]
	if triple := bytes.Repeat(quote, 3); bytes.HasPrefix(s.src[i:], triple) {
		quote = triple
	}
	suspect := false
	for i += len(quote); i < len(s.src); i++ {
		switch {
		case s.src[i] == '\\':
			i++
		case s.src[i] == '\n' && (len(quote) == 1 || s.physical):
			return i // unterminated
		case s.src[i] == '\n' && !suspect && s.startsAnew(i+1):
			suspect = true
			s.suspects++
			if s.wary {
				s.endless = true
				return i
			}
		case bytes.HasPrefix(s.src[i:], quote):
			return i + len(quote)
		}
	}
	if s.endless = true; !suspect {
		s.suspects++
	}
	return len(s.src)
}

// startsAnew reports whether the physical line at i begins a statement although
// a bracket is open, which then was never closed: it is not indented deeper, and
// its first word can't be part of an expression.
func (s *lineScanner) startsAnew(i int) bool {
	content, indent := indentation(s.src, i)
	if indent > s.indent || content == len(s.src) {
		return false
	}
	text := s.src[content:physicalEnd(s.src, content)]
	switch word := firstWord(text); word {
	case "def", "class", "import", "return", "try", "while", "raise", "pass", "break", "continue", "del", "assert", "global", "with":
		return true
	case "from":
		return bytes.Contains(text, []byte(" import "))
	case "@":
		return len(text) > 1 && !strings.ContainsRune(" \t=\r\n", rune(text[1]))
	}
	return false
}
