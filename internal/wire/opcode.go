package wire

// Opcode is the 4-bit frame type of RFC 6455 section 5.2.
type Opcode byte

// The opcodes that RFC 6455 section 5.2 defines. Every other value is reserved
// and fails the connection.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// IsControl reports whether o is in the range of control frames (0x8 to 0xF),
// reserved ones included: RFC 6455 section 5.5, "Control frames are identified
// by opcodes where the most significant bit of the opcode is 1".
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// String returns the lower-case name of o, or "reserved" for an opcode without one.
func (o Opcode) String() string {
	switch o {
	case Continuation:
		return "continuation"
	case Text:
		return "text"
	case Binary:
		return "binary"
	case Close:
		return "close"
	case Ping:
		return "ping"
	case Pong:
		return "pong"
	}
	return "reserved"
}
