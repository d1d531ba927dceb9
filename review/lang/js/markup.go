package js

import (
	"bytes"
	"strings"
)

// A span is a range of bytes of the source.
type span struct{ start, end int }

// An itemKind tells the items of markup apart.
type itemKind uint8

const (
	textItem itemKind = iota
	commentItem
	openItem
	closeItem
	braceItem // {…} of Svelte, without the braces
)

// An item is a piece of markup.
type item struct {
	kind       itemKind
	span       // the whole item; of braces, what is inside
	name       string
	attributes []attribute
	selfClosed bool
	content    span // what is between <script> and </script>; alike for style, textarea and title
}

// An attribute is an attribute of an element. Its value excludes quotes or braces.
type attribute struct {
	name     string
	span     // the whole attribute
	value    span
	hasValue bool
	braces   bool // name={value}; without name also {value}
}

// attribute returns the first attribute with one of the names, or nil.
func (i *item) attribute(names ...string) *attribute {
	for k := range i.attributes {
		for _, name := range names {
			if strings.EqualFold(i.attributes[k].name, name) {
				return &i.attributes[k]
			}
		}
	}
	return nil
}

// markup splits HTML, and what resembles it, into items. Like a browser it
// refuses nothing. It takes linear time.
type markup struct {
	src    []byte
	at     int
	braces bool // {…} is code
}

// next returns the next item, or false at the end.
func (m *markup) next() (item, bool) {
	if m.at >= len(m.src) {
		return item{}, false
	}
	switch c := m.src[m.at]; {
	case c == '<':
		if it, ok := m.angle(); ok {
			return it, true
		}
	case c == '{' && m.braces:
		if inner, ok := m.braced(m.at); ok {
			m.at = inner.end + 1
			return item{kind: braceItem, span: inner}, true
		}
	}
	return m.text(), true
}

// text reads at least one byte.
func (m *markup) text() item {
	start := m.at
	m.at++
	for m.at < len(m.src) && m.src[m.at] != '<' && (m.src[m.at] != '{' || !m.braces) {
		m.at++
	}
	return item{kind: textItem, span: span{start, m.at}}
}

// angle reads what starts with "<", unless that is text.
func (m *markup) angle() (item, bool) {
	rest := m.src[m.at:]
	if len(rest) < 2 {
		return item{}, false
	}
	switch c := rest[1]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return m.comment("-->"), true
	case c == '%':
		return m.comment("%>"), true
	case c == '?':
		return m.comment("?>"), true
	case c == '!':
		return m.comment(">"), true
	case c == '/' && len(rest) > 2 && isLetter(rest[2]):
		return m.tag(closeItem, 2), true
	case isLetter(c):
		return m.tag(openItem, 1), true
	}
	return item{}, false
}

// comment reads up to an end, or everything if there is none.
func (m *markup) comment(end string) item {
	start := m.at
	if i := bytes.Index(m.src[m.at:], []byte(end)); i >= 0 {
		m.at += i + len(end)
	} else {
		m.at = len(m.src)
	}
	return item{kind: commentItem, span: span{start, m.at}}
}

func (m *markup) tag(kind itemKind, nameAt int) item {
	it := item{kind: kind}
	it.start = m.at
	m.at += nameAt
	it.name = string(m.word(" \t\r\n\f/>"))
	for {
		m.skip(" \t\r\n\f/")
		if m.at >= len(m.src) {
			break
		}
		if m.src[m.at] == '>' {
			it.selfClosed = m.src[m.at-1] == '/'
			m.at++
			break
		}
		it.attributes = append(it.attributes, m.readAttribute())
	}
	it.end = m.at
	if kind == openItem && !it.selfClosed && isRaw(it.name) {
		it.content = m.raw(it.name)
	}
	return it
}

// isRaw reports whether an element holds text alone.
func isRaw(name string) bool {
	switch strings.ToLower(name) {
	case "script", "style", "textarea", "title":
		return true
	}
	return false
}

// raw reads up to the end tag of an element that holds text alone.
func (m *markup) raw(name string) span {
	start := m.at
	for m.at < len(m.src) {
		i := bytes.Index(m.src[m.at:], []byte("</"))
		if i < 0 {
			break
		}
		m.at += i
		if after := m.src[m.at+2:]; len(after) >= len(name) && strings.EqualFold(string(after[:len(name)]), name) {
			return span{start, m.at}
		}
		m.at += 2
	}
	m.at = len(m.src)
	return span{start, m.at}
}

// readAttribute reads at least one byte, which is no white space and not ">".
func (m *markup) readAttribute() attribute {
	a := attribute{}
	a.start = m.at
	if m.braces && m.src[m.at] == '{' {
		if inner, ok := m.braced(m.at); ok {
			m.at = inner.end + 1
			a.value, a.end, a.braces, a.hasValue = inner, m.at, true, true
			return a
		}
	}
	m.at++
	m.word(" \t\r\n\f/>=")
	a.name = string(m.src[a.start:m.at])
	a.end = m.at
	m.skip(" \t\r\n\f")
	if m.at >= len(m.src) || m.src[m.at] != '=' {
		return a
	}
	m.at++
	m.skip(" \t\r\n\f")
	a.hasValue = true
	a.value, a.braces = m.value()
	a.end = m.at
	return a
}

// value reads the value of an attribute.
func (m *markup) value() (value span, braces bool) {
	if m.at >= len(m.src) {
		return span{m.at, m.at}, false
	}
	switch c := m.src[m.at]; {
	case c == '"' || c == '\'':
		start := m.at + 1
		end := len(m.src)
		if i := bytes.IndexByte(m.src[start:], c); i >= 0 {
			end = start + i
		}
		m.at = min(end+1, len(m.src))
		return span{start, end}, false
	case c == '{' && m.braces:
		if inner, ok := m.braced(m.at); ok {
			m.at = inner.end + 1
			return inner, true
		}
	}
	start := m.at
	m.word(" \t\r\n\f>")
	return span{start, m.at}, false
}

// word reads bytes up to one of stop.
func (m *markup) word(stop string) []byte {
	start := m.at
	for m.at < len(m.src) && strings.IndexByte(stop, m.src[m.at]) < 0 {
		m.at++
	}
	return m.src[start:m.at]
}

func (m *markup) skip(set string) {
	for m.at < len(m.src) && strings.IndexByte(set, m.src[m.at]) >= 0 {
		m.at++
	}
}

// braced returns what is inside the braces that open at a place. If nothing
// closes them, braces are text from then on: to look for their end again and
// again would take quadratic time.
func (m *markup) braced(at int) (span, bool) {
	end, ok := closing(m.src, at)
	if !ok {
		m.braces = false
		return span{}, false
	}
	return span{at + 1, end}, true
}

// closing finds the brace that closes the one at a place, past those in strings
// and comments.
func closing(src []byte, at int) (int, bool) {
	depth := 0
	for i := at; i < len(src); i++ {
		switch c := src[i]; c {
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i, true
			}
		case '\\':
			i++
		case '"', '\'', '`':
			i = skipString(src, i)
		case '/':
			if i+1 < len(src) && src[i+1] == '*' {
				length := bytes.Index(src[i+2:], []byte("*/"))
				if length < 0 {
					return 0, false
				}
				i += len("/*") + length + 1
			}
		}
	}
	return 0, false
}

// skipString returns where the string that starts at i ends, or i if that is a
// lone quote.
func skipString(src []byte, i int) int {
	for j := i + 1; j < len(src); j++ {
		switch c := src[j]; {
		case c == src[i]:
			return j
		case c == '\\':
			j++
		case c == '\n' && src[i] != '`':
			return i
		}
	}
	return i
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
