package wiretest

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleInflate = Rule{"RFC 7692 7.2.2", "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message. " +
		"Decompress the resulting data using DEFLATE."}
	ruleCompressedBit = Rule{"RFC 7692 6", "An endpoint MUST NOT set the \"Per-Message Compressed\" bit of control frames and non-first fragments of a data message. " +
		"An endpoint receiving such a frame MUST _Fail the WebSocket Connection_."}
	ruleUncompressed = Rule{"RFC 7692 6", "Compression is chosen message by message: the bit on the first fragment says whether a message is compressed."}
	ruleTakeover     = Rule{"RFC 7692 7.2.2", "Otherwise, the server MUST decompress each new message using the LZ77 sliding window used to process the last compressed message."}
	ruleBlocks       = Rule{"RFC 7692 7.2.1", "An endpoint MAY use both DEFLATE blocks with the \"BFINAL\" bit set to 0 and DEFLATE blocks with the \"BFINAL\" bit set to 1."}
)

// compressed is the first frame of a compressed message.
var compressed = wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}

// offers are what the cases with compression offer.
func offers(caps Capabilities) []string {
	o := []string{
		"permessage-deflate",
		"permessage-deflate; client_max_window_bits",
		"permessage-deflate; client_no_context_takeover; server_no_context_takeover",
		"permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
		"permessage-deflate; client_max_window_bits=9",
	}
	if caps.ServerWindow {
		o = append(o, "permessage-deflate; server_max_window_bits=9; server_no_context_takeover", "permessage-deflate; server_max_window_bits=8")
	}
	return o
}

// deflateCases need compression.
func deflateCases(caps Capabilities) []Case {
	if !caps.Deflate {
		return nil
	}
	var cases []Case
	for i, offer := range offers(caps) {
		cases = append(cases, compressedSizes(caps, offer, i)...)
	}
	all := blockCases()
	all = append(all, mixedCases()...)
	all = append(all, brokenDeflateCases(caps)...)
	if caps.ContextTakeover {
		all = append(all, takeoverCases(caps)...)
	}
	for _, c := range all {
		c.Offer = offers(caps)[0]
		cases = append(cases, c)
	}
	return cases
}

// compressedSizes send messages of many sizes, compressed by themselves. Matches stay
// within a window of 512 bytes where the offer says so.
func compressedSizes(caps Capabilities, offer string, shift int) []Case {
	levels := []int{1, 9, flate.HuffmanOnly, flate.NoCompression}
	if strings.Contains(offer, "client_max_window_bits=9") {
		levels = []int{flate.HuffmanOnly, flate.NoCompression}
	}
	var cases []Case
	for i, n := range []int{16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072} {
		if int64(n) > caps.MaxMessage {
			break
		}
		for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
			level := levels[(i+shift+int(op))%len(levels)]
			cases = append(cases, sizeCases(offer, op, n, level, i)...)
		}
	}
	return cases
}

// sizeCases send three messages of n bytes in one frame each, and one in fragments.
func sizeCases(offer string, op wire.Opcode, n, level, i int) []Case {
	p := sample(n)
	if op == wire.Binary {
		p = noise(n/2) + sample(n)[:n-n/2]
	}
	h := wire.Header{Fin: true, RSV1: true, Opcode: op}
	z := zip(p, level)
	one := frame(h, z)
	chop := []int{0, 997, 101}[i%3]
	name := fmt.Sprintf("deflate/%s/%v of %d bytes, level %d", strings.TrimPrefix(offer, "permessage-deflate"), op, n, level)
	h.Fin = false
	cut := len(z) / 3
	parts := join(frame(h, z[:cut]), ping("between"), more(z[cut:2*cut]), more(""), last(z[2*cut:]))
	return []Case{
		{Name: name, Rule: ruleInflate, Offer: offer, Send: join(one, one, one), Chop: chop, Want: echoed(op, p, p, p)},
		{Name: name + ", in fragments", Rule: ruleInflate, Offer: offer, Send: parts, Chop: chop, Want: pinged(echoed(op, p), "between")},
	}
}

