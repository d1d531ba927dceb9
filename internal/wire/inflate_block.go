package wire

import "encoding/binary"

// The bases and extra bits of match lengths and distances (RFC 1951 section 3.2.5).
var (
	lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59,
		67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase    = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
		1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distExtra = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// longestMatch is the most that one symbol can add to the output.
const longestMatch = 258

// block decodes symbols until the block ends or the input does. A match is used up
// only when all its bits are there: at most 48, which the held bits have room for.
func (z *inflater) block(out *buffer, limit int) (more bool, v *Violation) {
	for {
		z.literals(out, limit)
		z.refill()
		e := z.lit.lookup(z.hold)
		used := uint(e & entryLength)
		if used > z.held {
			return true, nil
		}
		symbol := e >> entryShift
		switch {
		case used == 0:
			return false, ErrInflate
		case symbol < endOfBlock:
			if len(out.b) >= limit {
				return false, ErrInflatedSize
			}
			z.take(used)
			out.reserve(1)
			out.b = append(out.b, byte(symbol))
			continue
		case symbol == endOfBlock:
			z.take(used)
			z.endBlock()
			return false, nil
		}
		length, distance, used, v := z.match(symbol, used)
		if v != nil {
			return false, v
		}
		if used > z.held {
			return true, nil
		}
		z.take(used)
		if v := z.copyMatch(out, limit, length, distance); v != nil {
			return false, v
		}
	}
}

// literals decodes literals with short codes while there is plenty of input and room:
// what block does, without its cost, for the symbols that come most often.
func (z *inflater) literals(out *buffer, limit int) {
	hold, held, in, o := z.hold, z.held, z.in, out.b
	first := z.lit.entries[:1<<litRoot]
	room := min(cap(o), limit)
	for len(in) >= 8 && len(o) < room {
		// Bits above held are taken again, with the same values, by the next round.
		hold |= binary.LittleEndian.Uint64(in) << (held & 63)
		in = in[(63-held)/8:]
		held |= 56
		e := first[hold&(1<<litRoot-1)]
		if e >= endOfBlock<<entryShift {
			break
		}
		o = append(o, byte(e>>entryShift))
		used := uint(e & entryLength)
		hold >>= used
		held -= used
	}
	z.hold, z.held, z.in, out.b = hold&(1<<held-1), held, in, o
}

// refill takes as many whole bytes as the held bits have room for, 63 bits at most.
func (z *inflater) refill() {
	if z.held > 48 {
		return
	}
	if len(z.in) >= 8 {
		n := (63 - z.held) / 8
		z.hold |= binary.LittleEndian.Uint64(z.in) & (1<<(8*n) - 1) << z.held
		z.held += 8 * n
		z.in = z.in[n:]
		return
	}
	for z.held < 56 && len(z.in) > 0 {
		z.hold |= uint64(z.in[0]) << z.held
		z.held += 8
		z.in = z.in[1:]
	}
}

// match reads the rest of a match behind a length symbol that took used bits. The
// used bits that it returns are more than are held if some are still to come.
func (z *inflater) match(symbol uint32, used uint) (length, distance int, total uint, v *Violation) {
	symbol -= endOfBlock + 1
	if symbol >= uint32(len(lengthBase)) {
		return 0, 0, 0, ErrInflate
	}
	extra := uint(lengthExtra[symbol])
	length = int(lengthBase[symbol]) + int(z.hold>>used&(1<<extra-1))
	used += extra
	if used > z.held {
		return 0, 0, used, nil
	}
	e := z.dist.lookup(z.hold >> used)
	bits := uint(e & entryLength)
	if used+bits > z.held {
		return 0, 0, used + bits, nil
	}
	symbol = e >> entryShift
	if bits == 0 || symbol >= uint32(len(distBase)) {
		return 0, 0, 0, ErrInflate
	}
	used += bits
	extra = uint(distExtra[symbol])
	distance = int(distBase[symbol]) + int(z.hold>>used&(1<<extra-1))
	return length, distance, used + extra, nil
}

// copyMatch appends length bytes from distance bytes back, out of the output and,
// before its beginning, out of the dictionary.
func (z *inflater) copyMatch(out *buffer, limit, length, distance int) *Violation {
	if distance > z.window || distance > len(out.b)+len(z.dict) {
		return ErrInflate
	}
	if length > limit-len(out.b) {
		return ErrInflatedSize
	}
	out.reserve(longestMatch)
	from := len(out.b) - distance
	if from < 0 {
		n := min(-from, length)
		out.b = append(out.b, z.dict[len(z.dict)+from:][:n]...)
		length -= n
		from = 0
	}
	for length > 0 {
		n := min(length, len(out.b)-from)
		out.b = append(out.b, out.b[from:from+n]...)
		length -= n
	}
	return nil
}
