package wiretest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleFragmented = Rule{"RFC 6455 5.4", "A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more " +
		"frames with the FIN bit clear and the opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode of 0."}
	ruleInjected    = Rule{"RFC 6455 5.4", "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."}
	ruleInterleaved = Rule{"RFC 6455 5.4", "The fragments of one message MUST NOT be interleaved between the fragments of another message " +
		"unless an extension has been negotiated that can interpret the interleaving."}
	ruleSplitText = Rule{"RFC 6455 5.6", "Note that a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST contain valid UTF-8."}
)

// fragmentCases are about messages in fragments, right and wrong.
func fragmentCases(caps Capabilities) []Case {
	cases := wellFragmented(caps)
	return append(cases, badlyFragmented()...)
}

func wellFragmented(caps Capabilities) []Case {
	var cases []Case
	add := func(name string, rule Rule, send []byte, want Want) {
		for _, chop := range []int{0, 1} {
			cases = append(cases, Case{Name: "fragment/" + name + inWrites(chop), Rule: rule, Send: send, Chop: chop, Want: want})
		}
	}
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		name := op.String() + " "
		add(name+"in two", ruleFragmented, split(op, "fragment1", "fragment2"), echoed(op, "fragment1fragment2"))
		add(name+"in five", ruleFragmented, split(op, "a", "bc", "", "def", "g"), echoed(op, "abcdefg"))
		add(name+"with an empty first one", ruleFragmented, split(op, "", "ab"), echoed(op, "ab"))
		add(name+"with an empty last one", ruleFragmented, split(op, "ab", ""), echoed(op, "ab"))
		add(name+"of empty ones only", ruleFragmented, split(op, "", "", ""), echoed(op, ""))
		add(name+"with a ping between", ruleInjected, join(first(op, "fragment1"), ping("ping"), last("fragment2")), pinged(echoed(op, "fragment1fragment2"), "ping"))
		add(name+"with pongs between", ruleInjected, join(first(op, "a"), pong(""), more("b"), pong("x"), last("c")), echoed(op, "abc"))
		add(name+"with pings everywhere", ruleInjected, join(ping("1"), first(op, "a"), ping("2"), more(""), ping("3"), more("b"), ping("4"), last("c"), ping("5")),
			pinged(echoed(op, "abc"), "1", "2", "3", "4", "5"))
		add(name+"and messages around", ruleFragmented, join(text("before"), split(op, "a", "b"), text("after")),
			Want{Messages: []Message{{wire.Text, "before"}, {op, "ab"}, {wire.Text, "after"}}})
		n := min(caps.MaxFragments, 50)
		parts := slices.Repeat([]string{"part."}, n)
		add(fmt.Sprintf("%sin %d", name, n), ruleFragmented, split(op, parts...), echoed(op, strings.Join(parts, "")))
	}
	add("text cut inside code points", ruleSplitText, split(wire.Text, "12 \xe2", "\x82", "\xac \xf0\x9d", "\x84\x9e \xc3", "\xa9"), echoed(wire.Text, "12 € 𝄞 é"))
	add("code point with pings inside", ruleSplitText, join(first(wire.Text, "\xf0"), ping("a"), more("\x9d\x84"), ping("b"), last("\x9e")), pinged(echoed(wire.Text, "𝄞"), "a", "b"))
	return cases
}

func badlyFragmented() []Case {
	protocolError := failed(wire.CloseProtocolError)
	var cases []Case
	add := func(name string, rule Rule, bad []byte) {
		cases = append(cases, variants("fragment/"+name, rule, bad, protocolError)...)
	}
	add("continuation without a message", ruleFragmented, more("x"))
	add("last continuation without a message", ruleFragmented, last("x"))
	add("empty continuation without a message", ruleFragmented, last(""))
	add("text inside a text message", ruleInterleaved, join(first(wire.Text, "a"), text("b")))
	add("binary inside a text message", ruleInterleaved, join(first(wire.Text, "a"), binary("b")))
	add("first fragment inside a message", ruleInterleaved, join(first(wire.Binary, "a"), first(wire.Binary, "b")))
	add("empty text inside a message", ruleInterleaved, join(first(wire.Text, ""), text("")))
	add("message inside a message after a ping", ruleInterleaved, join(first(wire.Text, "a"), pong(""), text("b")))
	add("reserved opcode inside a message", ruleOpcode, join(first(wire.Text, "a"), frame(wire.Header{Opcode: 5}, "b")))
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		done := join(split(op, "a", "b"), last("c"))
		cases = append(cases, Case{Name: fmt.Sprintf("fragment/continuation after a finished %v message", op), Rule: ruleFragmented, Send: done,
			Want: after(protocolError, Message{op, "ab"})})
	}
	return cases
}
