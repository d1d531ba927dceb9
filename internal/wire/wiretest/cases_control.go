package wiretest

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	rulePing = Rule{"RFC 6455 5.5.2", "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame."}
	rulePong = Rule{"RFC 6455 5.5.3", "A Pong frame sent in response to a Ping frame must have identical \"Application data\" as found in the message body " +
		"of the Ping frame being replied to."}
	ruleUnsolicited = Rule{"RFC 6455 5.5.3", "A Pong frame MAY be sent unsolicited. This serves as a unidirectional heartbeat. A response to an unsolicited Pong frame is not expected."}
	ruleControl     = Rule{"RFC 6455 5.5", "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."}
)

// controlCases are about pings and pongs, and about control frames that are too long or
// fragmented.
func controlCases(Capabilities) []Case {
	every := make([]byte, 125)
	for i := range every {
		every[i] = byte(i + 0x80)
	}
	cases := []Case{
		{Name: "control/unsolicited pong", Rule: ruleUnsolicited, Send: join(pong(""), text("Hello")), Want: echoed(wire.Text, "Hello")},
		{Name: "control/unsolicited pong with payload", Rule: ruleUnsolicited, Send: join(pong("unasked"), text("Hello")), Want: echoed(wire.Text, "Hello")},
		{Name: "control/unsolicited pong before a ping", Rule: ruleUnsolicited, Send: join(pong("unasked"), ping("asked")), Want: Want{Pongs: []string{"asked"}}},
		{Name: "control/ping between messages", Rule: rulePing, Send: join(text("a"), ping("b"), text("c")), Want: pinged(echoed(wire.Text, "a", "c"), "b")},
		{Name: "control/ping before a message in the same write", Rule: rulePing, Send: join(ping("b"), binary("c")), Want: pinged(echoed(wire.Binary, "c"), "b")},
	}
	payloads := map[string]string{"no payload": "", "text": "Hello, world", "bytes that are not UTF-8": "\x00\xff\xfe\xfd\xfc\xfb\x00\xff", "125 bytes": string(every)}
	for _, name := range []string{"no payload", "text", "bytes that are not UTF-8", "125 bytes"} {
		for _, chop := range []int{0, 1, 2} {
			cases = append(cases, Case{Name: "control/ping with " + name + inWrites(chop), Rule: rulePong, Send: ping(payloads[name]), Chop: chop, Want: Want{Pongs: []string{payloads[name]}}})
		}
	}
	cases = append(cases, manyPings()...)
	return append(cases, brokenControlCases()...)
}

// pinged adds pongs to what is expected.
func pinged(w Want, pongs ...string) Want {
	w.Pongs = pongs
	return w
}

func manyPings() []Case {
	var send []byte
	var pongs []string
	for i := range 10 {
		p := fmt.Sprintf("payload-%d", i)
		send = append(send, ping(p)...)
		pongs = append(pongs, p)
	}
	var cases []Case
	for _, chop := range []int{0, 1, 9} {
		cases = append(cases, Case{Name: "control/ten pings" + inWrites(chop), Rule: rulePong, Send: send, Chop: chop, Want: Want{Pongs: pongs}})
	}
	return cases
}

func brokenControlCases() []Case {
	protocolError := failed(wire.CloseProtocolError)
	var cases []Case
	for _, op := range []wire.Opcode{wire.Close, wire.Ping, wire.Pong} {
		for _, n := range []int{126, 127, 1000, 65536} {
			p := body(wire.CloseNormal, strings.Repeat("x", n-2))
			bad := frame(wire.Header{Fin: true, Opcode: op}, p)
			c := variants(fmt.Sprintf("control/%v of %d bytes", op, n), ruleControl, bad, protocolError)
			if n > 126 {
				c = c[:1]
			}
			cases = append(cases, c...)
		}
		alone := frame(wire.Header{Opcode: op}, "")
		cases = append(cases, variants(fmt.Sprintf("control/fragmented %v", op), ruleControl, alone, protocolError)...)
		whole := join(frame(wire.Header{Opcode: op}, body(wire.CloseNormal, "frag")), last("ment"))
		cases = append(cases, variants(fmt.Sprintf("control/%v in two fragments", op), ruleControl, whole, protocolError)...)
	}
	return cases
}
