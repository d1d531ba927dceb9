package wire_test

import (
	"bytes"
	"compress/flate"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	compressedText   = wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}
	compressedBinary = wire.Header{Fin: true, RSV1: true, Opcode: wire.Binary}
)

// takeoverMessages compresses payloads one after another in one context, as an end does
// that was allowed context takeover.
func takeoverMessages(t testing.TB, payloads ...string) []string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 9)
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for _, p := range payloads {
		out.Reset()
		w.Write([]byte(p))
		w.Flush()
		messages = append(messages, strings.TrimSuffix(out.String(), "\x00\x00\xff\xff"))
	}
	return messages
}

func TestReaderInflates(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		hello := "\xf2\x48\xcd\xc9\xc9\x07\x00" // RFC 7692 7.2.3.1
		euro := string(deflated(t, []byte("12 € and more €"), 9, nil))
		long := string(jsonText(60_000))
		squeezed := string(deflated(t, []byte(long), 9, nil))
		in := join(
			frame(from, compressedText, hello),
			message(from, wire.Text, "not compressed"),
			frame(from, compressedBinary, "\x00"),                                                                                                    // 7.2.3.6: an empty message
			frame(from, wire.Header{RSV1: true, Opcode: wire.Text}, hello[:3]), message(from, wire.Ping, "p"), more(from, ""), last(from, hello[3:]), // 7.2.3.1: in fragments
			frame(from, compressedText, euro),
			frame(from, compressedText, squeezed),
			frame(from, wire.Header{RSV1: true, Opcode: wire.Text}, ""), last(from, squeezed),
		)
		want := []unit{
			{op: wire.Text, fragments: 1, compressed: true, payload: "Hello"},
			{op: wire.Text, fragments: 1, payload: "not compressed"},
			{op: wire.Binary, fragments: 1, compressed: true},
			{op: wire.Ping, fragments: 1, payload: "p"},
			{op: wire.Text, fragments: 3, compressed: true, payload: "Hello"},
			{op: wire.Text, fragments: 1, compressed: true, payload: "12 € and more €"},
			{op: wire.Text, fragments: 1, compressed: true, payload: long},
			{op: wire.Text, fragments: 2, compressed: true, payload: long},
		}
		for _, size := range []int{len(in), 1, 2, 7, 300} {
			for _, cfg := range []wire.ReaderConfig{{Payload: true}, {Raw: true, Payload: true}, {Raw: true}} {
				cfg.From, cfg.Deflate = from, &wire.Deflate{}
				checkInflated(t, cfg, in, size, want)
			}
		}
	})
}

