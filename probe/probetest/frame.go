package probetest

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

// maxInflated bounds what the twin inflates that does not bound it.
const maxInflated = 128 << 20

// maxPayload bounds the messages of the twin that does not bound them.
const maxPayload = 128 << 20

// frameReader reads frames and judges them, rule by rule, as the switches let
// it. internal/wire's own Reader is never wrong, so it can't be used here.
type frameReader struct {
	c  *conn
	br *bufio.Reader

	op         wire.Opcode // of the message that has begun
	parts      int         // its frames, 0: none has begun
	begun      time.Time
	payload    []byte
	compressed bool
	window     []byte // what was inflated before, where context takeover is on
}

type frame struct {
	fin, rsv1 bool
	op        wire.Opcode
	payload   []byte
}

// read takes frames until one ends the connection.
func (c *conn) read() error {
	for {
		f, err := c.frames.next()
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.seen = time.Now()
		closing := c.closing
		c.mu.Unlock()
		if closing {
			return errClosed
		}
		if err := c.take(f); err != nil {
			return err
		}
	}
}

// next reads one frame.
func (fr *frameReader) next() (frame, error) {
	s := fr.c.s
	fr.wait()
	b := make([]byte, 2, wire.MaxHeader)
	if _, err := io.ReadFull(fr.br, b[:1]); err != nil {
		return frame{}, err
	}
	if fr.parts == 0 && !s.is(MessageUnhurried) {
		fr.begun = time.Now()
		fr.c.nc.SetReadDeadline(fr.begun.Add(s.opts.MessageTimeout))
	}
	if _, err := io.ReadFull(fr.br, b[1:2]); err != nil {
		return frame{}, err
	}
	f := frame{fin: b[0]&0x80 != 0, rsv1: b[0]&0x40 != 0, op: wire.Opcode(b[0] & 0xf)}
	length, err := fr.length(b[1] & 0x7f)
	if err != nil {
		return f, err
	}
	if err := fr.judge(f, b, length); err != nil {
		return f, err
	}
	var key [4]byte
	if b[1]&0x80 != 0 {
		if _, err := io.ReadFull(fr.br, key[:]); err != nil {
			return f, err
		}
	}
	f.payload, err = readPayload(fr.br, length)
	if err != nil {
		return f, err
	}
	wire.Mask(f.payload, key, 0)
	return f, nil
}

// wait sets the deadline for the next frame.
func (fr *frameReader) wait() {
	s := fr.c.s
	switch {
	case fr.parts > 0 && !s.is(MessageUnhurried):
		fr.c.nc.SetReadDeadline(fr.begun.Add(s.opts.MessageTimeout))
	default:
		fr.c.nc.SetReadDeadline(time.Time{}) // watch looks after silence
	}
}

func (fr *frameReader) length(short byte) (uint64, error) {
	s := fr.c.s
	var ext [8]byte
	switch short {
	case 126:
		if _, err := io.ReadFull(fr.br, ext[:2]); err != nil {
			return 0, err
		}
		n := uint64(binary.BigEndian.Uint16(ext[:2]))
		if n < 126 && !s.is(AcceptLongLength) {
			return 0, wire.ErrLengthNotMinimal
		}
		return n, nil
	case 127:
		if _, err := io.ReadFull(fr.br, ext[:]); err != nil {
			return 0, err
		}
		n := binary.BigEndian.Uint64(ext[:])
		if n>>63 != 0 {
			if !s.is(AcceptOverflow) {
				return 0, wire.ErrLengthOverflow
			}
			return 0, nil
		}
		if n <= 0xffff && !s.is(AcceptLongLength) {
			return 0, wire.ErrLengthNotMinimal
		}
		return n, nil
	}
	return uint64(short), nil
}

// judge applies the rules of a frame header.
func (fr *frameReader) judge(f frame, b []byte, length uint64) error {
	s := fr.c.s
	control := f.op.IsControl()
	known := f.op <= wire.Binary || f.op >= wire.Close && f.op <= wire.Pong
	limit := uint64(s.opts.MessageBytes)
	if s.is(SizeUnlimited) {
		limit = maxPayload
	}
	switch {
	case b[1]&0x80 == 0 && !s.is(AcceptUnmasked):
		return wire.ErrUnmaskedFrame
	case b[0]&0x30 != 0 && !s.is(AcceptReserved), f.rsv1 && (!fr.c.inflates || control || f.op == wire.Continuation) && !s.is(AcceptReserved):
		return wire.ErrReservedBits
	case !known && !s.is(AcceptOpcode):
		return wire.ErrReservedOpcode
	case control && length > 125 && !s.is(AcceptControlSize):
		return wire.ErrControlSize
	case control && !f.fin && !s.is(AcceptControlParts):
		return wire.ErrFragmentedControl
	case f.op == wire.Continuation && fr.parts == 0 && !s.is(AcceptInterleaved):
		return wire.ErrUnexpectedContinuation
	case known && !control && f.op != wire.Continuation && fr.parts > 0 && !s.is(AcceptInterleaved):
		return wire.ErrUnfinishedMessage
	case length > limit || !control && uint64(len(fr.payload))+length > limit:
		return wire.ErrMessageSize
	}
	return nil
}

