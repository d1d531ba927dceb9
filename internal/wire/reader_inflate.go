package wire

// beginInflating starts a compressed message.
func (r *Reader) beginInflating() {
	var dict []byte
	if r.dictionary != nil {
		dict = r.dictionary.b
	}
	hold(&r.payloadBuf, 0).b = r.payloadBuf.b[:0]
	r.inflater = newInflater(dict, r.window)
}

// inflateMasked inflates a piece of a message that is masked with the mask word k; 0
// for a server's frames.
func (r *Reader) inflateMasked(piece []byte, k uint64) *Violation {
	if k == 0 {
		return r.inflate(piece)
	}
	clear := &r.inflater.clear
	for len(piece) > 0 {
		n := min(len(piece), len(clear))
		maskCopy(clear[:n], piece[:n], k)
		if v := r.inflate(clear[:n]); v != nil {
			return v
		}
		piece = piece[n:]
	}
	return nil
}

// inflate inflates a piece of a message and judges what comes out, also if the piece
// is found faulty further on: the first fault in the order of the data is the one that
// is reported.
func (r *Reader) inflate(piece []byte) *Violation {
	from := len(r.payloadBuf.b)
	v := r.inflater.write(piece, r.payloadBuf, int(r.limit))
	return r.judgeInflated(from, v)
}

func (r *Reader) judgeInflated(from int, v *Violation) *Violation {
	if r.opcode == Text && !r.text.feed(r.payloadBuf.b[from:]) {
		return ErrInvalidUTF8
	}
	return v
}

// endInflating ends a compressed message, gives its inflater back and keeps what later
// messages may refer to.
func (r *Reader) endInflating() *Violation {
	from := len(r.payloadBuf.b)
	v := r.inflater.finish(r.payloadBuf, int(r.limit))
	if v := r.judgeInflated(from, v); v != nil {
		return v
	}
	if !r.text.whole() {
		return ErrInvalidUTF8
	}
	r.inflater.free()
	r.inflater = nil
	if r.takeover {
		r.remember(r.payloadBuf.b)
	}
	return nil
}

// remember makes the last bytes of what was inflated so far the dictionary of the next
// message: RFC 7692 section 7.2.2, at most as many as the window has.
func (r *Reader) remember(message []byte) {
	if len(message) == 0 {
		return
	}
	d := hold(&r.dictionary, min(len(message), r.window))
	if n := len(message) - r.window; n >= 0 {
		d.b = append(d.b[:0], message[n:]...)
		return
	}
	if n := len(d.b) + len(message) - r.window; n > 0 {
		d.b = d.b[:copy(d.b, d.b[n:])]
	}
	d.append(message)
}
