package wire_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// violation is an input that breaks one rule. Where header is set, the rule is broken by
// the header alone, without a byte of the payload that it announces.
type violation struct {
	name string
	in   []byte
	want *wire.Violation
}

func violations(from wire.Role) []violation {
	other := wire.FromServer
	unmasked := wire.ErrUnmaskedFrame
	if from == wire.FromServer {
		other, unmasked = wire.FromClient, wire.ErrMaskedFrame
	}
	maskBit := byte(0x80)
	if from == wire.FromServer {
		maskBit = 0
	}
	f := func(h wire.Header, p string) []byte { return frame(from, h, p) }
	v := []violation{
		{"mask of the wrong side", message(other, wire.Text, "x"), unmasked},
		{"mask of the wrong side on a control frame", message(other, wire.Ping, ""), unmasked},
		{"RSV1", f(wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}, "x"), wire.ErrReservedBits},
		{"RSV2", f(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}, "x"), wire.ErrReservedBits},
		{"RSV3", f(wire.Header{Fin: true, RSV3: true, Opcode: wire.Binary}, "x"), wire.ErrReservedBits},
		{"RSV2 on a ping", f(wire.Header{Fin: true, RSV2: true, Opcode: wire.Ping}, ""), wire.ErrReservedBits},
		{"RSV3 on a close", f(wire.Header{Fin: true, RSV3: true, Opcode: wire.Close}, ""), wire.ErrReservedBits},
		{"RSV1 on a continuation", join(part(from, wire.Text, "x"), f(wire.Header{Fin: true, RSV1: true}, "y")), wire.ErrReservedBits},
		{"fragmented ping", f(wire.Header{Opcode: wire.Ping}, "x"), wire.ErrFragmentedControl},
		{"fragmented pong", f(wire.Header{Opcode: wire.Pong}, ""), wire.ErrFragmentedControl},
		{"fragmented close", f(wire.Header{Opcode: wire.Close}, ""), wire.ErrFragmentedControl},
		{"ping of 126 bytes", f(wire.Header{Fin: true, Opcode: wire.Ping}, strings.Repeat("x", 126)), wire.ErrControlSize},
		{"close of 126 bytes", f(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe8"+strings.Repeat("x", 124)), wire.ErrControlSize},
		{"pong with a 64-bit length", []byte{0x8a, maskBit | 127}, wire.ErrControlSize},
		{"continuation first", last(from, "x"), wire.ErrUnexpectedContinuation},
		{"continuation after a whole message", join(message(from, wire.Text, "x"), more(from, "y")), wire.ErrUnexpectedContinuation},
		{"continuation after a finished message", join(part(from, wire.Text, "x"), last(from, "y"), last(from, "z")), wire.ErrUnexpectedContinuation},
		{"text inside a message", join(part(from, wire.Text, "x"), message(from, wire.Text, "y")), wire.ErrUnfinishedMessage},
		{"binary fragment inside a message", join(part(from, wire.Text, "x"), part(from, wire.Binary, "y")), wire.ErrUnfinishedMessage},
		{"message inside after a ping", join(part(from, wire.Text, "x"), message(from, wire.Ping, ""), message(from, wire.Text, "y")), wire.ErrUnfinishedMessage},
		{"16-bit length of 125", append([]byte{0x82, maskBit | 126, 0, 125}, make([]byte, 130)...), wire.ErrLengthNotMinimal},
		{"64-bit length of 65535", append([]byte{0x82, maskBit | 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 4)...), wire.ErrLengthNotMinimal},
		{"64-bit length of 0", append([]byte{0x81, maskBit | 127}, make([]byte, 12)...), wire.ErrLengthNotMinimal},
		{"length with the highest bit", append([]byte{0x82, maskBit | 127, 0x80}, make([]byte, 11)...), wire.ErrLengthOverflow},
		{"length of all ones", append([]byte{0x82, maskBit | 127}, strings.Repeat("\xff", 12)...), wire.ErrLengthOverflow},
		{"length of 2^63-1", append([]byte{0x82, maskBit | 127, 0x7f}, strings.Repeat("\xff", 11)...), wire.ErrMessageSize},
		{"close body of one byte", f(wire.Header{Fin: true, Opcode: wire.Close}, "\x03"), wire.ErrCloseLength},
		{"close reason not UTF-8", f(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe8ab\xff"), wire.ErrCloseReason},
		{"close reason with half a code point", f(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe8\xc3"), wire.ErrCloseReason},
		{"text not UTF-8", message(from, wire.Text, "a\xffb"), wire.ErrInvalidUTF8},
		{"text ends in a code point", message(from, wire.Text, "a\xc3"), wire.ErrInvalidUTF8},
		{"fragmented text ends in a code point", join(part(from, wire.Text, "a\xe2"), last(from, "\x82")), wire.ErrInvalidUTF8},
		{"code point with ASCII inside", join(part(from, wire.Text, "a\xe2"), more(from, "x"), last(from, "\x82\xac")), wire.ErrInvalidUTF8},
		{"code point broken by a fragment", join(part(from, wire.Text, "a\xe2"), last(from, "x")), wire.ErrInvalidUTF8},
	}
	for _, op := range []wire.Opcode{3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		v = append(v, violation{"opcode " + string("0123456789abcdef"[op]), message(from, op, "x"), wire.ErrReservedOpcode})
	}
	for _, code := range []wire.CloseCode{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 0xffff} {
		body := string([]byte{byte(code >> 8), byte(code)})
		v = append(v, violation{"close code " + code.String(), f(wire.Header{Fin: true, Opcode: wire.Close}, body), wire.ErrCloseCode})
	}
	return v
}

// TestReaderRefuses feeds every violation whole and in pieces. The message before it must
// have come through, and the Reader stays refused.
func TestReaderRefuses(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		before := message(from, wire.Text, "before")
		for _, tt := range violations(from) {
			t.Run(tt.name, func(t *testing.T) {
				in := join(before, tt.in)
				for _, size := range []int{len(in), 1, 2, 3, 5} {
					for _, cfg := range []wire.ReaderConfig{{Raw: true, Payload: true}, {Raw: true}, {Payload: true}, {}} {
						cfg.From = from
						checkRefusal(t, cfg, chop(in, size), tt.want)
					}
				}
			})
		}
	})
}

// checkRefusal reads a message and a violation behind it.
func checkRefusal(t *testing.T, cfg wire.ReaderConfig, pieces [][]byte, want *wire.Violation) {
	t.Helper()
	r := wire.NewReader(cfg)
	units, err := readAll(t, r, pieces...)
	if err != error(want) {
		t.Fatalf("%d pieces, raw %v, payload %v: got %v, want %v", len(pieces), cfg.Raw, cfg.Payload, err, want)
	}
	if len(units) == 0 || units[0].op != wire.Text || cfg.Payload && units[0].payload != "before" {
		t.Fatalf("%d pieces: got units %v, want the message before first", len(pieces), units)
	}
	n, _, ok, err := r.Next([]byte("more"))
	if n != len("more") || ok || err != error(want) {
		t.Errorf("afterwards: got %d, %v, %v, want the same violation again", n, ok, err)
	}
	if r.Partial() {
		t.Error("Partial after the end")
	}
}

// TestReaderJudgesEarly checks that a violation is reported with the byte that shows it,
// not when its frame is whole.
func TestReaderJudgesEarly(t *testing.T) {
	long := message(wire.FromClient, wire.Text, strings.Repeat("x", 1000)+"\xff"+strings.Repeat("x", 1000))
	split := message(wire.FromClient, wire.Text, "\xf4\x90"+strings.Repeat("x", 1000))
	tests := []struct {
		name string
		in   []byte
		want *wire.Violation
	}{
		{"reserved bit in the first byte", []byte{0xa1}, wire.ErrReservedBits},
		{"reserved opcode in the first byte", []byte{0x83}, wire.ErrReservedOpcode},
		{"fragmented control frame in the first byte", []byte{0x09}, wire.ErrFragmentedControl},
		{"continuation in the first byte", []byte{0x80}, wire.ErrUnexpectedContinuation},
		{"missing mask in the second byte", []byte{0x81, 0x05}, wire.ErrUnmaskedFrame},
		{"long control frame in the second byte", []byte{0x89, 0x80 | 126}, wire.ErrControlSize},
		{"invalid byte in the middle of a frame", long[:8+1001], wire.ErrInvalidUTF8},
		{"second byte of a code point too high", split[:8+2], wire.ErrInvalidUTF8},
	}
	for _, tt := range tests {
		for _, payload := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				r := wire.NewReader(wire.ReaderConfig{Raw: true, Payload: payload})
				head := tt.in[:len(tt.in)-1]
				if units, err := readAll(t, r, head); err != nil || len(units) > 0 {
					t.Fatalf("without the last byte: got %v, %v, want nothing yet", units, err)
				}
				if _, err := readAll(t, r, tt.in[len(head):]); err != error(tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			})
		}
	}
}

