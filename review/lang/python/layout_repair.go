package python

import (
	"bytes"
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
