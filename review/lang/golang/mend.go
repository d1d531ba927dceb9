package golang

import (
	"bytes"
	"regexp"
	"sort"

	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// mend parses a source that the grammar can't read once more, rewritten so that
// it reads more of it. It returns the better tree, and what was inserted into
// its source. There are two reasons to rewrite:
//
//   - Brackets that are left open, in half-written and cut-off code, cost the
//     parser the structure of everything behind them. They are closed.
//   - The grammar is older than new(x) for a value x. There new becomes an
//     ordinary name of the same length.
func mend(tree *syntax.Tree, parse lang.Parse) (*syntax.Tree, insertions) {
	m := mender{src: tree.Source}
	m.rewrite()
	if bytes.Equal(m.out, m.src) {
		return tree, nil
	}
	mended, err := parse(syntax.Go, m.out)
	if err != nil || unread(mended) >= unread(tree) {
		return tree, nil
	}
	return mended, m.inserted
}

// unread measures how much of a source could not be parsed.
func unread(tree *syntax.Tree) int {
	total, end := 0, uint32(0)
	for n := range tree.Root().Descendants() {
		switch {
		case n.Missing():
			total++
		case n.IsError() && n.End() > end:
			total += int(n.End() - max(n.Start(), end))
			end = n.End()
		}
	}
	return total
}

// Insertions say what was inserted into a source, in order.
type insertions []insertion

type insertion struct {
	start, end uint32 // in the new source
	before     uint32 // how much was inserted in front of it
}

// original returns where an offset of the new source is in the one before.
func (list insertions) original(offset uint32) uint32 {
	i := sort.Search(len(list), func(i int) bool { return list[i].start >= offset })
	if i == 0 {
		return offset
	}
	last := list[i-1]
	return last.start - last.before + offset - min(offset, last.end)
}

// A mender copies a source and rewrites it.
type mender struct {
	src      []byte
	copied   int // how much of src is in out
	out      []byte
	inserted insertions
	total    uint32   // length of what was inserted
	open     []byte   // the brackets that would close what is open
	count    [256]int // of each in open
}

// rewrite closes every bracket: in front of one that closes an outer bracket, of
// the declaration of a function, which is never inside brackets, and of the end.
func (m *mender) rewrite() {
	for i := 0; i < len(m.src); {
		if len(m.open) > 0 && startsFunction(m.src, i) {
			m.closeAll(i)
		}
		switch b := m.src[i]; b {
		case '(':
			m.push(')')
		case '[':
			m.push(']')
		case '{':
			m.push('}')
		case ')', ']', '}':
			m.pop(i, b)
		}
		end := skipToken(m.src, i)
		if isNewOfValue(m.src[i:end], m.src[end:]) {
			m.copyTo(i)
			m.out = append(m.out, "nEw"...)
			m.copied = end
		}
		i = end
	}
	m.closeAll(len(m.src))
	m.copyTo(len(m.src))
}

func (m *mender) push(b byte) {
	m.open = append(m.open, b)
	m.count[b]++
}

// pop takes the closing bracket b into account, which is at i. One that was
// never opened is left alone.
func (m *mender) pop(i int, b byte) {
	if m.count[b] == 0 {
		return
	}
	var missing []byte
	for {
		top := m.open[len(m.open)-1]
		m.open = m.open[:len(m.open)-1]
		m.count[top]--
		if top == b {
			break
		}
		missing = append(missing, top)
	}
	m.insert(i, missing)
}

// closeAll closes everything that is open, on a line of its own: a comment may
// stand in front of i, and a statement at it.
func (m *mender) closeAll(i int) {
	if len(m.open) == 0 {
		return
	}
	text := []byte{'\n'}
	for j := len(m.open) - 1; j >= 0; j-- {
		text = append(text, m.open[j])
		m.count[m.open[j]]--
	}
	m.open = m.open[:0]
	m.insert(i, append(text, '\n'))
}

func (m *mender) insert(i int, text []byte) {
	if len(text) == 0 {
		return
	}
	m.copyTo(i)
	start := uint32(len(m.out))
	m.out = append(m.out, text...)
	m.inserted = append(m.inserted, insertion{start: start, end: uint32(len(m.out)), before: m.total})
	m.total += uint32(len(text))
}

func (m *mender) copyTo(i int) {
	m.out = append(m.out, m.src[m.copied:i]...)
	m.copied = i
}

var functionStart = regexp.MustCompile(`^[ \t]*func[ \t]+([\pL_][\pL\d_]*[ \t]*[(\[]|\([^()\n]*\)[ \t]*[\pL_][\pL\d_]*[ \t]*\()`)

// startsFunction reports whether a line starts at i that declares a function.
func startsFunction(src []byte, i int) bool {
	return (i == 0 || src[i-1] == '\n') && functionStart.Match(src[i:])
}

// isNewOfValue reports whether a token is the new of a call whose argument may
// be a value. A name may; T and *T are read alike whether T is a type or not.
func isNewOfValue(token, rest []byte) bool {
	if string(token) != "new" || len(rest) == 0 || rest[0] != '(' {
		return false
	}
	argument := bytes.TrimLeft(rest[1:], " \t\r\n*")
	if len(argument) == 0 {
		return false
	}
	switch string(argument[:skipToken(argument, 0)]) {
	case "[", "map", "chan", "func", "struct", "interface":
		return false
	}
	return true
}