// TestEveryViolationIsFound checks that no entry of the table is out of the reach of the
// tests, and that the entries are what callers rely on.
func TestEveryViolationIsFound(t *testing.T) {
	reached := map[*wire.Violation]bool{
		// in tests of their own
		wire.ErrFragmentCount: true, wire.ErrMessageSize: true, wire.ErrInflate: true, wire.ErrInflatedSize: true,
		wire.ErrCompressedControl: true, wire.ErrCompressedContinuation: true,
	}
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		for _, tt := range violations(from) {
			reached[tt.want] = true
		}
	}
	rules := map[wire.Rule]bool{}
	for _, v := range wire.Violations() {
		if !reached[v] {
			t.Errorf("no test reaches %q", v.Rule)
		}
		if rules[v.Rule] || v.Rule == "" || strings.ToLower(string(v.Rule)) != string(v.Rule) || strings.ContainsAny(string(v.Rule), " _") {
			t.Errorf("rule %q is repeated or not a kebab-case word", v.Rule)
		}
		rules[v.Rule] = true
		if !v.Code.Sendable() || v.Text == "" || !strings.HasPrefix(v.Section, "RFC ") {
			t.Errorf("%q: incomplete: %+v", v.Rule, *v)
		}
		var as *wire.Violation
		if !errors.As(error(v), &as) || as != v {
			t.Errorf("%q: errors.As does not find it", v.Rule)
		}
	}
}

