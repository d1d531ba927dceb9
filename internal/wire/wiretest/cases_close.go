package wiretest

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleClose = Rule{"RFC 6455 5.5.1", "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in response. " +
		"(When sending a Close frame in response, the endpoint typically echos the status code it received.)"}
	ruleAfterClose = Rule{"RFC 6455 5.5.1", "After both sending and receiving a Close message, an endpoint considers the WebSocket connection closed and MUST close " +
		"the underlying TCP connection. The server MUST close the underlying TCP connection immediately"}
	ruleCloseBody   = Rule{"RFC 6455 5.5.1", "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing a status code"}
	ruleCloseReason = Rule{"RFC 6455 5.5.1", "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/"}
	ruleCloseCode   = Rule{"RFC 6455 7.4.2", "Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions"}
	ruleCloseUnused = Rule{"RFC 6455 7.4.2", "Status codes in the range 0-999 are not used."}
	ruleCloseNever  = Rule{"RFC 6455 7.4.1", "is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint"}
)

// closeCases are about the closing handshake, its codes and its reasons.
func closeCases(Capabilities) []Case {
	cases := handshakeCases()
	cases = append(cases, afterCloseCases()...)
	return append(cases, closeCodeCases()...)
}

// closed expects the Close to be answered with one of the codes.
func closed(codes ...wire.CloseCode) Want { return Want{Outcome: Closed, Codes: codes} }

func handshakeCases() []Case {
	normal := closed(wire.CloseNormal)
	longest := strings.Repeat("*", 123)
	cases := []Case{
		{Name: "close/without a body", Rule: ruleClose, Send: closing(""), Want: closed(wire.CloseNoStatus, wire.CloseNormal)},
		{Name: "close/with a code", Rule: ruleClose, Send: closing(body(1000, "")), Want: normal},
		{Name: "close/with a reason", Rule: ruleCloseReason, Send: closing(body(1000, "bye")), Want: normal},
		{Name: "close/with a reason of several scripts", Rule: ruleCloseReason, Send: closing(body(1000, "κόσμε 再见 𝄞")), Want: normal},
		{Name: "close/with the longest reason", Rule: ruleCloseReason, Send: closing(body(1000, longest)), Want: normal},
		{Name: "close/byte by byte", Rule: ruleClose, Send: closing(body(1000, "bye")), Chop: 1, Want: normal},
		{Name: "close/after a message", Rule: ruleClose, Send: join(text("Hello"), closing(body(1000, ""))), Want: after(normal, Message{wire.Text, "Hello"})},
		{Name: "close/after a fragmented message", Rule: ruleClose, Send: join(split(wire.Text, "He", "llo"), closing(body(1000, ""))), Want: after(normal, Message{wire.Text, "Hello"})},
		{Name: "close/inside a fragmented message", Rule: ruleInjected, Send: join(first(wire.Text, "He"), closing(body(1000, ""))), Want: normal},
	}
	protocolError := failed(wire.CloseProtocolError)
	cases = append(cases, variants("close/with half a code", ruleCloseBody, closing("\x03"), protocolError)...)
	cases = append(cases, variants("close/with a reason of 124 bytes", ruleControl, closing(body(1000, longest+"*")), protocolError)...)
	return append(cases, closeReasonCases()...)
}

func closeReasonCases() []Case {
	var cases []Case
	for _, bad := range []string{"\xff", "bye\x80", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", "\xc3", "\xf4\x90\x80\x80", "\xc0\xaf"} {
		cases = append(cases, Case{Name: fmt.Sprintf("close/with a reason of % x", bad), Rule: ruleText, Send: closing(body(1000, bad)), Want: failed(wire.CloseInvalidPayload)})
	}
	return cases
}

// afterCloseCases send more behind a Close frame, which nobody may answer or judge.
func afterCloseCases() []Case {
	bye := closing(body(1000, "bye"))
	behind := []struct {
		name string
		b    []byte
	}{
		{"text", text("Hello")},
		{"a ping", ping("late")},
		{"a second close", closing(body(1000, ""))},
		{"a close with another code", closing(body(1001, "again"))},
		{"the rest of a message", last("late")},
		{"an unmasked frame", wire.AppendMessage(nil, wire.Text, []byte("x"), nil)},
		{"a frame with reserved bits", frame(wire.Header{Fin: true, RSV2: true, Opcode: 3}, "x")},
		{"text that is not UTF-8", text("\xff\xff")},
		{"a header over the limit", head(wire.Header{Fin: true, Opcode: wire.Binary}, 1<<62)},
		{"bytes that are no frames", []byte(noise(500))},
		{"much data", []byte(strings.Repeat(string(binary(noise(1000))), 30))},
	}
	var cases []Case
	for _, b := range behind {
		cases = append(cases, Case{Name: "close/followed by " + b.name, Rule: ruleAfterClose, Send: join(text("before"), bye, b.b), Want: after(closed(wire.CloseNormal), Message{wire.Text, "before"})})
	}
	return cases
}

func closeCodeCases() []Case {
	var cases []Case
	for _, code := range []wire.CloseCode{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4999} {
		cases = append(cases, Case{Name: fmt.Sprintf("close/code %v", code), Rule: ruleClose, Send: closing(body(code, "")), Want: closed(code, wire.CloseNormal)})
		cases = append(cases, Case{Name: fmt.Sprintf("close/code %v with a reason", code), Rule: ruleClose, Send: closing(body(code, "reason")), Want: closed(code, wire.CloseNormal)})
	}
	bad := []struct {
		rule  Rule
		codes []wire.CloseCode
	}{
		{ruleCloseUnused, []wire.CloseCode{0, 1, 500, 999}},
		{ruleCloseNever, []wire.CloseCode{1005, 1006, 1015}},
		{ruleCloseCode, []wire.CloseCode{1004, 1016, 1017, 1100, 2000, 2999, 5000, 65535}},
	}
	for _, b := range bad {
		for _, code := range b.codes {
			cases = append(cases, Case{Name: fmt.Sprintf("close/code %v may not be sent", code), Rule: b.rule, Send: closing(body(code, "")), Want: failed(wire.CloseProtocolError)})
			cases = append(cases, Case{Name: fmt.Sprintf("close/code %v may not be sent with a reason", code), Rule: b.rule, Send: closing(body(code, "reason")), Want: failed(wire.CloseProtocolError)})
		}
	}
	return cases
}
