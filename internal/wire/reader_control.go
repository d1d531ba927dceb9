package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

const controlBit = 0x08 // of an opcode

// control judges a whole control frame. Its payload is unmasked behind the frame in
// controlBuf, or in it: the frame itself may be wanted as it came.
func (r *Reader) control(frame, payload []byte) (Unit, *Violation) {
	u := Unit{Opcode: r.header.Opcode, Fragments: 1, Payload: payload}
	if r.raw {
		u.Raw = frame
	}
	if r.from == FromClient {
		u.Payload = hold(&r.controlBuf, 0).extend(len(payload))
		maskCopy(u.Payload, payload, maskWord(r.header.Key, 0))
	}
	if u.Opcode == Close {
		if v := u.judgeClose(); v != nil {
			return Unit{}, v
		}
		r.state = closed
	}
	r.lent = true
	return u, nil
}

// judgeClose reads the body of a Close frame (RFC 6455 sections 5.5.1 and 7.4).
func (u *Unit) judgeClose() *Violation {
	u.Code = CloseNoStatus
	if len(u.Payload) == 0 {
		return nil
	}
	if len(u.Payload) == 1 {
		return ErrCloseLength
	}
	u.Code = CloseCode(binary.BigEndian.Uint16(u.Payload))
	u.Reason = u.Payload[2:]
	if !u.Code.Sendable() {
		return ErrCloseCode
	}
	if !utf8.Valid(u.Reason) {
		return ErrCloseReason
	}
	return nil
}
