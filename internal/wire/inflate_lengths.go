package wire

// clOrder is the order in which the lengths of the code length code come (RFC 1951
// section 3.2.7).
var clOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// The code length code (RFC 1951 section 3.2.7): values up to 15 are lengths.
const (
	clCopyPrevious = 16 // 3 to 6 times, 2 extra bits
	clZeros        = 17 // 3 to 10, 3 extra bits
	clManyZeros    = 18 // 11 to 138, 7 extra bits
	clRoot         = 7

	maxLit  = 286 // symbols 286 and 287 "will never actually occur"
	maxDist = 30  // nor distance codes 30 and 31
)

// dynamicHead reads the sizes of the three alphabets of a dynamic block.
func (z *inflater) dynamicHead() (more bool, v *Violation) {
	if !z.need(14) {
		return true, nil
	}
	z.litCount = int(z.take(5)) + 257
	z.distCount = int(z.take(5)) + 1
	z.clCount = int(z.take(4)) + 4
	if z.litCount > maxLit || z.distCount > maxDist {
		return false, ErrInflate
	}
	clear(z.lengths[:len(clOrder)])
	z.have = 0
	z.state = inCodeLengths
	return false, nil
}

// readCodeLengths reads the code length code and builds its table, in the place of
// the literal table, which is built last.
func (z *inflater) readCodeLengths() (more bool, v *Violation) {
	for z.have < z.clCount {
		if !z.need(3) {
			return true, nil
		}
		z.lengths[clOrder[z.have]] = uint8(z.take(3))
		z.have++
	}
	z.lit = huffman{entries: z.litEntries[:], root: clRoot}
	if !z.lit.build(z.lengths[:len(clOrder)], false) {
		return false, ErrInflate
	}
	z.have = 0
	z.state = inLengths
	return false, nil
}

// readLengths reads the code lengths of literals and distances, which are one
// sequence, and builds both tables.
func (z *inflater) readLengths() (more bool, v *Violation) {
	for z.have < z.litCount+z.distCount {
		more, v := z.readLength()
		if more || v != nil {
			return more, v
		}
	}
	lit := z.lengths[:z.litCount]
	if lit[endOfBlock] == 0 {
		return false, ErrInflate
	}
	z.lit = huffman{entries: z.litEntries[:], root: litRoot}
	z.dist = huffman{entries: z.distEntries[:], root: distRoot}
	if !z.lit.build(lit, false) || !z.dist.build(z.lengths[z.litCount:][:z.distCount], true) {
		return false, ErrInflate
	}
	z.state = inBlock
	return false, nil
}

// readLength reads one symbol of the code length code with its extra bits.
func (z *inflater) readLength() (more bool, v *Violation) {
	var e uint32
	for {
		e = z.lit.lookup(z.hold)
		if uint(e&entryLength) <= z.held {
			break
		}
		if !z.need(z.held + 1) {
			return true, nil
		}
	}
	bits := uint(e & entryLength)
	symbol := e >> entryShift
	if symbol < clCopyPrevious {
		z.take(bits)
		z.lengths[z.have] = uint8(symbol)
		z.have++
		return false, nil
	}
	value, least, extra := uint8(0), uint(3), uint(3)
	switch {
	case symbol == clCopyPrevious && z.have == 0:
		return false, ErrInflate
	case symbol == clCopyPrevious:
		value, extra = z.lengths[z.have-1], 2
	case symbol == clManyZeros:
		least, extra = 11, 7
	}
	if !z.need(bits + extra) {
		return true, nil
	}
	z.take(bits)
	n := int(least + z.take(extra))
	if n > z.litCount+z.distCount-z.have {
		return false, ErrInflate
	}
	for range n {
		z.lengths[z.have] = value
		z.have++
	}
	return false, nil
}