// readPayload reads without believing the length before the bytes are there.
func readPayload(r io.Reader, length uint64) ([]byte, error) {
	var buf bytes.Buffer
	n, err := io.CopyN(&buf, r, int64(length))
	if err == io.EOF && n < int64(length) {
		err = io.ErrUnexpectedEOF
	}
	return buf.Bytes(), err
}

// take handles one frame.
func (c *conn) take(f frame) error {
	fr := &c.frames
	switch {
	case f.op.IsControl():
		return c.takeControl(f)
	case f.op != wire.Continuation:
		fr.op, fr.parts, fr.payload, fr.compressed = f.op, 0, nil, f.rsv1 && c.inflates
	case fr.parts == 0: // a stray continuation that a switch lets pass
		fr.op, fr.payload, fr.compressed = wire.Text, nil, false
	}
	if fr.op > wire.Binary {
		fr.op = wire.Binary
	}
	fr.parts++
	if fr.parts > c.s.opts.Fragments && !c.s.is(FragmentUnlimited) {
		return wire.ErrFragmentCount
	}
	fr.payload = append(fr.payload, f.payload...)
	if !f.fin {
		return nil
	}
	payload, op := fr.payload, fr.op
	compressed := fr.compressed
	fr.parts, fr.payload = 0, nil
	if compressed {
		var err error
		if payload, err = fr.inflate(payload); err != nil {
			return err
		}
	}
	if op == wire.Text && !utf8.Valid(payload) && !c.s.is(AcceptUTF8) {
		return wire.ErrInvalidUTF8
	}
	if !c.messages.take() && !c.s.is(RateUnlimited) {
		c.s.record("too many messages of %q", c.user())
		c.close(1008, "rate")
		return errClosed
	}
	return c.receive(op, payload)
}

// inflate undoes permessage-deflate (RFC 7692 section 7.2.2).
func (fr *frameReader) inflate(payload []byte) ([]byte, error) {
	limit := fr.c.s.opts.MessageBytes
	if fr.c.s.is(DeflateUnbounded) {
		limit = maxInflated
	}
	r := flate.NewReaderDict(io.MultiReader(bytes.NewReader(payload), bytes.NewReader([]byte{0, 0, 0xff, 0xff})), fr.window)
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if len(out) > limit {
		return nil, wire.ErrInflatedSize
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, wire.ErrInflate
	}
	if fr.c.s.is(DeflateContext) {
		fr.window = append(fr.window, out...)
		fr.window = fr.window[max(0, len(fr.window)-32<<10):]
	}
	return out, nil
}

func (c *conn) takeControl(f frame) error {
	if !c.controls.take() && !c.s.is(ControlUnlimited) {
		c.s.record("too many control frames of %q", c.user())
		c.close(1008, "control frames")
		return errClosed
	}
	switch f.op {
	case wire.Ping:
		c.send(wire.Pong, f.payload[:min(len(f.payload), 125)])
	case wire.Close:
		return c.takeClose(f.payload)
	}
	return nil
}

func (c *conn) takeClose(body []byte) error {
	code := wire.CloseNormal
	switch {
	case len(body) == 1 && !c.s.is(AcceptCloseCode):
		return wire.ErrCloseLength
	case len(body) >= 2:
		code = wire.CloseCode(binary.BigEndian.Uint16(body))
		if !code.Sendable() && !c.s.is(AcceptCloseCode) {
			return wire.ErrCloseCode
		}
		if !utf8.Valid(body[2:]) && !c.s.is(AcceptCloseReason) {
			return wire.ErrCloseReason
		}
	}
	if c.s.is(CloseUnanswered) {
		return nil
	}
	if !code.Sendable() {
		code = wire.CloseNormal
	}
	c.close(code, "")
	return errClosed
}
