package wire

// Role says which end's frames a [Reader] reads.
type Role uint8

const (
	// FromClient: the frames must be masked.
	FromClient Role = iota
	// FromServer: the frames must not be masked.
	FromServer
)

// The limits of a [ReaderConfig] that names none.
const (
	DefaultMaxMessage   = 64 << 10
	DefaultMaxFragments = 64
)

// ReaderConfig says what a [Reader] accepts and what it keeps. The zero value reads
// a client's frames, with the default limits and without compression, and keeps
// nothing but the payload of control frames: it only judges.
type ReaderConfig struct {
	From Role
	// MaxMessage is the longest message in bytes of payload, after inflating; zero or
	// less stands for DefaultMaxMessage. It is judged from the frame headers, before
	// the data is there. The frames of a compressed message may be longer by what
	// DEFLATE can add to data that it cannot compress (an eighth and a sixty-fourth).
	MaxMessage int64
	// MaxFragments is the number of data frames that a message may have, empty ones
	// counted; zero or less stands for DefaultMaxFragments.
	MaxFragments int
	// Deflate holds the negotiated parameters of permessage-deflate; nil: it was not
	// negotiated, and a set RSV1 is a violation.
	Deflate *Deflate
	// Raw keeps the frames as they were received, for forwarding them.
	Raw bool
	// Payload keeps the unmasked and inflated payload, for looking into it. Without
	// Raw, the Reader may unmask a client's payload in place.
	Payload bool
}

// Unit is a whole data message or a control frame.
type Unit struct {
	// Opcode is Text or Binary for a message; Close, Ping or Pong.
	Opcode Opcode
	// Fragments is the number of frames, 1 for a control frame.
	Fragments int
	// Compressed reports whether the message came compressed.
	Compressed bool
	// Raw holds the frames as received, masked if they were, with ReaderConfig.Raw. Of
	// a fragmented message it holds the data frames in order, without the control
	// frames that came between them: those were Units of their own before.
	Raw []byte
	// Payload is unmasked and inflated. A message has it with ReaderConfig.Payload, a
	// control frame always.
	Payload []byte
	// Code is the close code of a Close frame, CloseNoStatus if it has none.
	Code CloseCode
	// Reason is the close reason, a part of Payload. It is valid UTF-8.
	Reason []byte
}
