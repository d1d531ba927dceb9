package wire

import "math/bits"

// The limits of RFC 1951 section 3.2, and the table sizes that follow from them:
// 852 and 592 entries are the most that two-level tables with 9 and 6 bits in the
// first level can need for 286 and 30 symbols of at most 15 bits.
const (
	maxCodeLength = 15
	litSymbols    = 288
	distSymbols   = 32
	litRoot       = 9
	distRoot      = 6
	litEntries    = 852
	distEntries   = 592

	endOfBlock = 256
)

// A table entry is a symbol and the length of its code in the lowest four bits; or
// a link to a second-level table: its place and the number of bits that choose in
// it. Zero stands for a code that does not exist.
const (
	entryLength = 0xF
	entryShift  = 4
	entryLink   = 1 << 31
	entryValue  = 0xFFFF
)

// huffman builds the decoding table of one alphabet. root is how many bits the
// first level takes.
type huffman struct {
	entries []uint32
	root    uint
}

// build fills the table for the code lengths and reports whether they make a code:
// complete, as RFC 1951 section 3.2.2 wants, or, where sparse is allowed (distances,
// section 3.2.7), a single code of one bit or none.
func (h huffman) build(lengths []uint8, sparse bool) bool {
	var count [maxCodeLength + 1]int
	for _, l := range lengths {
		count[l]++
	}
	used := len(lengths) - count[0]
	count[0] = 0
	clear(h.entries[:1<<h.root])
	if used == 0 {
		return sparse
	}
	left := 1
	for _, c := range count[1:] {
		left = left<<1 - c
		if left < 0 {
			return false
		}
	}
	if left > 0 && (!sparse || used != 1 || count[1] != 1) {
		return false
	}
	var sorted [litSymbols]uint16
	sortSymbols(lengths, &count, &sorted)
	return h.fill(lengths, &count, sorted[:used])
}

// sortSymbols orders the symbols that have a code by code length, then by value:
// the order in which RFC 1951 section 3.2.2 gives out codes.
func sortSymbols(lengths []uint8, count *[maxCodeLength + 1]int, sorted *[litSymbols]uint16) {
	var next [maxCodeLength + 2]int
	for l := 1; l <= maxCodeLength; l++ {
		next[l+1] = next[l] + count[l]
	}
	for s, l := range lengths {
		if l != 0 {
			sorted[next[l]] = uint16(s)
			next[l]++
		}
	}
}

// fill gives every symbol its code and enters it. count is used up on the way: what
// is left of it says how large a second-level table has to be.
func (h huffman) fill(lengths []uint8, count *[maxCodeLength + 1]int, sorted []uint16) bool {
	var (
		code   uint
		length = uint(lengths[sorted[0]])
		free   = 1 << h.root // the first entry behind the tables so far
		prefix = -1          // the first-level entry whose second level is being filled
		second []uint32
	)
	for _, s := range sorted {
		l := uint(lengths[s])
		code <<= l - length
		length = l
		reversed := uint(bits.Reverse16(uint16(code)) >> (16 - l))
		code++
		if l <= h.root {
			fillEvery(h.entries[:1<<h.root], reversed, 1<<l, uint32(s)<<entryShift|uint32(l))
			count[l]--
			continue
		}
		if p := int(reversed & (1<<h.root - 1)); p != prefix {
			prefix = p
			b := secondLevelBits(count, l, h.root)
			if free+1<<b > len(h.entries) {
				return false
			}
			second = h.entries[free : free+1<<b]
			clear(second)
			h.entries[p] = entryLink | uint32(free)<<entryShift | uint32(b)
			free += 1 << b
		}
		fillEvery(second, reversed>>h.root, 1<<(l-h.root), uint32(s)<<entryShift|uint32(l))
		count[l]--
	}
	return true
}

// secondLevelBits returns how many bits the second-level table needs whose first
// code has length l, when count codes of each length are still to be given out.
func secondLevelBits(count *[maxCodeLength + 1]int, l, root uint) uint {
	b := l - root
	left := 1 << b
	for b+root < maxCodeLength {
		left -= count[b+root]
		if left <= 0 {
			break
		}
		b++
		left <<= 1
	}
	return b
}

func fillEvery(entries []uint32, first, step uint, e uint32) {
	for i := first; i < uint(len(entries)); i += step {
		entries[i] = e
	}
}

// lookup returns the entry for the code at the start of v. Where v does not have all
// its bits yet, the entry's length says so: it is longer than what v has.
func (h huffman) lookup(v uint64) uint32 {
	e := h.entries[v&(1<<h.root-1)]
	if e&entryLink != 0 {
		at := e >> entryShift & entryValue
		e = h.entries[uint64(at)+v>>h.root&(1<<(e&entryLength)-1)]
	}
	return e
}

// The code of blocks with fixed Huffman codes (RFC 1951 section 3.2.6).
var fixedLit, fixedDist = fixedTables()

func fixedTables() (lit, dist huffman) {
	lengths := make([]uint8, litSymbols)
	for s := range lengths {
		switch {
		case s < 144:
			lengths[s] = 8
		case s < 256:
			lengths[s] = 9
		case s < 280:
			lengths[s] = 7
		default:
			lengths[s] = 8
		}
	}
	lit = huffman{entries: make([]uint32, litEntries), root: litRoot}
	lit.build(lengths, false)
	for s := range lengths {
		lengths[s] = 5
	}
	dist = huffman{entries: make([]uint32, distEntries), root: distRoot}
	dist.build(lengths[:distSymbols], false)
	return lit, dist
}