// blockCases are the examples of RFC 7692 section 7.2.3 and forms that few senders use.
func blockCases() []Case {
	var cases []Case
	add := func(name, payload, want string) {
		for _, chop := range []int{0, 1} {
			cases = append(cases, Case{Name: "deflate/blocks/" + name + inWrites(chop), Rule: ruleBlocks, Send: join(frame(compressed, payload), text("after")), Chop: chop,
				Want: echoed(wire.Text, want, "after")})
		}
	}
	add("one (7.2.3.1)", "\xf2\x48\xcd\xc9\xc9\x07\x00", "Hello")
	add("without compression (7.2.3.3)", "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "Hello")
	add("final (7.2.3.4)", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "Hello")
	add("two (7.2.3.5)", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", "Hello")
	add("empty message (7.2.3.6)", "\x00", "")
	add("empty message in a fixed block", "\x02\x00", "")
	add("many empty ones", strings.Repeat("\x00\x00\x00\xff\xff", 20)+"\xf2\x48\xcd\xc9\xc9\x07\x00", "Hello")
	h := compressed
	h.Fin = false
	hello := join(frame(h, "\xf2\x48\xcd"), last("\xc9\xc9\x07\x00"))
	cases = append(cases,
		Case{Name: "deflate/blocks/in two fragments (7.2.3.1)", Rule: ruleBlocks, Send: hello, Want: echoed(wire.Text, "Hello")},
		Case{Name: "deflate/blocks/in a fragment behind an empty one", Rule: ruleBlocks, Send: join(frame(h, ""), last("\xf2\x48\xcd\xc9\xc9\x07\x00")), Want: echoed(wire.Text, "Hello")},
		Case{Name: "deflate/blocks/in a fragment before an empty one", Rule: ruleBlocks, Send: join(frame(h, "\xf2\x48\xcd\xc9\xc9\x07\x00"), last("")), Want: echoed(wire.Text, "Hello")})
	return cases
}

// mixedCases send compressed and uncompressed messages and control frames together.
func mixedCases() []Case {
	p := sample(3000)
	small := frame(compressed, zip("κόσμε €", 9))
	large := frame(compressed, zip(p, 9))
	mixed := join(text("plain"), small, binary("\xff"), large, ping("p"), text(p), small)
	want := pinged(Want{Messages: []Message{{wire.Text, "plain"}, {wire.Text, "κόσμε €"}, {wire.Binary, "\xff"}, {wire.Text, p}, {wire.Text, p}, {wire.Text, "κόσμε €"}}}, "p")
	var cases []Case
	for _, chop := range []int{0, 1, 50} {
		cases = append(cases, Case{Name: "deflate/mixed/with uncompressed messages" + inWrites(chop), Rule: ruleUncompressed, Send: mixed, Chop: chop, Want: want})
	}
	return append(cases,
		Case{Name: "deflate/mixed/only uncompressed messages", Rule: ruleUncompressed, Send: join(text(p), split(wire.Text, "a", "b")), Want: echoed(wire.Text, p, "ab")},
		Case{Name: "deflate/mixed/close after a compressed message", Rule: ruleClose, Send: join(small, closing(body(1000, ""))), Want: after(closed(wire.CloseNormal), Message{wire.Text, "κόσμε €"})})
}

// takeoverCases compress several messages in one context.
func takeoverCases(caps Capabilities) []Case {
	long := sample(int(min(caps.MaxMessage, 60_000)))
	groups := [][]string{
		{"Hello", "Hello", "Hello"},
		{"Hello, world", "", "Hello, world", "world, Hello"},
		{long, long[:len(long)/2], long[len(long)/3:]},
		{"short", long, "short", long, long},
	}
	var cases []Case
	for i, g := range groups {
		for _, chop := range []int{0, 41} {
			cases = append(cases, Case{Name: fmt.Sprintf("deflate/takeover/group %d%s", i+1, inWrites(chop)), Rule: ruleTakeover, Send: inOneContext(g), Chop: chop, Want: echoed(wire.Text, g...)})
		}
	}
	return cases
}

// inOneContext writes compressed messages of which each may refer to those before it.
func inOneContext(messages []string) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 9)
	if err != nil {
		panic(err) // level 9 exists
	}
	var send []byte
	for _, m := range messages {
		out.Reset()
		w.Write([]byte(m))
		w.Flush()
		send = append(send, frame(compressed, strings.TrimSuffix(out.String(), "\x00\x00\xff\xff"))...)
	}
	return send
}

