package wiretest

import (
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleMasked = Rule{"RFC 6455 5.1", "The server MUST close the connection upon receiving a frame that is not masked."}
	ruleRSV    = Rule{"RFC 6455 5.2", "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero value, " +
		"the receiving endpoint MUST _Fail the WebSocket Connection_."}
	ruleOpcode  = Rule{"RFC 6455 5.2", "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."}
	ruleMinimal = Rule{"RFC 6455 5.2", "Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, " +
		"the length of a 124-byte-long string can't be encoded as the sequence 126, 0, 124."}
	ruleHighBit = Rule{"RFC 6455 5.2", "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length."}
)

// headerCases break the rules of single frame headers.
func headerCases(Capabilities) []Case {
	var cases []Case
	cases = append(cases, unmaskedCases()...)
	cases = append(cases, reservedBitCases()...)
	cases = append(cases, reservedOpcodeCases()...)
	return append(cases, lengthCases()...)
}

// variants sends a faulty frame alone, byte by byte, and behind messages that are right,
// with more behind it.
func variants(name string, rule Rule, bad []byte, want Want) []Case {
	hello := Message{wire.Text, "Hello"}
	return []Case{
		{Name: name, Rule: rule, Send: bad, Want: want},
		{Name: name + " byte by byte", Rule: rule, Send: bad, Chop: 1, Want: want},
		{Name: name + " between messages", Rule: rule, Send: join(text("Hello"), bad, text("again"), ping("")), Want: after(want, hello)},
	}
}

func unmaskedCases() []Case {
	var cases []Case
	for _, op := range []wire.Opcode{wire.Text, wire.Binary, wire.Ping, wire.Pong} {
		for _, p := range []string{"", "Hello"} {
			bad := wire.AppendMessage(nil, op, []byte(p), nil)
			cases = append(cases, variants(fmt.Sprintf("header/unmasked %v of %d bytes", op, len(p)), ruleMasked, bad, failed(wire.CloseProtocolError))...)
		}
	}
	bad := wire.AppendClose(nil, wire.CloseNormal, "", nil)
	cases = append(cases, variants("header/unmasked close", ruleMasked, bad, failed(wire.CloseProtocolError))...)
	mixed := join(first(wire.Text, "a"), wire.AppendFrame(nil, true, wire.Continuation, []byte("b"), nil))
	return append(cases, variants("header/unmasked continuation", ruleMasked, mixed, failed(wire.CloseProtocolError))...)
}

func reservedBitCases() []Case {
	var cases []Case
	for bits := 1; bits < 8; bits++ {
		h := wire.Header{Fin: true, RSV1: bits&4 != 0, RSV2: bits&2 != 0, RSV3: bits&1 != 0}
		for _, op := range []wire.Opcode{wire.Text, wire.Binary, wire.Close, wire.Ping, wire.Pong} {
			h.Opcode = op
			c := variants(fmt.Sprintf("header/RSV %03b on %v", bits, op), ruleRSV, frame(h, ""), failed(wire.CloseProtocolError))
			cases = append(cases, c[(bits+int(op))%len(c)])
		}
		h.Opcode = wire.Continuation
		bad := join(first(wire.Text, "a"), frame(h, "b"))
		cases = append(cases, variants(fmt.Sprintf("header/RSV %03b on continuation", bits), ruleRSV, bad, failed(wire.CloseProtocolError))[bits%3])
	}
	return cases
}

func reservedOpcodeCases() []Case {
	var cases []Case
	for _, op := range []wire.Opcode{3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		for _, p := range []string{"", "payload"} {
			bad := frame(wire.Header{Fin: true, Opcode: op}, p)
			cases = append(cases, variants(fmt.Sprintf("header/opcode %d with %d bytes", op, len(p)), ruleOpcode, bad, failed(wire.CloseProtocolError))...)
		}
	}
	return cases
}

// lengthCases write lengths in forms that are not theirs.
func lengthCases() []Case {
	const masked = 0x80
	key := "\x01\x02\x03\x04"
	protocolError := failed(wire.CloseProtocolError)
	var cases []Case
	for _, n := range []byte{0, 1, 124, 125} {
		bad := append([]byte{0x82, masked | 126, 0, n}, key+noise(int(n))...)
		cases = append(cases, variants(fmt.Sprintf("header/16-bit length of %d", n), ruleMinimal, bad, protocolError)...)
	}
	for _, n := range []int{0, 125, 126, 65535} {
		bad := append([]byte{0x82, masked | 127, 0, 0, 0, 0, 0, 0, byte(n >> 8), byte(n)}, key...)
		cases = append(cases, variants(fmt.Sprintf("header/64-bit length of %d", n), ruleMinimal, bad, protocolError)...)
	}
	for _, high := range []byte{0x80, 0xff} {
		bad := append([]byte{0x82, masked | 127, high, 0, 0, 0, 0, 0, 0, 5}, key+"Hello"...)
		want := failed(wire.CloseProtocolError, wire.CloseMessageTooBig)
		cases = append(cases, variants(fmt.Sprintf("header/64-bit length that begins with %x", high), ruleHighBit, bad, want)...)
	}
	return cases
}
