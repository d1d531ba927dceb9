package python

import (
	"bytes"
	"slices"
)

// A reindenter writes lines anew with the indentation of the blocks that they are
// in. Where that was lost it guesses, in the way in which a human reads them. In the columns that are flat
//
//   - a block has the lines up to the one that leaves it: return, raise, break
//     or continue;
//   - the blocks of if, else and except also end at a blank line, which loops and
//     functions are read across;
//   - a return or raise that no condition guards is behind a loop, not in it;
//   - else, except, case and the like go back to the innermost statement that they
//     fit;
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
	case isClause(ln.word) || ln.word == "case" && ln.header:
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
	case "case":
		return header == "case"
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

// takesReceiver reports whether the function that line i is the head of, or a
// decorator, is a method, as far as its parameters and decorators tell.
func (r *reindenter) takesReceiver(i int) bool {
	const maxDecorators = 8
	first := i
	for first > max(i-maxDecorators, 0) && r.lines[first-1].word == "@" {
		first--
	}
	for _, ln := range r.lines[first:min(i+maxDecorators, len(r.lines))] {
		text := r.src[ln.content:ln.end]
		switch ln.word {
		case "@":
			if bytes.HasPrefix(text, []byte("@staticmethod")) {
				return true
			}
		case "def":
			_, params, _ := bytes.Cut(text, []byte("("))
			params = bytes.TrimSpace(params)
			return bytes.HasPrefix(params, []byte("self")) || bytes.HasPrefix(params, []byte("cls"))
		default:
			return false
		}
	}
	return false
}

func (r *reindenter) closeForStatement(ln line) {
	n, group := len(r.open), r.group(ln)
	for n > group && r.open[n-1].left {
		n--
	}
	for ln.blank && n > group && !r.open[n-1].empty && endsAtBlank(r.open[n-1].word) {
		n--
	}
	for n > group && r.open[n-1].word == "match" {
		n-- // which has cases alone
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