func TestReaderDelivers(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		longText, longBinary := strings.Repeat("price ", 10_000), strings.Repeat("\x00\xff", 32_768)
		in := join(
			message(from, wire.Text, ""),
			message(from, wire.Text, "héllo €uro 𝄞"),
			message(from, wire.Binary, "\xff\x00\xfe"),
			part(from, wire.Text, "h"), more(from, "\xc3"), message(from, wire.Ping, "p1"), more(from, ""),
			message(from, wire.Pong, ""), last(from, "\xa9"),
			message(from, wire.Text, longText),
			message(from, wire.Binary, longBinary),
			part(from, wire.Binary, longBinary[:30_000]), last(from, longBinary[30_000:]),
			message(from, wire.Ping, strings.Repeat("x", 125)),
			message(from, wire.Close, "\x0f\xa1session ended"),
			message(from, wire.Text, "after the close"), []byte("anything \x00\xff"),
		)
		want := []unit{
			{op: wire.Text, fragments: 1},
			{op: wire.Text, fragments: 1, payload: "héllo €uro 𝄞"},
			{op: wire.Binary, fragments: 1, payload: "\xff\x00\xfe"},
			{op: wire.Ping, fragments: 1, payload: "p1"},
			{op: wire.Pong, fragments: 1},
			{op: wire.Text, fragments: 4, payload: "hé", raw: string(join(part(from, wire.Text, "h"), more(from, "\xc3"), more(from, ""), last(from, "\xa9")))},
			{op: wire.Text, fragments: 1, payload: longText},
			{op: wire.Binary, fragments: 1, payload: longBinary},
			{op: wire.Binary, fragments: 2, payload: longBinary, raw: string(join(part(from, wire.Binary, longBinary[:30_000]), last(from, longBinary[30_000:])))},
			{op: wire.Ping, fragments: 1, payload: strings.Repeat("x", 125)},
			{op: wire.Close, fragments: 1, payload: "\x0f\xa1session ended", code: 4001, reason: "session ended"},
		}
		for i := range want {
			if want[i].raw == "" {
				want[i].raw = string(message(from, want[i].op, want[i].payload))
			}
		}
		for _, size := range []int{len(in), 1, 2, 13, 4096, 60_000} {
			checkDelivery(t, from, in, size, want)
		}
	})
}

