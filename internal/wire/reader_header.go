package wire

// readHeader reads a frame header and judges it, as early as its bytes allow. It
// returns how many bytes of b it used and whether the header is whole; then the frame
// is the current one, and headLen tells whether the header came in pieces, in head.
func (r *Reader) readHeader(b []byte) (used int, whole bool, v *Violation) {
	if r.headLen > 0 {
		return r.resumeHeader(b)
	}
	if len(b) >= 2 {
		if v := r.judgeHead(b[0], b[1]); v != nil {
			return 0, false, v
		}
		h, n, err := ParseHeader(b)
		if err != nil {
			return 0, false, err.(*Violation)
		}
		if n > 0 {
			return n, true, r.accept(h)
		}
	} else if len(b) == 1 {
		if v := r.judgeFirst(b[0]); v != nil {
			return 0, false, v
		}
	}
	r.headLen = copy(r.head[:], b)
	return r.headLen, false, nil
}

// resumeHeader goes on with a header whose beginning is in head.
func (r *Reader) resumeHeader(b []byte) (used int, whole bool, v *Violation) {
	need := 2
	if r.headLen >= 2 {
		need = headerLength(r.head[1])
	}
	for {
		n := copy(r.head[r.headLen:need], b[used:])
		used += n
		r.headLen += n
		if r.headLen < need {
			return used, false, nil
		}
		if v := r.judgeHead(r.head[0], r.head[1]); v != nil {
			return 0, false, v
		}
		if need == headerLength(r.head[1]) {
			break
		}
		need = headerLength(r.head[1])
	}
	h, _, err := ParseHeader(r.head[:need])
	if err != nil {
		return 0, false, err.(*Violation)
	}
	return used, true, r.accept(h)
}

// judgeFirst judges the first byte of a header. The order of the rules is the order
// in which their bytes arrive, so that the verdict is the same however the input is
// split.
func (r *Reader) judgeFirst(b0 byte) *Violation {
	if b0&(bitRSV2|bitRSV3) != 0 || b0&bitRSV1 != 0 && !r.deflate {
		return ErrReservedBits
	}
	switch op := Opcode(b0 & opcodeBits); op {
	case Text, Binary:
		if r.inMessage {
			return ErrUnfinishedMessage
		}
	case Continuation:
		switch {
		case b0&bitRSV1 != 0:
			return ErrCompressedContinuation
		case !r.inMessage:
			return ErrUnexpectedContinuation
		case r.fragments >= r.maxFragments:
			return ErrFragmentCount
		}
	case Close, Ping, Pong:
		if b0&bitRSV1 != 0 {
			return ErrCompressedControl
		}
		if b0&bitFin == 0 {
			return ErrFragmentedControl
		}
	default:
		return ErrReservedOpcode
	}
	return nil
}

// judgeHead judges the first two bytes of a header.
func (r *Reader) judgeHead(b0, b1 byte) *Violation {
	if v := r.judgeFirst(b0); v != nil {
		return v
	}
	if masked := b1&bitMask != 0; masked != (r.from == FromClient) {
		if masked {
			return ErrMaskedFrame
		}
		return ErrUnmaskedFrame
	}
	if b0&controlBit != 0 && b1&lengthBits > maxControlPayload {
		return ErrControlSize
	}
	return nil
}

// accept makes the frame the current one, if its message stays within the limit. That
// is known before any of its data has come.
func (r *Reader) accept(h Header) *Violation {
	if !h.Opcode.IsControl() {
		if v := r.acceptData(h); v != nil {
			return v
		}
	}
	r.header, r.inFrame, r.left = h, true, int64(h.Length)
	return nil
}

func (r *Reader) acceptData(h Header) *Violation {
	if h.Opcode != Continuation {
		r.inMessage = true
		r.opcode, r.compressed = h.Opcode, h.RSV1
		r.fragments, r.size, r.text = 0, 0, textState{}
	}
	limit := r.limit
	if r.compressed {
		limit = r.compressedLimit
	}
	left := limit - r.size // negative where SetLimits has lowered the limit meanwhile
	if left < 0 || h.Length > uint64(left) {
		return ErrMessageSize
	}
	r.fragments++
	r.size += int64(h.Length)
	return nil
}

// unfragmented reports whether the current frame, a data frame, is a message of its own.
func (r *Reader) unfragmented() bool { return r.header.Fin && r.header.Opcode != Continuation }