func checkInflated(t *testing.T, cfg wire.ReaderConfig, in []byte, size int, want []unit) {
	t.Helper()
	got, err := readAll(t, wire.NewReader(cfg), chop(in, size)...)
	if err != nil {
		t.Fatalf("pieces of %d: %v", size, err)
	}
	var raw string
	want = slices.Clone(want)
	for i := range got {
		if got[i].op.IsControl() != want[i].op.IsControl() {
			t.Fatalf("pieces of %d: got %v, want %v", size, got[i], want[i])
		}
		if !got[i].op.IsControl() {
			raw += got[i].raw
		}
		got[i].raw = ""
		if !cfg.Payload && !want[i].op.IsControl() {
			want[i].payload = ""
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("pieces of %d: got %v, want %v", size, got, want)
	}
	if ping := message(cfg.From, wire.Ping, "p"); cfg.Raw && raw != strings.ReplaceAll(string(in), string(ping), "") {
		t.Fatalf("pieces of %d: the raw frames are not those of the input", size)
	}
}

func TestReaderTakesOverTheContext(t *testing.T) {
	long := string(samples()["skewed70000"])
	payloads := []string{"Hello, hello", "Hello, hello", long, "", long[60_000:], long[:20_000], long[19_000:20_000], "Hello, hello"}
	messages := takeoverMessages(t, payloads...)
	readers(t, func(t *testing.T, from wire.Role) {
		var in []byte
		for _, m := range messages {
			in = append(in, frame(from, compressedBinary, m)...)
			in = append(in, message(from, wire.Binary, "not compressed: not a part of the context")...)
		}
		for _, size := range []int{len(in), 1, 1000} {
			r := wire.NewReader(wire.ReaderConfig{From: from, Deflate: &wire.Deflate{}, MaxMessage: 1 << 20, Payload: true})
			units, err := readAll(t, r, chop(in, size)...)
			if err != nil || len(units) != 2*len(payloads) {
				t.Fatalf("pieces of %d: got %d units, %v", size, len(units), err)
			}
			for i, p := range payloads {
				if units[2*i].payload != p {
					t.Fatalf("pieces of %d: message %d: got %d bytes, want %d", size, i, len(units[2*i].payload), len(p))
				}
			}
		}
		fresh := &wire.Deflate{ClientNoContextTakeover: true, ServerNoContextTakeover: true}
		r := wire.NewReader(wire.ReaderConfig{From: from, Deflate: fresh, MaxMessage: 1 << 20, Payload: true})
		if units, err := readAll(t, r, in); err != error(wire.ErrInflate) || len(units) != 2 {
			t.Errorf("no context takeover: got %d units, %v, want 2, %v", len(units), err, wire.ErrInflate)
		}
	})
}

func TestReaderKeepsToTheNegotiatedWindow(t *testing.T) {
	p := strings.Repeat("x", 300) + string(samples()["random5000"][:700])
	p += p[:300] // a match 1000 bytes back
	m := string(deflated(t, []byte(p), 9, nil))
	for bits, want := range map[uint8]error{9: wire.ErrInflate, 10: nil, 15: nil, 0: nil} {
		d := &wire.Deflate{ClientMaxWindowBits: bits, ServerMaxWindowBits: 15}
		_, err := readAll(t, wire.NewReader(wire.ReaderConfig{Deflate: d}), frame(wire.FromClient, compressedBinary, m))
		if err != want {
			t.Errorf("client window of %d bits: got %v, want %v", bits, err, want)
		}
		d = &wire.Deflate{ServerMaxWindowBits: bits, ClientMaxWindowBits: 15}
		_, err = readAll(t, wire.NewReader(wire.ReaderConfig{From: wire.FromServer, Deflate: d}), frame(wire.FromServer, compressedBinary, m))
		if err != want {
			t.Errorf("server window of %d bits: got %v, want %v", bits, err, want)
		}
	}
}

func TestReaderRefusesCompressed(t *testing.T) {
	zip := func(p string) string { return string(deflated(t, []byte(p), 9, nil)) }
	bomb := zip(strings.Repeat("\x00", 3<<20))
	readers(t, func(t *testing.T, from wire.Role) {
		first := wire.Header{RSV1: true, Opcode: wire.Text}
		tests := []struct {
			name string
			in   []byte
			want *wire.Violation
		}{
			{"RSV1 on a continuation", join(frame(from, first, zip("a")), frame(from, wire.Header{Fin: true, RSV1: true}, zip("a"))), wire.ErrCompressedContinuation},
			{"RSV1 on a continuation of plain text", join(part(from, wire.Text, "a"), frame(from, wire.Header{Fin: true, RSV1: true}, "a")), wire.ErrCompressedContinuation},
			{"RSV1 on a ping", frame(from, wire.Header{Fin: true, RSV1: true, Opcode: wire.Ping}, "a"), wire.ErrCompressedControl},
			{"RSV1 on a close", frame(from, wire.Header{Fin: true, RSV1: true, Opcode: wire.Close}, ""), wire.ErrCompressedControl},
			{"RSV2 beside it", frame(from, wire.Header{Fin: true, RSV1: true, RSV2: true, Opcode: wire.Text}, zip("a")), wire.ErrReservedBits},
			{"RSV3 beside it", frame(from, wire.Header{Fin: true, RSV1: true, RSV3: true, Opcode: wire.Text}, zip("a")), wire.ErrReservedBits},
			{"not DEFLATE", frame(from, compressedBinary, "\x06\x06"), wire.ErrInflate},
			{"cut short", frame(from, compressedBinary, zip("some text that is cut")[:10]), wire.ErrInflate},
			{"nothing, where one byte is an empty message", frame(from, compressedText, ""), wire.ErrInflate},
			{"broken in a fragment", join(frame(from, wire.Header{RSV1: true, Opcode: wire.Binary}, zip("some text")[:4]), last(from, "\xff\xff\xff\xff\xff\xff")), wire.ErrInflate},
			{"bomb", frame(from, compressedText, bomb), wire.ErrInflatedSize},
			{"bomb in fragments", join(frame(from, first, bomb[:1000]), last(from, bomb[1000:])), wire.ErrInflatedSize},
			{"one byte too much", frame(from, compressedBinary, zip(strings.Repeat("x", wire.DefaultMaxMessage+1))), wire.ErrInflatedSize},
			{"header over what DEFLATE can need", header(from, compressedText, wire.DefaultMaxMessage*10/8), wire.ErrMessageSize},
			{"text not UTF-8", frame(from, compressedText, zip("a\xffb")), wire.ErrInvalidUTF8},
			{"text ends in a code point", frame(from, compressedText, zip("a\xc3")), wire.ErrInvalidUTF8},
			{"text not UTF-8 before not DEFLATE", frame(from, compressedText, zip("a\xffb")+"\x06"), wire.ErrInvalidUTF8},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				for _, size := range []int{len(tt.in), 1, 3} {
					for _, payload := range []bool{true, false} {
						r := wire.NewReader(wire.ReaderConfig{From: from, Deflate: &wire.Deflate{}, Raw: true, Payload: payload})
						if _, err := readAll(t, r, chop(tt.in, size)...); err != error(tt.want) {
							t.Errorf("pieces of %d: got %v, want %v", size, err, tt.want)
						}
					}
				}
			})
		}
	})
}

