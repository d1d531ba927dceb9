package wiretest

import (
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleLength = Rule{"RFC 6455 5.2", "The length of the \"Payload data\", in bytes: if 0-125, that is the payload length. " +
		"If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length. If 127, the following 8 bytes " +
		"interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length."}
	ruleReceive = Rule{"RFC 6455 6.2", "Upon receiving a data frame (Section 5.6), the endpoint MUST note the /type/ of the data as defined by the opcode"}
	ruleMasking = Rule{"RFC 6455 5.3", "Octet i of the transformed data (\"transformed-octet-i\") is the XOR of octet i of the original data " +
		"(\"original-octet-i\") with octet at index i modulo 4 of the masking key"}
	ruleFragmentSize = Rule{"RFC 6455 5.4", "A sender MAY create fragments of any size for non-control messages."}
)

// echoCases send whole messages of every length form, in reads of different sizes, and
// large ones in fragments of different sizes.
func echoCases(caps Capabilities) []Case {
	var cases []Case
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		for _, n := range []int{0, 1, 2, 124, 125, 126, 127, 128, 1000, 65535, 65536} {
			if int64(n) <= caps.MaxMessage {
				cases = append(cases, echoesOf(op, n)...)
			}
		}
	}
	cases = append(cases, maskCases()...)
	cases = append(cases, batchCases()...)
	return append(cases, fragmentSizeCases(caps)...)
}

// echoesOf sends a message of n bytes whole, and in writes of one, two and 997 bytes
// where that stays quick.
func echoesOf(op wire.Opcode, n int) []Case {
	payload := sample(n)
	if op == wire.Binary {
		payload = noise(n)
	}
	var cases []Case
	for _, chop := range []int{0, 1, 2, 997} {
		if chop == 997 && n < 1000 || chop > 0 && n/chop > 200 {
			continue
		}
		cases = append(cases, Case{
			Name: fmt.Sprintf("echo/%v of %d bytes%s", op, n, inWrites(chop)),
			Rule: ruleLength,
			Send: frame(wire.Header{Fin: true, Opcode: op}, payload),
			Chop: chop,
			Want: echoed(op, payload),
		})
	}
	return cases
}

// inWrites names a chop size.
func inWrites(chop int) string {
	switch chop {
	case 0:
		return ""
	case 1:
		return " byte by byte"
	}
	return fmt.Sprintf(" in writes of %d", chop)
}

func maskCases() []Case {
	var cases []Case
	for _, key := range [][4]byte{{}, {0xff, 0xff, 0xff, 0xff}, {1, 2, 3, 4}, {0, 0, 0, 1}} {
		for _, p := range []string{"Hello", sample(300)} {
			b := wire.AppendMessage(nil, wire.Text, []byte(p), &key)
			cases = append(cases, Case{
				Name: fmt.Sprintf("echo/mask %x over %d bytes", key, len(p)),
				Rule: ruleMasking, Send: b, Chop: 7, Want: echoed(wire.Text, p),
			})
		}
	}
	return cases
}

// batchCases send several messages at once, so that their borders do not lie at the
// borders of reads.
func batchCases() []Case {
	var send []byte
	var want Want
	for i := range 20 {
		op, p := wire.Text, sample(i*i)
		if i%3 == 0 {
			op, p = wire.Binary, noise(i*i)
		}
		send = append(send, frame(wire.Header{Fin: true, Opcode: op}, p)...)
		want.Messages = append(want.Messages, Message{op, p})
	}
	var cases []Case
	for _, chop := range []int{0, 1, 3, 100, 1000} {
		cases = append(cases, Case{Name: "echo/twenty messages at once" + inWrites(chop), Rule: ruleReceive, Send: send, Chop: chop, Want: want})
	}
	return cases
}

// fragmentSizeCases send one large message in fragments of many sizes.
func fragmentSizeCases(caps Capabilities) []Case {
	var cases []Case
	n := int(min(caps.MaxMessage, 65536))
	for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
		payload := sample(n)
		if op == wire.Binary {
			payload = noise(n)
		}
		for _, size := range []int{64, 256, 1024, 1300, 4096, 16384, 65535} {
			if size >= n || (n+size-1)/size > caps.MaxFragments {
				continue
			}
			for _, chop := range []int{0, 997} {
				cases = append(cases, Case{
					Name: fmt.Sprintf("echo/%v of %d bytes in fragments of %d%s", op, n, size, inWrites(chop)),
					Rule: ruleFragmentSize, Send: fragments(op, payload, size), Chop: chop, Want: echoed(op, payload),
				})
			}
		}
	}
	return cases
}