// checkDelivery reads in, in pieces of the size, with every combination of what is kept.
func checkDelivery(t *testing.T, from wire.Role, in []byte, size int, want []unit) {
	t.Helper()
	for _, cfg := range []wire.ReaderConfig{{Raw: true, Payload: true}, {Payload: true}, {Raw: true}, {}} {
		cfg.From = from
		got, err := readAll(t, wire.NewReader(cfg), chop(in, size)...)
		if err != nil {
			t.Fatalf("pieces of %d, %+v: %v", size, cfg, err)
		}
		expected := slices.Clone(want)
		for i := range expected {
			if !cfg.Raw {
				expected[i].raw = ""
			}
			if !cfg.Payload && !expected[i].op.IsControl() {
				expected[i].payload = ""
			}
		}
		if !slices.Equal(got, expected) {
			t.Fatalf("pieces of %d, raw %v, payload %v: got %d units %v, want %d units %v", size, cfg.Raw, cfg.Payload, len(got), got, len(expected), expected)
		}
	}
}

func TestReaderKeepsItsInput(t *testing.T) {
	in := join(message(wire.FromClient, wire.Text, "abc€"), message(wire.FromClient, wire.Ping, "x"), message(wire.FromClient, wire.Binary, "d"))
	before := string(in)
	r := wire.NewReader(wire.ReaderConfig{Raw: true, Payload: true})
	drain(t, r, in)
	if string(in) != before {
		t.Errorf("input changed to %q, want %q", in, before)
	}
}

func TestReaderCloseWithoutBody(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		units, err := readAll(t, wire.NewReader(wire.ReaderConfig{From: from}), message(from, wire.Close, ""))
		if err != nil || len(units) != 1 || units[0].code != wire.CloseNoStatus || units[0].reason != "" {
			t.Errorf("got %v, %v, want one Close with %v", units, err, wire.CloseNoStatus)
		}
	})
}

func TestReaderTakesEverySendableCode(t *testing.T) {
	for code := range wire.CloseCode(5001) {
		body := string([]byte{byte(code >> 8), byte(code)}) + "reason"
		units, err := readAll(t, wire.NewReader(wire.ReaderConfig{}), message(wire.FromClient, wire.Close, body))
		if taken := err == nil; taken != code.Sendable() {
			t.Errorf("%v: got %v, sendable %v", code, err, code.Sendable())
		} else if taken && (units[0].code != code || units[0].reason != "reason") {
			t.Errorf("got %v %q, want %v %q", units[0].code, units[0].reason, code, "reason")
		}
	}
}

func TestReaderPartialAndMissing(t *testing.T) {
	in := join(part(wire.FromClient, wire.Text, "0123456789"), message(wire.FromClient, wire.Ping, "abc"), last(wire.FromClient, ""))
	r := wire.NewReader(wire.ReaderConfig{Raw: true})
	if r.Partial() || r.Missing() != 0 {
		t.Error("a new Reader is in the middle of something")
	}
	steps := []struct {
		upTo    int
		missing int
	}{{1, 0}, {5, 0}, {6, 10}, {10, 6}, {16, 0}, {17, 0}, {22, 3}, {24, 1}, {25, 0}, {30, 0}}
	from := 0
	for _, s := range steps {
		readAll(t, r, in[from:s.upTo])
		from = s.upTo
		if !r.Partial() || r.Missing() != s.missing {
			t.Errorf("after %d bytes: got partial %v, missing %d, want true, %d", s.upTo, r.Partial(), r.Missing(), s.missing)
		}
	}
	readAll(t, r, in[from:])
	if r.Partial() || r.Missing() != 0 {
		t.Errorf("at the end: got partial %v, missing %d", r.Partial(), r.Missing())
	}
}
