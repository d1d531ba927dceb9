package wiretest_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

// naive is an echoing server of another make: it reads whole frames, one after another,
// without compression and without a Reader. Each of its flaws leaves something out.
type naive struct {
	conn net.Conn
	in   *bufio.Reader

	op        wire.Opcode // of the message that is being read
	open      bool
	fragments int
	message   []byte

	flaw flaw
}

type flaw string

const (
	none              flaw = ""
	takesUnmasked     flaw = "takes unmasked frames"
	takesRSV          flaw = "ignores reserved bits"
	takesOpcodes      flaw = "ignores reserved opcodes"
	takesLengths      flaw = "takes lengths in any form"
	takesFragmented   flaw = "takes fragmented control frames"
	takesLongControl  flaw = "takes long control frames"
	takesStray        flaw = "takes continuations without a message"
	takesInterleaved  flaw = "takes a message inside a message"
	takesText         flaw = "does not judge text"
	takesTextInParts  flaw = "does not judge text in fragments"
	judgesFragments   flaw = "judges the text of every fragment by itself"
	takesCodes        flaw = "takes every close code"
	takesHalfCode     flaw = "takes half a close code"
	takesReason       flaw = "does not judge close reasons"
	noSize            flaw = "has no limit of size"
	noSum             flaw = "limits frames, not messages"
	noFragments       flaw = "does not count fragments"
	skipsEmpty        flaw = "does not count empty fragments"
	noPong            flaw = "does not answer pings"
	emptyPong         flaw = "answers pings without their payload"
	answersPong       flaw = "answers pongs"
	noClose           flaw = "does not answer close"
	wrongClose        flaw = "answers every close with 1001"
	wrongCode         flaw = "fails with 1011"
	staysOpen         flaw = "leaves the connection open after close"
	goesOn            flaw = "goes on after close"
	wrongOpcode       flaw = "echoes text as binary"
	losesEmpty        flaw = "does not echo empty messages"
	controlEndsIt     flaw = "takes a control frame for the end of a message"
	maskByFrameOffset flaw = "goes on with the mask of the frame before"
)

var errDone = errors.New("done")

// fault is a violation that naive has found.
type fault wire.CloseCode

func (f fault) Error() string { return "fault" }

// serve echoes until the connection ends.
func (s *naive) serve() {
	defer s.conn.Close()
	s.in = bufio.NewReader(s.conn)
	for {
		err := s.frame()
		var f fault
		switch {
		case errors.As(err, &f):
			code := wire.CloseCode(f)
			if s.flaw == wrongCode {
				code = wire.CloseInternalError
			}
			s.conn.Write(wire.AppendClose(nil, code, "", nil))
			return
		case err != nil:
			return
		}
	}
}

// header reads a header byte by byte, without ParseHeader.
func (s *naive) header() (h wire.Header, err error) {
	var b [10]byte
	if _, err := io.ReadFull(s.in, b[:2]); err != nil {
		return h, err
	}
	h = wire.Header{Fin: b[0]&0x80 != 0, RSV1: b[0]&0x40 != 0, RSV2: b[0]&0x20 != 0, RSV3: b[0]&0x10 != 0, Opcode: wire.Opcode(b[0] & 15), Masked: b[1]&0x80 != 0, Length: uint64(b[1] & 127)}
	if s.flaw != takesUnmasked && !h.Masked || s.flaw != takesRSV && (h.RSV1 || h.RSV2 || h.RSV3) {
		return h, fault(wire.CloseProtocolError)
	}
	if s.flaw != takesLongControl && h.Opcode.IsControl() && h.Length > 125 {
		return h, fault(wire.CloseProtocolError)
	}
	least := uint64(0)
	switch h.Length {
	case 126:
		_, err = io.ReadFull(s.in, b[:2])
		h.Length, least = uint64(binary.BigEndian.Uint16(b[:])), 126
	case 127:
		_, err = io.ReadFull(s.in, b[:8])
		h.Length, least = binary.BigEndian.Uint64(b[:]), 65536
	}
	if err == nil && s.flaw != takesLengths && (h.Length < least || h.Length>>63 != 0) {
		err = fault(wire.CloseProtocolError)
	}
	if err == nil && h.Masked {
		_, err = io.ReadFull(s.in, h.Key[:])
	}
	return h, err
}

