package wire_test

import (
	"slices"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// bitWriter writes DEFLATE by hand.
type bitWriter struct {
	out  []byte
	n    uint
	bits uint
}

func (w *bitWriter) add(v, n uint) {
	for i := range n {
		w.bits |= (v >> i & 1) << w.n
		if w.n++; w.n == 8 {
			w.out = append(w.out, byte(w.bits))
			w.bits, w.n = 0, 0
		}
	}
}

func (w *bitWriter) code(v, n uint) {
	for i := range n {
		w.add(v>>(n-1-i)&1, 1)
	}
}

func (w *bitWriter) String() string { return string(append(w.out, byte(w.bits))) }

// fixedBits is a fixed block of an "x" and a symbol for a match, without extra bits.
func fixedBits(symbol uint, distance ...uint) string {
	var w bitWriter
	w.add(0b010, 3)
	w.code(0x30+'x', 8)
	if symbol >= 280 {
		w.code(0xC0+symbol-280, 8)
	} else {
		w.code(symbol-256, 7)
	}
	for _, d := range distance {
		w.code(d, 5)
	}
	return w.String()
}

// dynamicBlock is a block with codes of its own (RFC 1951 section 3.2.7), written by hand
// so that it can be wrong.
type dynamicBlock struct {
	cl        []uint8 // lengths of the code length code, by symbol; nil: a complete one
	lit, dist []uint8 // code lengths, by symbol
	repeat    []uint  // written in place of lit and dist: symbol, extra bits, their number; ...
	symbols   []uint8 // literals, then the end of block, unless noEnd
	match     bool    // a match of the first length and distance symbols before the end
	noEnd     bool
}

// completeCL gives every one of the 19 symbols a code.
func completeCL() []uint8 {
	return slices.Concat(slices.Repeat([]uint8{4}, 13), slices.Repeat([]uint8{5}, 6))
}

// codes gives out codes by length and symbol (RFC 1951 section 3.2.2).
func codes(lengths []uint8) []uint {
	out := make([]uint, len(lengths))
	code := uint(0)
	for l := uint8(1); l <= 15; l++ {
		for s := range lengths {
			if lengths[s] == l {
				out[s] = code
				code++
			}
		}
		code <<= 1
	}
	return out
}

// message returns the block as a compressed message.
func (d dynamicBlock) message() string {
	var w bitWriter
	if d.cl == nil {
		d.cl = completeCL()
	}
	w.add(0b100, 3)
	w.add(uint(len(d.lit)-257), 5)
	w.add(uint(len(d.dist)-1), 5)
	w.add(19-4, 4)
	for _, s := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15} {
		w.add(uint(d.cl[s]), 3)
	}
	cl := codes(d.cl)
	for i := 0; i < len(d.repeat); i += 3 {
		w.code(cl[d.repeat[i]], uint(d.cl[d.repeat[i]]))
		w.add(d.repeat[i+1], d.repeat[i+2])
	}
	if d.repeat == nil {
		for _, l := range slices.Concat(d.lit, d.dist) {
			w.code(cl[l], uint(d.cl[l]))
		}
	}
	lit, dist := codes(d.lit), codes(d.dist)
	for _, s := range d.symbols {
		w.code(lit[s], uint(d.lit[s]))
	}
	if d.match {
		w.code(lit[257], uint(d.lit[257]))
		w.code(dist[0], uint(d.dist[0]))
	}
	if !d.noEnd {
		w.code(lit[256], uint(d.lit[256]))
	}
	w.add(0, 3) // the beginning of the empty block whose end is cut off
	return w.String()
}

// litLengths gives "a", "b", the end of block and the first match length two bits each, in
// an alphabet of n symbols.
func litLengths(n int) []uint8 {
	l := make([]uint8, n)
	l['a'], l['b'], l[256], l[257] = 2, 2, 2, 2
	return l
}

