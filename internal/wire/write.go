package wire

import (
	"encoding/binary"
	"unicode/utf8"
)

// AppendFrame appends one frame to dst. A client gives a fresh masking key
// ([NewMaskKey]) for every frame, a server nil. payload is not changed and must not
// overlap the room behind dst.
func AppendFrame(dst []byte, fin bool, op Opcode, payload []byte, key *[4]byte) []byte {
	return appendFrame(dst, Header{Fin: fin, Opcode: op}, payload, key)
}

// AppendMessage appends a message, or a control frame, as one uncompressed frame. A
// control payload must have at most 125 bytes. key is as in [AppendFrame].
func AppendMessage(dst []byte, op Opcode, payload []byte, key *[4]byte) []byte {
	return appendFrame(dst, Header{Fin: true, Opcode: op}, payload, key)
}

func appendFrame(dst []byte, h Header, payload []byte, key *[4]byte) []byte {
	h.Length = uint64(len(payload))
	if key != nil {
		h.Masked, h.Key = true, *key
	}
	dst = h.Append(dst)
	from := len(dst)
	dst = append(dst, payload...)
	if key != nil {
		Mask(dst[from:], *key, 0)
	}
	return dst
}

// maxReason is what a close reason can take of the 125 bytes of a control frame.
const maxReason = maxControlPayload - 2

// AppendClose appends a Close frame. A code that may not be sent ([CloseCode.Sendable])
// makes a Close frame without a body, which the peer reports as CloseNoStatus. The
// reason ends before the first byte that is not UTF-8, and before the rune that would
// exceed 123 bytes. key is as in [AppendFrame].
func AppendClose(dst []byte, code CloseCode, reason string, key *[4]byte) []byte {
	if !code.Sendable() {
		return AppendMessage(dst, Close, nil, key)
	}
	var body [maxControlPayload]byte
	binary.BigEndian.PutUint16(body[:], uint16(code))
	n := 2 + copy(body[2:], reason[:reasonLength(reason)])
	return AppendMessage(dst, Close, body[:n], key)
}

// reasonLength returns how many bytes of a reason can be sent.
func reasonLength(reason string) int {
	n := 0
	for n < len(reason) {
		r, size := utf8.DecodeRuneInString(reason[n:])
		if r == utf8.RuneError && size == 1 || n+size > maxReason {
			break
		}
		n += size
	}
	return n
}