// brokenDeflateCases break the rules of compressed messages.
func brokenDeflateCases(caps Capabilities) []Case {
	protocolError, invalid, tooBig := failed(wire.CloseProtocolError), failed(wire.CloseInvalidPayload), failed(wire.CloseMessageTooBig)
	h := func(op wire.Opcode, fin, rsv2, rsv3 bool) wire.Header {
		return wire.Header{Fin: fin, RSV1: true, RSV2: rsv2, RSV3: rsv3, Opcode: op}
	}
	hello := zip("Hello", 9)
	begun := frame(h(wire.Text, false, false, false), hello[:3])
	limit := int(caps.MaxMessage)
	bomb := zip(strings.Repeat("\x00", 20*limit), 9)
	cut := zip(sample(300), 9)
	var cases []Case
	add := func(name string, rule Rule, bad []byte, want Want) {
		cases = append(cases, variants("deflate/broken/"+name, rule, bad, want)...)
	}
	add("RSV1 on a continuation", ruleCompressedBit, join(begun, frame(h(0, true, false, false), hello[3:])), protocolError)
	add("RSV1 on a continuation of an uncompressed message", ruleCompressedBit, join(first(wire.Text, "a"), frame(h(0, true, false, false), "b")), protocolError)
	for _, op := range []wire.Opcode{wire.Ping, wire.Pong, wire.Close} {
		add(fmt.Sprintf("RSV1 on a %v", op), ruleCompressedBit, frame(h(op, true, false, false), ""), protocolError)
	}
	add("RSV2 beside RSV1", ruleRSV, frame(h(wire.Text, true, true, false), hello), protocolError)
	add("RSV3 beside RSV1", ruleRSV, frame(h(wire.Text, true, false, true), hello), protocolError)
	add("RSV2 alone", ruleRSV, frame(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}, "Hello"), protocolError)
	add("block of the reserved type", ruleInflate, frame(h(wire.Binary, true, false, false), "\x06\x00\x00"), invalid)
	add("bytes that are not DEFLATE", ruleInflate, frame(h(wire.Binary, true, false, false), "\xff\xff\xff\xff"), invalid)
	add("distance before the first message", ruleInflate, frame(h(wire.Binary, true, false, false), "\xf2\x00\x11\x00\x00"), invalid)
	add("message cut short", ruleInflate, frame(h(wire.Binary, true, false, false), cut[:len(cut)/2]), invalid)
	add("error in a later fragment", ruleInflate, join(begun, more(""), last("\x06\x06\x06\x06\x06\x06\x06\x06")), invalid)
	add("text that is not UTF-8", ruleText, frame(h(wire.Text, true, false, false), zip("a\xed\xa0\x80b", 9)), invalid)
	add("text that ends in a code point", ruleText, frame(h(wire.Text, true, false, false), zip("a\xe2\x82", 9)), invalid)
	add("bomb", ruleTooBig, frame(h(wire.Binary, true, false, false), bomb), tooBig)
	add("bomb in fragments", ruleTooBig, join(frame(h(wire.Binary, false, false, false), bomb[:len(bomb)/2]), last(bomb[len(bomb)/2:])), tooBig)
	add("one byte over the limit when inflated", ruleTooBig, frame(h(wire.Text, true, false, false), zip(sample(limit+1), 9)), tooBig)
	if !caps.Lazy {
		add("header far over the limit", ruleStream, head(h(wire.Text, true, false, false), 2*uint64(limit)), tooBig)
		endless := frame(h(wire.Binary, false, false, false), bomb)
		cases = append(cases, Case{Name: "deflate/broken/bomb in a message that does not end", Rule: ruleTooBig, Send: endless, Want: tooBig})
	}
	return cases
}