func TestInflateOfDynamicBlocks(t *testing.T) {
	tests := []struct {
		name string
		b    dynamicBlock
		want string // empty: refused
	}{
		{"plain", dynamicBlock{lit: litLengths(258), dist: []uint8{1}, symbols: []uint8("abba")}, "abba"},
		{"a match with the only distance code", dynamicBlock{lit: litLengths(258), dist: []uint8{1}, symbols: []uint8("ab"), match: true}, "abbbb"},
		{"two distance codes", dynamicBlock{lit: litLengths(258), dist: []uint8{1, 1}, symbols: []uint8("ab"), match: true}, "abbbb"},
		{"no distance code", dynamicBlock{lit: litLengths(258), dist: []uint8{0}, symbols: []uint8("ab")}, "ab"},
		{"no distance code, and a match", dynamicBlock{lit: litLengths(258), dist: []uint8{0}, symbols: []uint8("ab"), match: true}, ""},
		{"all literal symbols there are", dynamicBlock{lit: litLengths(286), dist: []uint8{1}, symbols: []uint8("ab")}, "ab"},
		{"one literal symbol too many", dynamicBlock{lit: litLengths(287), dist: []uint8{1}, symbols: []uint8("ab")}, ""},
		{"all distance symbols there are", dynamicBlock{lit: litLengths(258), dist: append([]uint8{1}, make([]uint8, 29)...), symbols: []uint8("ab")}, "ab"},
		{"one distance symbol too many", dynamicBlock{lit: litLengths(258), dist: append([]uint8{1}, make([]uint8, 30)...), symbols: []uint8("ab")}, ""},
		{"incomplete distance code of two", dynamicBlock{lit: litLengths(258), dist: []uint8{2, 2}, symbols: []uint8("ab")}, ""},
		{"only distance code of two bits", dynamicBlock{lit: litLengths(258), dist: []uint8{2}, symbols: []uint8("ab")}, ""},
		{"oversubscribed distance code", dynamicBlock{lit: litLengths(258), dist: []uint8{1, 1, 1}, symbols: []uint8("ab")}, ""},
		{"incomplete literal code", dynamicBlock{lit: litLengths(258)[:257], dist: []uint8{1}, symbols: []uint8("ab")}, ""},
		{"oversubscribed literal code", dynamicBlock{lit: append(litLengths(258), 1), dist: []uint8{1}, symbols: []uint8("ab")}, ""},
		{"no end of block", dynamicBlock{lit: func() []uint8 { l := litLengths(260); l[256], l[259] = 0, 2; return l }(), dist: []uint8{1}, symbols: []uint8("ab"), noEnd: true}, ""},
		{"empty code length code", dynamicBlock{cl: make([]uint8, 19), lit: litLengths(258), dist: []uint8{1}}, ""},
		{"code length code of one symbol", dynamicBlock{cl: append([]uint8{1}, make([]uint8, 18)...), lit: litLengths(258), dist: []uint8{1}}, ""},
		{"oversubscribed code length code", dynamicBlock{cl: append([]uint8{1, 1, 1}, make([]uint8, 16)...), lit: litLengths(258), dist: []uint8{1}}, ""},
		{"repeat before any length", dynamicBlock{lit: litLengths(258), dist: []uint8{1}, repeat: []uint{16, 0, 2}}, ""},
		{"zeros behind the last length", dynamicBlock{lit: litLengths(258), dist: []uint8{1}, repeat: []uint{18, 127, 7, 18, 127, 7}}, ""},
		{"zeros far behind the last length", dynamicBlock{lit: litLengths(286), dist: make([]uint8, 30), repeat: []uint{18, 127, 7, 18, 127, 7, 18, 127, 7}}, ""},
		{"repeats behind the last length", dynamicBlock{lit: litLengths(258), dist: []uint8{1}, repeat: []uint{18, 127, 7, 18, 109, 7, 1, 0, 0, 16, 3, 2}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := []byte(tt.b.message())
			var want *wire.Violation
			if tt.want == "" {
				want = wire.ErrInflate
			}
			for piece := 1; piece <= len(m)+1; piece++ {
				got, v := wire.Inflate(m, nil, window32K, 100, piece)
				if v != want || v == nil && string(got) != tt.want {
					t.Fatalf("pieces of %d: got %q, %v, want %q, %v", piece, got, v, tt.want, want)
				}
			}
			if got, _, err := reference(m); (err == nil) != (want == nil) || err == nil && string(got) != tt.want {
				t.Errorf("compress/flate: got %q, %v", got, err)
			}
		})
	}
}
