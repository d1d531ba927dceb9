package wire

import "math"

// Reader turns the bytes of one direction of a connection into Units and judges
// them on the way. It reads nothing by itself; see [Reader.Next]. A Reader belongs to
// one goroutine at a time. The zero Reader must be given to [Reader.Init] first.
type Reader struct {
	// What was configured.
	from            Role
	raw, payload    bool
	deflate         bool
	takeover        bool  // compressed messages may refer to earlier ones
	window          int   // bytes that a match may reach back
	limit           int64 // payload bytes of a message
	compressedLimit int64 // bytes of the frames of a compressed message
	maxFragments    int

	// The connection.
	state  readerState
	failed *Violation
	lent   bool // the caller may still look at buffers of the last Unit

	// The frame being read.
	header  Header
	inFrame bool            // the header is read
	left    int64           // payload bytes to come
	head    [MaxHeader]byte // a header that was split over two calls, in pieces
	headLen int

	// The message being read, from the header of its first frame on.
	inMessage  bool
	compressed bool
	opcode     Opcode
	fragments  int
	size       int64 // of its frames so far, as their headers say
	text       textState

	rawBuf     *buffer // its frames
	payloadBuf *buffer // its payload; also scratch for a message that is whole in its input
	controlBuf *buffer // a control frame: what has come of it, or its payload
	inflater   *inflater
	dictionary *buffer // the end of the earlier messages, with context takeover
}

type readerState uint8

const (
	reading readerState = iota
	closed              // a Close frame came: what follows is ignored
	failed              // a violation, or Release
)

// NewReader returns a Reader for the configuration.
func NewReader(cfg ReaderConfig) *Reader {
	r := new(Reader)
	r.Init(cfg)
	return r
}

// Init makes r a new Reader for the configuration, so that a Reader can be a field of
// something else. One that was in use must be released first.
func (r *Reader) Init(cfg ReaderConfig) {
	*r = Reader{from: cfg.From, raw: cfg.Raw, payload: cfg.Payload}
	if cfg.Deflate != nil {
		r.deflate = true
		r.takeover = cfg.Deflate.takeover(cfg.From)
		r.window = cfg.Deflate.window(cfg.From)
	}
	r.SetLimits(cfg.MaxMessage, cfg.MaxFragments)
}

// SetLimits changes MaxMessage and MaxFragments of the configuration. They hold for
// the frames that come from then on, also for those of a message that has begun.
func (r *Reader) SetLimits(maxMessage int64, maxFragments int) {
	if maxMessage <= 0 {
		maxMessage = DefaultMaxMessage
	}
	if maxFragments <= 0 {
		maxFragments = DefaultMaxFragments
	}
	r.limit, r.maxFragments = min(maxMessage, math.MaxInt/2), maxFragments
	r.compressedLimit = r.limit + r.limit/8 + r.limit/64 + 16
}

// Next takes bytes that were received and returns the next Unit, if they complete
// one. n is how many bytes of b it has used; the rest is to be given to it again.
// Without ok and without an error all of b is used and more is needed: a caller loops
// until then, with an empty b too, because that call gives the buffers back that held
// the last Unit.
//
//	for {
//		n, u, ok, err := r.Next(b)
//		if err != nil || !ok {
//			break
//		}
//		b = b[n:]
//		…
//	}
//
// The slices of the Unit are valid until the next call of Next or Release, and not
// longer than b: they may be parts of it. err is a [*Violation]; the connection must
// be failed, and the same error is returned from then on. After a Close frame, b is
// used and ignored.
func (r *Reader) Next(b []byte) (n int, u Unit, ok bool, err error) {
	if r.lent {
		r.reclaim()
	}
	if r.state != reading {
		return r.refuse(b)
	}
	for {
		start := n
		if !r.inFrame {
			used, whole, v := r.readHeader(b[n:])
			if v != nil {
				return r.fail(b, v)
			}
			n += used
			if !whole {
				break
			}
			if r.headLen == 0 && r.left <= int64(len(b)-n) && (r.header.Opcode.IsControl() || r.unfragmented()) {
				end := n + int(r.left)
				u, v = r.wholeFrame(b[start:end], b[n:end])
				if v != nil {
					return r.fail(b, v)
				}
				return end, u, true, nil
			}
			r.beginFrame(b[start:n])
		}
		piece := b[n:][:min(r.left, int64(len(b)-n))]
		n += len(piece)
		if v := r.readPayload(piece); v != nil {
			return r.fail(b, v)
		}
		if r.left > 0 {
			break
		}
		u, ok, v := r.endFrame()
		if v != nil {
			return r.fail(b, v)
		}
		if ok {
			return n, u, true, nil
		}
	}
	r.rest()
	return len(b), Unit{}, false, nil
}

// Partial reports whether r is in the middle of a frame or of a fragmented message:
// whether there is something that the peer has begun and not finished.
func (r *Reader) Partial() bool {
	return r.state == reading && (r.inFrame || r.headLen > 0 || r.inMessage)
}

// Missing returns how many payload bytes of the current frame are still to come, a
// hint for the size of the next read. 0: not known, no header has been read.
func (r *Reader) Missing() int {
	if r.state != reading || !r.inFrame {
		return 0
	}
	return int(r.left)
}

// Release gives every buffer back. The last Unit and the Reader must not be used any
// more: Next refuses all data.
func (r *Reader) Release() {
	r.giveBack()
	r.state, r.failed = failed, errReleased
}

// errReleased is what a Reader answers that is used after its end: a mistake of the
// caller, answered as one, without data passing.
var errReleased = &Violation{CloseInternalError, "released", "reader was released", "none"}

// refuse answers calls after the end.
func (r *Reader) refuse(b []byte) (int, Unit, bool, error) {
	if r.state == closed {
		r.giveBack()
		return len(b), Unit{}, false, nil
	}
	return len(b), Unit{}, false, r.failed
}

// fail ends the reading: RFC 6455 section 7.1.7, "An endpoint MUST NOT continue to
// attempt to process data (including a responding Close frame) from the remote
// endpoint after being instructed to _Fail the WebSocket Connection_."
func (r *Reader) fail(b []byte, v *Violation) (int, Unit, bool, error) {
	r.giveBack()
	r.state, r.failed = failed, v
	return len(b), Unit{}, false, v
}

// reclaim takes back what was lent to the caller with the last Unit. Small buffers are
// kept for the next message of the same input.
func (r *Reader) reclaim() {
	r.lent = false
	if r.controlBuf != nil {
		r.controlBuf.b = r.controlBuf.b[:0]
	}
	if r.inMessage {
		return
	}
	drop(&r.rawBuf)
	if p := r.payloadBuf; p != nil {
		if cap(p.b) > classSize(largestKept) {
			drop(&r.payloadBuf)
		} else {
			p.b = p.b[:0]
		}
	}
}

// largestKept is the largest class of scratch that stays with a Reader while there is
// input (4 KiB).
const largestKept = 3

// rest gives back what a Reader does not need while it waits for more.
func (r *Reader) rest() {
	if !r.inMessage {
		drop(&r.payloadBuf)
	}
	if r.controlBuf != nil && len(r.controlBuf.b) == 0 {
		drop(&r.controlBuf)
	}
}

// giveBack gives everything back.
func (r *Reader) giveBack() {
	drop(&r.rawBuf)
	drop(&r.payloadBuf)
	drop(&r.controlBuf)
	drop(&r.dictionary)
	if r.inflater != nil {
		r.inflater.free()
		r.inflater = nil
	}
	r.lent, r.inFrame, r.inMessage, r.headLen = false, false, false, 0
}
