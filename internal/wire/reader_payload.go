package wire

// wholeFrame takes a frame that lies in the input as a whole: a control frame or an
// unfragmented message, the cases that matter for speed.
func (r *Reader) wholeFrame(frame, payload []byte) (Unit, *Violation) {
	r.inFrame = false
	if r.header.Opcode.IsControl() {
		return r.control(frame, payload)
	}
	u := Unit{Opcode: r.opcode, Fragments: 1, Compressed: r.compressed}
	if r.raw {
		u.Raw = frame
	}
	if r.compressed {
		r.beginInflating()
		if v := r.inflateMasked(payload, maskWord(r.header.Key, 0)); v != nil {
			return Unit{}, v
		}
		if v := r.endInflating(); v != nil {
			return Unit{}, v
		}
		if r.payload {
			u.Payload = r.payloadBuf.b
		}
	} else {
		clear, valid := r.clearText(payload)
		if !valid || !r.text.whole() {
			return Unit{}, ErrInvalidUTF8
		}
		u.Payload = clear
	}
	r.inMessage = false
	r.lent = true
	return u, nil
}

// clearText judges the payload of an unfragmented message and returns it unmasked, if
// it is wanted: as it lies in the input where that needs no unmasking or may be changed.
func (r *Reader) clearText(payload []byte) (clear []byte, valid bool) {
	text := r.opcode == Text
	switch {
	case r.from == FromServer:
		valid = !text || r.text.feed(payload)
		if !r.payload {
			payload = nil
		}
		return payload, valid
	case !r.payload:
		return nil, !text || r.feedMasked(payload, maskWord(r.header.Key, 0))
	case !r.raw:
		Mask(payload, r.header.Key, 0)
		return payload, !text || r.text.feed(payload)
	}
	clear = hold(&r.payloadBuf, len(payload)).extend(len(payload))
	ascii := maskCopy(clear, payload, maskWord(r.header.Key, 0))
	return clear, ascii || !text || r.text.feed(clear)
}

// feedMasked judges masked text without keeping it.
func (r *Reader) feedMasked(b []byte, k uint64) bool {
	if r.text.whole() && maskedASCII(b, k) {
		return true
	}
	var clear [512]byte // a multiple of four: k stays in step
	for len(b) > 0 {
		n := min(len(b), len(clear))
		maskCopy(clear[:n], b[:n], k)
		if !r.text.feed(clear[:n]) {
			return false
		}
		b = b[n:]
	}
	return true
}

// beginFrame prepares for a frame that comes in pieces or belongs to a fragmented
// message. header is the part of it that lies in the current input.
func (r *Reader) beginFrame(header []byte) {
	control := r.header.Opcode.IsControl()
	switch {
	case control:
		r.keepHeader(hold(&r.controlBuf, 0), header)
	case r.raw:
		r.keepHeader(hold(&r.rawBuf, 0), header)
	}
	r.headLen = 0
	if !control && r.compressed && r.header.Opcode != Continuation {
		r.beginInflating()
	}
}

// keepHeader appends the header of the current frame, from head if it came in pieces.
func (r *Reader) keepHeader(to *buffer, header []byte) {
	if r.headLen > 0 {
		header = r.head[:r.headLen]
	}
	to.append(header)
}

// readPayload takes a piece of the current frame's payload.
func (r *Reader) readPayload(piece []byte) *Violation {
	k := maskWord(r.header.Key, int(int64(r.header.Length)-r.left)&3)
	r.left -= int64(len(piece))
	if r.header.Opcode.IsControl() {
		r.controlBuf.append(piece)
		return nil
	}
	if r.raw {
		r.rawBuf.append(piece)
	}
	switch {
	case r.compressed:
		return r.inflateMasked(piece, k)
	case r.payload:
		clear := hold(&r.payloadBuf, 0).extend(len(piece))
		ascii := maskCopy(clear, piece, k)
		if r.opcode == Text && !(ascii && r.text.whole()) && !r.text.feed(clear) {
			return ErrInvalidUTF8
		}
	case r.opcode == Text && !r.feedMasked(piece, k):
		return ErrInvalidUTF8
	}
	return nil
}

// endFrame ends a frame that readPayload has taken whole. ok: it completes a Unit.
func (r *Reader) endFrame() (u Unit, ok bool, v *Violation) {
	r.inFrame = false
	if r.header.Opcode.IsControl() {
		frame := r.controlBuf.b
		u, v = r.control(frame, frame[headerLength(frame[1]):])
		return u, v == nil, v
	}
	if !r.header.Fin {
		return Unit{}, false, nil
	}
	if r.compressed {
		if v := r.endInflating(); v != nil {
			return Unit{}, false, v
		}
	}
	if !r.text.whole() {
		return Unit{}, false, ErrInvalidUTF8
	}
	u = Unit{Opcode: r.opcode, Fragments: r.fragments, Compressed: r.compressed}
	if r.raw {
		u.Raw = r.rawBuf.b
	}
	if r.payload {
		u.Payload = hold(&r.payloadBuf, 0).b
	}
	r.inMessage = false
	r.lent = true
	return u, true, nil
}
