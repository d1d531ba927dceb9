package wire

// Rule names what a peer violated, in a stable kebab-case word that is fit for a
// log field or a metric label.
type Rule string

// Violation is a breach of the frame rules. It is an error, and every one that
// this package returns is one of the pointers declared below, so that callers
// compare with == or errors.Is. It never carries bytes of the peer.
type Violation struct {
	Code    CloseCode // what the Close frame that answers it says
	Rule    Rule
	Text    string // constant, fit to be shown to the peer
	Section string // where the rule stands, such as "RFC 6455 5.1"
}

// Error returns the constant text of v, its rule and its section.
func (v *Violation) Error() string {
	return "websocket frame: " + v.Text + " (" + string(v.Rule) + ", " + v.Section + ")"
}

// The violations, each with the sentence it enforces.
var (
	// RFC 6455 5.1: "The server MUST close the connection upon receiving a frame
	// that is not masked."
	ErrUnmaskedFrame = &Violation{CloseProtocolError, "unmasked-frame", "frame from a client is not masked", "RFC 6455 5.1"}

	// RFC 6455 5.1: "A client MUST close a connection if it detects a masked frame."
	ErrMaskedFrame = &Violation{CloseProtocolError, "masked-frame", "frame from a server is masked", "RFC 6455 5.1"}

	// RFC 6455 5.2: "If a nonzero value is received and none of the negotiated
	// extensions defines the meaning of such a nonzero value, the receiving
	// endpoint MUST _Fail the WebSocket Connection_."
	ErrReservedBits = &Violation{CloseProtocolError, "reserved-bits", "reserved bit is set", "RFC 6455 5.2"}

	// RFC 7692 6: "An endpoint MUST NOT set the "Per-Message Compressed" bit of
	// control frames and non-first fragments of a data message. An endpoint
	// receiving such a frame MUST _Fail the WebSocket Connection_."
	ErrCompressedControl = &Violation{CloseProtocolError, "compressed-control", "control frame is marked as compressed", "RFC 7692 6"}

	// RFC 7692 6: the same sentence, for non-first fragments.
	ErrCompressedContinuation = &Violation{CloseProtocolError, "compressed-continuation", "continuation frame is marked as compressed", "RFC 7692 6"}

	// RFC 6455 5.2: "If an unknown opcode is received, the receiving endpoint MUST
	// _Fail the WebSocket Connection_."
	ErrReservedOpcode = &Violation{CloseProtocolError, "reserved-opcode", "opcode is reserved", "RFC 6455 5.2"}

	// RFC 6455 5.2: "Note that in all cases, the minimal number of bytes MUST be
	// used to encode the length".
	ErrLengthNotMinimal = &Violation{CloseProtocolError, "length-not-minimal", "length is not in its shortest form", "RFC 6455 5.2"}

	// RFC 6455 5.2: "the following 8 bytes interpreted as a 64-bit unsigned integer
	// (the most significant bit MUST be 0) are the payload length".
	ErrLengthOverflow = &Violation{CloseProtocolError, "length-overflow", "length has its most significant bit set", "RFC 6455 5.2"}

	// RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or
	// less and MUST NOT be fragmented."
	ErrControlSize = &Violation{CloseProtocolError, "control-size", "control frame is longer than 125 bytes", "RFC 6455 5.5"}

	// RFC 6455 5.5: the same sentence.
	ErrFragmentedControl = &Violation{CloseProtocolError, "fragmented-control", "control frame is fragmented", "RFC 6455 5.5"}

	// RFC 6455 5.4: "A fragmented message consists of a single frame with the FIN
	// bit clear and an opcode other than 0, followed by zero or more frames with
	// the FIN bit clear and the opcode set to 0".
	ErrUnexpectedContinuation = &Violation{CloseProtocolError, "unexpected-continuation", "continuation frame without a message to continue", "RFC 6455 5.4"}

	// RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved between
	// the fragments of another message".
	ErrUnfinishedMessage = &Violation{CloseProtocolError, "unfinished-message", "new message before the last one was finished", "RFC 6455 5.4"}

	// RFC 6455 5.5.1: "If there is a body, the first two bytes of the body MUST be
	// a 2-byte unsigned integer".
	ErrCloseLength = &Violation{CloseProtocolError, "close-length", "close frame with a body of one byte", "RFC 6455 5.5.1"}

	// RFC 6455 7.4.1 and 7.4.2: codes that "MUST NOT be set as a status code in a
	// Close control frame by an endpoint", that "are not used", or that are
	// reserved for a registration that does not exist.
	ErrCloseCode = &Violation{CloseProtocolError, "close-code", "close code may not be sent", "RFC 6455 7.4"}

	// RFC 6455 5.5.1: "Following the 2-byte integer, the body MAY contain UTF-8-encoded
	// data"; 8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds
	// that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST
	// _Fail the WebSocket Connection_."
	ErrCloseReason = &Violation{CloseInvalidPayload, "close-reason", "close reason is not valid UTF-8", "RFC 6455 8.1"}

	// RFC 6455 8.1: the same sentence, for text messages. RFC 6455 7.4.1: "1007
	// indicates that an endpoint is terminating the connection because it has
	// received data within a message that was not consistent with the type of the
	// message".
	ErrInvalidUTF8 = &Violation{CloseInvalidPayload, "invalid-utf8", "text is not valid UTF-8", "RFC 6455 8.1"}

	// RFC 6455 10.4: "Implementations that have implementation- and/or
	// platform-specific limitations regarding the frame size or total message size
	// after reassembly from multiple frames MUST protect themselves against
	// exceeding those limits." 7.4.1: "1009 indicates that an endpoint is
	// terminating the connection because it has received a message that is too big
	// for it to process."
	ErrMessageSize = &Violation{CloseMessageTooBig, "message-size", "message is longer than the limit", "RFC 6455 10.4"}

	// RFC 6455 10.4: the same sentence. What exhausts memory is the message as it is
	// handed on, so the limit holds for what comes out of the inflater.
	ErrInflatedSize = &Violation{CloseMessageTooBig, "inflated-size", "inflated message is longer than the limit", "RFC 6455 10.4"}

	// RFC 6455 10.4, of the number of frames instead of their size: an endless
	// message of empty fragments costs as much as a long one.
	ErrFragmentCount = &Violation{ClosePolicyViolation, "fragment-count", "message has more fragments than the limit", "RFC 6455 10.4"}

	// RFC 7692 7.2.2: "Decompress the resulting data using DEFLATE", which fails.
	ErrInflate = &Violation{CloseInvalidPayload, "inflate", "compressed message is not valid DEFLATE", "RFC 7692 7.2.2"}
)

// Violations returns every violation that a [Reader] can report.
func Violations() []*Violation {
	return []*Violation{
		ErrUnmaskedFrame, ErrMaskedFrame, ErrReservedBits, ErrCompressedControl, ErrCompressedContinuation,
		ErrReservedOpcode, ErrLengthNotMinimal, ErrLengthOverflow, ErrControlSize, ErrFragmentedControl,
		ErrUnexpectedContinuation, ErrUnfinishedMessage, ErrCloseLength, ErrCloseCode, ErrCloseReason,
		ErrInvalidUTF8, ErrMessageSize, ErrInflatedSize, ErrFragmentCount, ErrInflate,
	}
}
