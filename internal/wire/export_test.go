package wire

// PoisonBuffers overwrites every buffer that is given back from now on, so that a slice
// of it that is still in use shows, and hands it to gone.
func PoisonBuffers(gone func([]byte)) (restore func()) {
	return observe(nil, func(b []byte) {
		for i := range b {
			b[i] = 0xDB
		}
		gone(b)
	})
}

// CountBuffers counts the buffers that are out.
func CountBuffers(out *int) (restore func()) {
	return observe(func() { *out++ }, func([]byte) { *out-- })
}

func observe(taken func(), given func([]byte)) (restore func()) {
	bufferTaken, bufferGiven = taken, given
	return func() { bufferTaken, bufferGiven = nil, nil }
}

// Inflate inflates a whole compressed message that came in pieces of the given size.
func Inflate(message, dict []byte, window, limit, piece int) ([]byte, *Violation) {
	z := newInflater(dict, window)
	defer z.free()
	out := newBuffer(0)
	defer out.free()
	for len(message) > 0 {
		n := min(len(message), piece)
		if v := z.write(message[:n], out, limit); v != nil {
			return append([]byte{}, out.b...), v
		}
		message = message[n:]
	}
	v := z.finish(out, limit)
	return append([]byte{}, out.b...), v
}

// TextJudge judges UTF-8 in pieces.
type TextJudge struct{ t textState }

// Feed judges the next piece.
func (j *TextJudge) Feed(b []byte) bool { return j.t.feed(b) }

// Whole reports whether no code point is open.
func (j *TextJudge) Whole() bool { return j.t.whole() }