// frame reads and handles one frame.
func (s *naive) frame() error {
	h, err := s.header()
	if err != nil {
		return err
	}
	const limit = wire.DefaultMaxMessage
	sum := h.Length + uint64(len(s.message))
	if s.flaw == noSum || h.Opcode.IsControl() {
		sum = h.Length
	}
	if sum > limit && (s.flaw != noSize || sum > 4*limit) {
		return fault(wire.CloseMessageTooBig)
	}
	p := make([]byte, h.Length)
	if _, err := io.ReadFull(s.in, p); err != nil {
		return err
	}
	if h.Masked {
		offset := 0
		if s.flaw == maskByFrameOffset {
			offset = len(s.message)
		}
		wire.Mask(p, h.Key, offset)
	}
	if h.Opcode.IsControl() {
		return s.control(h, p)
	}
	return s.data(h, p)
}

func (s *naive) control(h wire.Header, p []byte) error {
	if s.flaw == controlEndsIt {
		s.open, s.message = false, nil
	}
	if s.flaw != takesFragmented && !h.Fin {
		return fault(wire.CloseProtocolError)
	}
	switch h.Opcode {
	case wire.Ping:
		if s.flaw == emptyPong {
			p = nil
		}
		if s.flaw != noPong {
			s.conn.Write(wire.AppendMessage(nil, wire.Pong, p, nil))
		}
	case wire.Pong:
		if s.flaw == answersPong {
			s.conn.Write(wire.AppendMessage(nil, wire.Pong, p, nil))
		}
	case wire.Close:
		return s.closeFrame(p)
	default:
		if s.flaw != takesOpcodes {
			return fault(wire.CloseProtocolError)
		}
	}
	return nil
}

func (s *naive) closeFrame(p []byte) error {
	code := wire.CloseNoStatus
	if len(p) == 1 && s.flaw != takesHalfCode {
		return fault(wire.CloseProtocolError)
	}
	if len(p) > 1 {
		code = wire.CloseCode(binary.BigEndian.Uint16(p))
		if s.flaw != takesCodes && !code.Sendable() {
			return fault(wire.CloseProtocolError)
		}
		if s.flaw != takesReason && !utf8.Valid(p[2:]) {
			return fault(wire.CloseInvalidPayload)
		}
	}
	if s.flaw == wrongClose {
		code = wire.CloseGoingAway
	}
	if s.flaw != noClose {
		s.conn.Write(wire.AppendClose(nil, code, "", nil))
	}
	switch s.flaw {
	case goesOn:
		return nil
	case staysOpen:
		io.Copy(io.Discard, s.in)
	}
	return errDone
}

func (s *naive) data(h wire.Header, p []byte) error {
	switch {
	case h.Opcode > wire.Binary:
		if s.flaw == takesOpcodes {
			return nil
		}
		return fault(wire.CloseProtocolError)
	case h.Opcode == wire.Continuation && !s.open && s.flaw != takesStray:
		return fault(wire.CloseProtocolError)
	case h.Opcode != wire.Continuation && s.open && s.flaw != takesInterleaved:
		return fault(wire.CloseProtocolError)
	case h.Opcode != wire.Continuation:
		s.op, s.open, s.fragments, s.message = h.Opcode, true, 0, nil
	}
	if s.flaw != skipsEmpty || len(p) > 0 {
		s.fragments++
	}
	if s.fragments > wire.DefaultMaxFragments && s.flaw != noFragments {
		return fault(wire.ClosePolicyViolation)
	}
	s.message = append(s.message, p...)
	if s.flaw == judgesFragments && s.op == wire.Text && !utf8.Valid(p) {
		return fault(wire.CloseInvalidPayload)
	}
	if !h.Fin {
		return nil
	}
	return s.finish()
}

func (s *naive) finish() error {
	s.open = false
	judged := s.flaw != takesText && (s.flaw != takesTextInParts || s.fragments == 1)
	if judged && s.op == wire.Text && !utf8.Valid(s.message) {
		return fault(wire.CloseInvalidPayload)
	}
	if s.flaw == wrongOpcode {
		s.op = wire.Binary
	}
	m := s.message
	s.message = nil
	if s.flaw == losesEmpty && len(m) == 0 {
		return nil
	}
	_, err := s.conn.Write(wire.AppendMessage(nil, s.op, m, nil))
	return err
}
