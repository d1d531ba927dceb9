package wiretest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleLimit = Rule{"RFC 6455 10.4", "Implementations that have implementation- and/or platform-specific limitations regarding the frame size or total message size " +
		"after reassembly from multiple frames MUST protect themselves against exceeding those limits."}
	ruleTooBig = Rule{"RFC 6455 7.4.1", "1009 indicates that an endpoint is terminating the connection because it has received a message that is too big for it to process."}
	ruleStream = Rule{"RFC 6455 10.4", "a malicious endpoint can try to exhaust its peer's memory or mount a denial-of-service attack by sending either a single big frame " +
		"(e.g., of size 2**60) or by sending a long stream of small frames that are a part of a fragmented message."}
)

// limitCases go up to the limits of the end and over them.
func limitCases(caps Capabilities) []Case {
	cases := upToTheLimits(caps)
	cases = append(cases, overTheSize(caps)...)
	return append(cases, overTheFragments(caps)...)
}

func upToTheLimits(caps Capabilities) []Case {
	limit := int(caps.MaxMessage)
	var cases []Case
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		for _, n := range []int{limit / 4, limit / 2, limit - 1, limit} {
			p := sample(n)
			if op == wire.Binary {
				p = noise(n)
			}
			size := max(1, (n+caps.MaxFragments-1)/caps.MaxFragments)
			cases = append(cases,
				Case{Name: fmt.Sprintf("limit/%v of %d bytes", op, n), Rule: ruleLimit, Send: frame(wire.Header{Fin: true, Opcode: op}, p), Want: echoed(op, p)},
				Case{Name: fmt.Sprintf("limit/%v of %d bytes in all the fragments there may be", op, n), Rule: ruleLimit, Send: fragments(op, p, size), Want: echoed(op, p)})
		}
		whole := sample(limit)
		several := join(frame(wire.Header{Fin: true, Opcode: op}, whole), frame(wire.Header{Fin: true, Opcode: op}, whole), ping("end"))
		cases = append(cases, Case{Name: fmt.Sprintf("limit/two %v messages at the limit", op), Rule: ruleLimit, Send: several, Want: pinged(echoed(op, whole, whole), "end")})
	}
	empty := slices.Repeat([]string{""}, caps.MaxFragments)
	return append(cases, Case{Name: "limit/empty fragments, as many as there may be", Rule: ruleLimit, Send: split(wire.Binary, empty...), Want: echoed(wire.Binary, "")})
}

func overTheSize(caps Capabilities) []Case {
	limit := uint64(caps.MaxMessage)
	tooBig := failed(wire.CloseMessageTooBig)
	var cases []Case
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		one := frame(wire.Header{Fin: true, Opcode: op}, sample(int(limit)+1))
		half := sample(int(limit)/2 + 1)
		third := sample(int(limit)/3 + 1)
		cases = append(cases,
			Case{Name: fmt.Sprintf("limit/%v of one byte more", op), Rule: ruleTooBig, Send: one, Want: tooBig},
			Case{Name: fmt.Sprintf("limit/%v of one byte more behind a message", op), Rule: ruleTooBig, Send: join(text("Hello"), one), Want: after(tooBig, Message{wire.Text, "Hello"})},
			Case{Name: fmt.Sprintf("limit/%v in two fragments that are too long together", op), Rule: ruleTooBig, Send: split(op, half, half), Want: tooBig},
			Case{Name: fmt.Sprintf("limit/%v in three fragments that are too long together", op), Rule: ruleTooBig, Send: split(op, third, third, third), Want: tooBig},
		)
		if caps.Lazy {
			continue
		}
		for _, n := range []uint64{limit + 1, 2 * limit, 1 << 32, 1<<32 + 1, 1 << 60, 1<<63 - 1} {
			h := head(wire.Header{Fin: true, Opcode: op}, n)
			cases = append(cases, Case{Name: fmt.Sprintf("limit/%v header that announces %d bytes", op, n), Rule: ruleStream, Send: h, Want: tooBig})
		}
		sum := join(first(op, "begin"), head(wire.Header{Fin: true}, limit))
		cases = append(cases, Case{Name: fmt.Sprintf("limit/%v continuation header over the sum", op), Rule: ruleStream, Send: sum, Want: tooBig})
		overflow := join(first(op, "begin"), head(wire.Header{Fin: true}, 1<<63-1))
		cases = append(cases, Case{Name: fmt.Sprintf("limit/%v continuation header that overflows the sum", op), Rule: ruleStream, Send: overflow, Want: tooBig})
	}
	return cases
}

func overTheFragments(caps Capabilities) []Case {
	policy := failed(wire.ClosePolicyViolation)
	n := caps.MaxFragments + 1
	var cases []Case
	for _, p := range []string{"", "x"} {
		parts := slices.Repeat([]string{p}, n)
		endless := first(wire.Binary, p)
		pings := first(wire.Binary, p)
		for range n {
			endless = append(endless, more(p)...)
			pings = append(pings, join(pong(""), more(p))...)
		}
		name := fmt.Sprintf("limit/%d fragments of %d bytes", n, len(p))
		cases = append(cases,
			Case{Name: name, Rule: ruleStream, Send: split(wire.Binary, parts...), Want: policy},
			Case{Name: name + " byte by byte", Rule: ruleStream, Send: split(wire.Binary, parts...), Chop: 1, Want: policy},
			Case{Name: name + " without an end", Rule: ruleStream, Send: endless, Want: policy},
			Case{Name: name + " between pongs", Rule: ruleStream, Send: pings, Want: policy})
	}
	text := split(wire.Text, slices.Repeat([]string{strings.Repeat("x", 10)}, n)...)
	return append(cases, Case{Name: fmt.Sprintf("limit/text in %d fragments", n), Rule: ruleStream, Send: text, Want: policy})
}
