package wire

import "encoding/binary"

// The parts of a frame header (RFC 6455 section 5.2).
const (
	bitFin  = 0x80
	bitRSV1 = 0x40
	bitRSV2 = 0x20
	bitRSV3 = 0x10
	bitMask = 0x80

	opcodeBits = 0x0F
	lengthBits = 0x7F

	length16 = 126 // the next two bytes are the length
	length64 = 127 // the next eight bytes are the length

	maxControlPayload = 125
	// MaxHeader is the length of the longest frame header in bytes.
	MaxHeader = 14
)

// Header is a frame header (RFC 6455 section 5.2). Length is the payload length
// in bytes. Key is the masking key and only means something if Masked is set.
type Header struct {
	Fin, RSV1, RSV2, RSV3, Masked bool
	Opcode                        Opcode
	Length                        uint64
	Key                           [4]byte
}

// ParseHeader reads a frame header from the start of b and returns how many
// bytes it takes. It returns n == 0 and no error while b holds only a part of
// the header. It judges only the framing, not the meaning: an error, always
// [ErrLengthNotMinimal] or [ErrLengthOverflow], stands for a length that no
// reader may accept.
func ParseHeader(b []byte) (h Header, n int, err error) {
	if len(b) < 2 {
		return Header{}, 0, nil
	}
	n = headerLength(b[1])
	if len(b) < n {
		return Header{}, 0, nil
	}
	b = b[:n]
	h.Fin = b[0]&bitFin != 0
	h.RSV1 = b[0]&bitRSV1 != 0
	h.RSV2 = b[0]&bitRSV2 != 0
	h.RSV3 = b[0]&bitRSV3 != 0
	h.Opcode = Opcode(b[0] & opcodeBits)
	h.Masked = b[1]&bitMask != 0
	h.Length = uint64(b[1] & lengthBits)
	switch h.Length {
	case length16:
		h.Length = uint64(binary.BigEndian.Uint16(b[2:]))
		if h.Length < length16 {
			return h, 0, ErrLengthNotMinimal
		}
	case length64:
		h.Length = binary.BigEndian.Uint64(b[2:])
		if h.Length>>63 != 0 {
			return h, 0, ErrLengthOverflow
		}
		if h.Length < 1<<16 {
			return h, 0, ErrLengthNotMinimal
		}
	}
	if h.Masked {
		h.Key = [4]byte(b[n-4:])
	}
	return h, n, nil
}

// headerLength returns the length of a header whose second byte is b1.
func headerLength(b1 byte) int {
	n := 2
	switch b1 & lengthBits {
	case length16:
		n = 4
	case length64:
		n = 10
	}
	if b1&bitMask != 0 {
		n += 4
	}
	return n
}

// Append appends h to dst, with the length in its shortest form. It writes
// whatever h says, also what the RFC forbids: reserved bits and opcodes,
// fragmented or long control frames, lengths over 63 bits.
func (h Header) Append(dst []byte) []byte {
	b0 := byte(h.Opcode) & opcodeBits
	if h.Fin {
		b0 |= bitFin
	}
	if h.RSV1 {
		b0 |= bitRSV1
	}
	if h.RSV2 {
		b0 |= bitRSV2
	}
	if h.RSV3 {
		b0 |= bitRSV3
	}
	var b1 byte
	if h.Masked {
		b1 = bitMask
	}
	switch {
	case h.Length < length16:
		dst = append(dst, b0, b1|byte(h.Length))
	case h.Length < 1<<16:
		dst = append(dst, b0, b1|length16)
		dst = binary.BigEndian.AppendUint16(dst, uint16(h.Length))
	default:
		dst = append(dst, b0, b1|length64)
		dst = binary.BigEndian.AppendUint64(dst, h.Length)
	}
	if h.Masked {
		dst = append(dst, h.Key[:]...)
	}
	return dst
}
