// Package linemap tells where the lines of one version of a file stand in
// another. It compares lines as a whole with a patience diff; it does not know
// functions, renames or any language.
package linemap

import (
	"bytes"
	"slices"
)

// A Map is the correspondence of the lines of two versions of a file.
type Map struct {
	to    []int // to[i] is the line of the second version that equals line i+1 of the first, or 0
	lines int   // of the second version
}

// New compares two versions of a file.
func New(a, b []byte) *Map {
	d := differ{ids: map[string]int{}}
	d.a, d.b = d.number(a), d.number(b)
	m := &Map{to: make([]int, len(d.a)), lines: len(d.b)}
	d.match = func(i, j int) { m.to[i] = j + 1 }
	d.compare(0, len(d.a), 0, len(d.b))
	return m
}

// Span gives where lines first to last of the first version are in the second.
// Lines that were replaced are where their replacement is; lines that were
// deleted are the two lines around the gap. The second version has lines, and
// first is at least 1 and not after last; whatever lies behind the end counts
// as the last line.
func (m *Map) Span(first, last int) (int, int) {
	if len(m.to) == 0 || m.lines == 0 {
		return 1, 1
	}
	first, last = min(first, len(m.to)), min(last, len(m.to))
	lo, hi := m.start(first), m.end(last)
	if lo > hi { // nothing is left between two kept lines
		lo, hi = hi, lo
	}
	return min(max(lo, 1), m.lines), min(max(hi, 1), m.lines)
}

// start is where the first line of a span begins: at its own counterpart, or
// right after that of the last line kept before it.
func (m *Map) start(line int) int {
	if m.to[line-1] > 0 {
		return m.to[line-1]
	}
	for i := line - 1; i > 0; i-- {
		if m.to[i-1] > 0 {
			return m.to[i-1] + 1
		}
	}
	return 1
}

// end is where the last line of a span ends.
func (m *Map) end(line int) int {
	if m.to[line-1] > 0 {
		return m.to[line-1]
	}
	for i := line + 1; i <= len(m.to); i++ {
		if m.to[i-1] > 0 {
			return m.to[i-1] - 1
		}
	}
	return m.lines
}

// smallBlock is the product of lengths up to which a block without unique
// lines is compared line by line; beyond it the block counts as replaced.
const smallBlock = 1 << 20

type differ struct {
	ids   map[string]int // text of a line to its number
	a, b  []int          // the files as numbers of lines
	match func(i, j int) // called with the indexes of lines that correspond
}

func (d *differ) number(text []byte) []int {
	var out []int
	for line := range bytes.Lines(text) {
		key := string(bytes.TrimRight(line, "\r\n"))
		n, ok := d.ids[key]
		if !ok {
			n = len(d.ids)
			d.ids[key] = n
		}
		out = append(out, n)
	}
	return out
}

// compare matches lines of a[a0:a1] with lines of b[b0:b1]: what both begin
// and end with, then around lines that stand once in each.
func (d *differ) compare(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		d.match(a0, b0)
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1 = a1-1, b1-1
		d.match(a1, b1)
	}
	if a0 == a1 || b0 == b1 {
		return
	}
	anchors := d.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 {
		if (a1-a0)*(b1-b0) <= smallBlock {
			d.longest(a0, a1, b0, b1)
		}
		return
	}
	for _, p := range anchors {
		d.compare(a0, p.i, b0, p.j)
		d.match(p.i, p.j)
		a0, b0 = p.i+1, p.j+1
	}
	d.compare(a0, a1, b0, b1)
}

// pair is a line of a and the equal line of b.
type pair struct{ i, j int }

// anchors are the lines that stand once in either block, as many of them as
// keep their order.
func (d *differ) anchors(a0, a1, b0, b1 int) []pair {
	type count struct{ inA, inB, i, j int }
	counts := map[int]*count{}
	at := func(n int) *count {
		c := counts[n]
		if c == nil {
			c = &count{}
			counts[n] = c
		}
		return c
	}
	for i := a0; i < a1; i++ {
		c := at(d.a[i])
		c.inA, c.i = c.inA+1, i
	}
	for j := b0; j < b1; j++ {
		c := at(d.b[j])
		c.inB, c.j = c.inB+1, j
	}
	var unique []pair
	for i := a0; i < a1; i++ {
		if c := counts[d.a[i]]; c.inA == 1 && c.inB == 1 {
			unique = append(unique, pair{c.i, c.j})
		}
	}
	return increasing(unique)
}

// increasing is a longest run of pairs whose j rises, by patience sorting.
// The pairs come with i rising.
func increasing(pairs []pair) []pair {
	var tops []int // index of the pair on top of each pile
	before := make([]int, len(pairs))
	for k, p := range pairs {
		pile, _ := slices.BinarySearchFunc(tops, p.j, func(top, j int) int { return pairs[top].j - j })
		before[k] = -1
		if pile > 0 {
			before[k] = tops[pile-1]
		}
		if pile == len(tops) {
			tops = append(tops, k)
		} else {
			tops[pile] = k
		}
	}
	if len(tops) == 0 {
		return nil
	}
	out := make([]pair, len(tops))
	for k, n := tops[len(tops)-1], len(tops)-1; n >= 0; k, n = before[k], n-1 {
		out[n] = pairs[k]
	}
	return out
}

// longest matches a longest common subsequence of two small blocks.
func (d *differ) longest(a0, a1, b0, b1 int) {
	wide := b1 - b0 + 1
	// best[i*wide+j] is the length for a[a0+i:a1] and b[b0+j:b1].
	best := make([]int32, (a1-a0+1)*wide)
	for i := a1 - a0 - 1; i >= 0; i-- {
		for j := b1 - b0 - 1; j >= 0; j-- {
			if d.a[a0+i] == d.b[b0+j] {
				best[i*wide+j] = best[(i+1)*wide+j+1] + 1
			} else {
				best[i*wide+j] = max(best[(i+1)*wide+j], best[i*wide+j+1])
			}
		}
	}
	for i, j := 0, 0; i < a1-a0 && j < b1-b0; {
		switch {
		case d.a[a0+i] == d.b[b0+j]:
			d.match(a0+i, b0+j)
			i, j = i+1, j+1
		case best[(i+1)*wide+j] >= best[i*wide+j+1]:
			i++
		default:
			j++
		}
	}
}
