package python

import (
	"bytes"
	"slices"
	"sort"
)

// A repaired source can be parsed, and its offsets mapped to the original.
type repaired struct {
	text     []byte
	offsets  offsets
	finished int // statements that got their colon
}

// repair returns src without what notebooks have between their statements, with
// the colons that unfinished statements lack, and with the indentation that
// slipped, or that listings lose when they are copied from pages. The result is
// false if there is nothing to repair.
func repair(src []byte) (repaired, bool) {
	lines := logicalLines(src)
	r := repaired{text: bytes.Clone(src)}
	blanked := blankMagics(r.text, lines)
	r.finished = finishHeaders(lines)
	flat := flatColumns(lines)
	if r.finished == 0 && len(flat) == 0 && !isRagged(lines) {
		return r, blanked
	}
	re := reindenter{src: r.text, lines: lines, flat: flat}
	r.text, r.offsets = re.rewrite()
	return r, true
}

// blankMagics overwrites lines such as "%matplotlib inline" and "!ls" with
// spaces.
func blankMagics(text []byte, lines []line) bool {
	changed := false
	for _, ln := range lines {
		if c := text[ln.content]; c != '%' && c != '!' && c != '?' {
			continue
		}
		changed = true
		for i := ln.content; i < ln.end; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return changed
}

// finishHeaders makes headers of lines that begin a block, for one is indented
// below them, but end before their colon. It returns their number.
func finishHeaders(lines []line) int {
	finished := 0
	for i := range lines[:max(len(lines)-1, 0)] {
		ln := &lines[i]
		if !ln.header && isCompound(ln.word) && ln.word != "match" && ln.word != "case" && lines[i+1].indent > ln.indent {
			ln.header, ln.unfinished = true, true
			finished++
		}
	}
	return finished
}

// isRagged reports whether a line is indented less than the one before it, but
// like none of the blocks that it could go back to.
func isRagged(lines []line) bool {
	var columns []int
	for _, ln := range lines {
		n := len(columns)
		for n > 0 && columns[n-1] > ln.indent {
			n--
		}
		if n > 0 && n < len(columns) && columns[n-1] < ln.indent {
			return true
		}
		if columns = columns[:n]; n == 0 || columns[n-1] < ln.indent {
			columns = append(columns, ln.indent)
		}
	}
	return false
}

// flatColumns returns the columns at which blocks lost their indentation: lines
// that begin a block are followed by one that is not indented deeper, and there
// is no such line of the column whose block is. If there is one, the others are
// not flat but unfinished.
func flatColumns(lines []line) map[int]bool {
	flat := make(map[int]bool)
	for i, ln := range lines[:max(len(lines)-1, 0)] {
		if ln.header && lines[i+1].indent == ln.indent && !ln.remarked {
			flat[ln.indent] = true
		}
	}
	for i, ln := range lines[:max(len(lines)-1, 0)] {
		if ln.header && lines[i+1].indent > ln.indent {
			delete(flat, ln.indent)
		}
	}
	return flat
}

// offsets maps offsets of a text whose indentation was changed to those of the
// original. The zero value maps every offset to itself.
type offsets struct {
	changed, originals []uint32 // where the text of each line begins
}

func (o offsets) original(offset uint32) uint32 {
	i := sort.Search(len(o.changed), func(i int) bool { return o.changed[i] > offset })
	if i > 0 {
		offset = offset - o.changed[i-1] + o.originals[i-1]
	}
	if i < len(o.originals) {
		offset = min(offset, o.originals[i]) // inside new indentation
	}
	return offset
}

// A reindenter writes lines anew with the indentation of the blocks that they are
// in. Where that was lost it guesses, in the way in which a human reads them. In the columns that are flat
//
//   - a block has the lines up to the one that leaves it: return, raise, break
//     or continue;
//   - the blocks of if, else and except also end at a blank line, which loops and
//     functions are read across;
//   - a return or raise that no condition guards is behind a loop, not in it;
//   - else, except and the like go back to the innermost statement that they fit;
//   - def, class and decorators begin what stands beside the function before
//     them, in the class around it if there is a self or cls.
type reindenter struct {
	src   []byte
	lines []line
	flat  map[int]bool
	open  []openBlock
}

type openBlock struct {
	indent int    // of its header
	word   string // of its header
	flat   bool   // its lines are in the column of its header
	empty  bool   // no line yet
	left   bool   // its last line leaves it
}

// maxFlatDepth limits the blocks in blocks, whose guesses mean ever less.
const maxFlatDepth = 40

func (r *reindenter) rewrite() ([]byte, offsets) {
	var o offsets
	var text []byte
	copied := uint32(0)
	for i, ln := range r.lines {
		depth := r.place(i)
		text = append(text, r.src[copied:ln.start]...)
		text = append(text, bytes.Repeat([]byte{' '}, depth)...)
		o.changed = append(o.changed, uint32(len(text)))
		o.originals = append(o.originals, ln.content)
		text = append(text, r.src[ln.content:ln.end]...)
		if ln.unfinished {
			slices.Reverse(ln.closers)
			text = append(append(text, ln.closers...), ':')
		}
		copied = ln.end
	}
	return append(text, r.src[copied:]...), o
}

// place returns the number of blocks around a line, and opens the one that the
// line begins.
func (r *reindenter) place(i int) int {
	ln := r.lines[i]
	r.closeByIndent(ln)
	switch {
	case r.group(ln) == len(r.open):
	case isClause(ln.word):
		r.closeForClause(ln)
	case ln.word == "def" || ln.word == "class" || ln.word == "@":
		r.closeForDefinition(i)
	default:
		r.closeForStatement(ln)
	}
	depth := len(r.open)
	if depth > 0 {
		top := &r.open[depth-1]
		top.empty = false
		top.left = top.flat && leaves(ln.word)
	}
	r.openFor(i)
	return depth
}

func leaves(word string) bool {
	switch word {
	case "return", "raise", "break", "continue":
		return true
	}
	return false
}

func (r *reindenter) openFor(i int) {
	ln := r.lines[i]
	if !ln.header || len(r.open) >= maxFlatDepth {
		return
	}
	flat := r.flat[ln.indent]
	if !flat && i+1 < len(r.lines) && r.lines[i+1].indent <= ln.indent {
		return // unfinished
	}
	r.open = append(r.open, openBlock{indent: ln.indent, word: ln.word, flat: flat, empty: true})
}

// closeByIndent closes what a line can't be in because it is not indented enough.
func (r *reindenter) closeByIndent(ln line) {
	n := len(r.open)
	for n > 0 && (ln.indent < r.open[n-1].indent || ln.indent == r.open[n-1].indent && !r.open[n-1].flat) {
		n--
	}
	r.open = r.open[:n]
}

// group returns the index of the outermost block that a line may or may not be
// in as far as indentation goes; those above are in the same column.
func (r *reindenter) group(ln line) int {
	n := len(r.open)
	for n > 0 && r.open[n-1].flat && r.open[n-1].indent == ln.indent {
		n--
	}
	return n
}

func (r *reindenter) closeForClause(ln line) {
	for i := len(r.open) - 1; i >= r.group(ln); i-- {
		if continues(r.open[i].word, ln.word) {
			r.open = r.open[:i]
			return
		}
	}
}

// continues reports whether a clause can follow a block that begins with header.
func continues(header, clause string) bool {
	switch clause {
	case "elif":
		return header == "if" || header == "elif"
	case "else":
		switch header {
		case "if", "elif", "for", "while", "except":
			return true
		}
		return false
	case "except":
		return header == "try" || header == "except"
	}
	return header == "try" || header == "except" || header == "else"
}

func (r *reindenter) closeForDefinition(i int) {
	ln := r.lines[i]
	if r.open[len(r.open)-1].empty {
		return
	}
	keepClass := ln.word != "class" && r.takesReceiver(i)
	for j := r.group(ln); j < len(r.open); j++ {
		switch r.open[j].word {
		case "class":
			if !keepClass {
				r.open = r.open[:j]
				return
			}
		case "def":
			r.open = r.open[:j]
			return
		}
	}
	if !keepClass {
		r.closeForStatement(ln)
	}
}

// takesReceiver reports whether the function that line i or the lines behind its
// decorators define is a method.
func (r *reindenter) takesReceiver(i int) bool {
	for i+1 < len(r.lines) && r.lines[i].word == "@" {
		i++
	}
	text := r.src[r.lines[i].content:r.lines[i].end]
	open := bytes.IndexByte(text, '(')
	if r.lines[i].word != "def" || open < 0 {
		return false
	}
	first := bytes.TrimSpace(text[open+1:])
	return bytes.HasPrefix(first, []byte("self")) || bytes.HasPrefix(first, []byte("cls"))
}

func (r *reindenter) closeForStatement(ln line) {
	n, group := len(r.open), r.group(ln)
	for n > group && r.open[n-1].left {
		n--
	}
	for ln.blank && n > group && !r.open[n-1].empty && endsAtBlank(r.open[n-1].word) {
		n--
	}
	for (ln.word == "return" || ln.word == "raise") && n > group && isLoop(r.open[n-1]) {
		n--
	}
	r.open = r.open[:n]
}

// isLoop tells loops in which something goes round before a line leaves them.
func isLoop(b openBlock) bool { return !b.empty && (b.word == "for" || b.word == "while") }

func endsAtBlank(header string) bool {
	switch header {
	case "if", "elif", "else", "except", "finally", "case":
		return true
	}
	return false
}