// TestReaderTakesIncompressibleMessages checks that the limit on a compressed message's
// frames leaves room for what compressing random bytes adds.
func TestReaderTakesIncompressibleMessages(t *testing.T) {
	p := samples()["random70000"][:wire.DefaultMaxMessage]
	for _, level := range []int{flate.NoCompression, 1, flate.HuffmanOnly} {
		m := string(deflated(t, p, level, nil))
		if len(m) <= len(p) {
			t.Fatalf("level %d: the sample got shorter", level)
		}
		units, err := readAll(t, wire.NewReader(wire.ReaderConfig{Deflate: &wire.Deflate{}, Payload: true}), frame(wire.FromClient, compressedBinary, m))
		if err != nil || units[0].payload != string(p) {
			t.Errorf("level %d: got %v", level, err)
		}
	}
}

// TestReaderStopsABomb checks that the limit holds while inflating: what a bomb makes a
// Reader hold is bounded by the limit, not by its size.
func TestReaderStopsABomb(t *testing.T) {
	in := frame(wire.FromClient, compressedBinary, string(deflated(t, make([]byte, 8<<20), 9, nil)))
	largest := 0
	defer wire.PoisonBuffers(func(b []byte) { largest = max(largest, len(b)) })()
	r := wire.NewReader(wire.ReaderConfig{Deflate: &wire.Deflate{}, MaxMessage: 100_000, Payload: true})
	if _, err := readAll(t, r, in); err != error(wire.ErrInflatedSize) {
		t.Errorf("got %v, want %v", err, wire.ErrInflatedSize)
	}
	if largest > 200_000 {
		t.Errorf("held a buffer of %d bytes under a limit of 100000", largest)
	}
}
