package wire_test

import (
	"slices"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// conversation is input of every kind for one direction: short, long, split by the
// fragmentation and by control frames, compressed.
func conversation(from wire.Role, d *wire.Deflate) []byte {
	long := string(jsonText(20_000))
	compress := func(text string) []byte { return d.AppendMessage(nil, from, wire.Text, []byte(text), keyFor(from)) }
	return join(
		message(from, wire.Text, "short"), compress(long), message(from, wire.Binary, long),
		part(from, wire.Text, long[:1000]), message(from, wire.Ping, "between"), last(from, long[1000:]),
		compress(long), message(from, wire.Text, "€"), message(from, wire.Pong, "unasked"),
		message(from, wire.Close, "\x03\xe8bye"),
	)
}

// TestReaderDoesNotShareBuffers overwrites every buffer the moment it goes back to its
// pool. Two Readers take turns, so that a buffer given back too early would also be filled
// by the other one.
func TestReaderDoesNotShareBuffers(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		d := &wire.Deflate{}
		in := conversation(from, d)
		cfg := wire.ReaderConfig{From: from, Deflate: d, Raw: true, Payload: true}
		want, err := readAll(t, wire.NewReader(cfg), in)
		if err != nil {
			t.Fatal(err)
		}
		defer wire.PoisonBuffers(func([]byte) {})()
		for _, size := range []int{1, 3, 500, 7000, len(in)} {
			a, b := wire.NewReader(cfg), wire.NewReader(cfg)
			var got [2][]unit
			for _, piece := range chop(in, size) {
				for i, r := range []*wire.Reader{a, b} {
					units, err := readAll(t, r, piece)
					if err != nil {
						t.Fatalf("pieces of %d: %v", size, err)
					}
					got[i] = append(got[i], units...)
				}
			}
			for i := range got {
				if !slices.Equal(got[i], want) {
					t.Fatalf("pieces of %d, reader %d: got %v, want %v", size, i, got[i], want)
				}
			}
			a.Release()
			b.Release()
		}
	})
}

// TestReaderGivesBuffersBack counts the buffers that a Reader holds: none while it waits
// between messages, none after its end.
func TestReaderGivesBuffersBack(t *testing.T) {
	text := message(wire.FromClient, wire.Text, "a text that is unmasked into scratch")
	ping := message(wire.FromClient, wire.Ping, "ping")
	fragment := part(wire.FromClient, wire.Text, "x")
	compressed := (&wire.Deflate{}).AppendMessage(nil, wire.FromClient, wire.Text, jsonText(500), &benchKey)
	tests := []struct {
		name   string
		pieces [][]byte
		fresh  bool // every message by itself
		holds  int
		end    func(*wire.Reader)
	}{
		{name: "whole message", pieces: [][]byte{text}},
		{name: "control frame", pieces: [][]byte{ping}},
		{name: "message in pieces", pieces: chop(text, 5)},
		{name: "control frame in pieces", pieces: chop(ping, 1)},
		{name: "half a header", pieces: [][]byte{text[:3]}},
		{name: "half a message", pieces: [][]byte{text[:20]}, holds: 2},
		{name: "half a control frame", pieces: [][]byte{ping[:8]}, holds: 1},
		{name: "half a fragmented message", pieces: [][]byte{fragment}, holds: 2},
		{name: "half a fragmented message and a ping", pieces: [][]byte{fragment, ping}, holds: 2},
		{name: "compressed message", pieces: chop(compressed, 50), fresh: true},
		{name: "dictionary", pieces: chop(compressed, 50), holds: 1},
		{name: "half a compressed message", pieces: [][]byte{compressed[:20]}, fresh: true, holds: 2},
		{name: "close", pieces: [][]byte{fragment, message(wire.FromClient, wire.Close, ""), nil}},
		{name: "violation", pieces: [][]byte{fragment, text}},
		{name: "violation in a compressed message", pieces: chop(frame(wire.FromClient, wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}, "\x06\x06"), 1)},
		{name: "release", pieces: [][]byte{compressed, fragment, ping[:8]}, end: (*wire.Reader).Release},
		{name: "release twice", pieces: [][]byte{fragment}, end: func(r *wire.Reader) { r.Release(); r.Release() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			held := 0
			defer wire.CountBuffers(&held)()
			r := wire.NewReader(wire.ReaderConfig{Deflate: &wire.Deflate{ClientNoContextTakeover: tt.fresh}, Raw: true, Payload: true})
			readAll(t, r, tt.pieces...)
			if tt.end != nil {
				tt.end(r)
			}
			if held != tt.holds {
				t.Errorf("holds %d buffers, want %d", held, tt.holds)
			}
			r.Release()
			if held != 0 {
				t.Errorf("holds %d buffers after Release", held)
			}
		})
	}
}

func TestReleasedReaderRefuses(t *testing.T) {
	r := wire.NewReader(wire.ReaderConfig{})
	r.Release()
	n, _, ok, err := r.Next([]byte("data"))
	if n != 4 || ok || err == nil {
		t.Errorf("got %d, %v, %v, want an error", n, ok, err)
	}
}

// TestReaderAllocatesNothing pins what a passing message costs in memory: nothing.
func TestReaderAllocatesNothing(t *testing.T) {
	deflate := &wire.Deflate{ServerNoContextTakeover: true}
	readers(t, func(t *testing.T, from wire.Role) {
		for _, op := range []wire.Opcode{wire.Text, wire.Binary, wire.Ping} {
			for _, n := range []int{16, 125, 256, 4 << 10} {
				if op.IsControl() && n > 125 {
					continue
				}
				in := wire.AppendMessage(nil, op, jsonText(n), keyFor(from))
				for _, cfg := range []wire.ReaderConfig{{Raw: true}, {Payload: true}, {Raw: true, Payload: true}, {}} {
					cfg.From = from
					pinAllocs(t, cfg, op.String(), in)
				}
				compressed := deflate.AppendMessage(nil, from, op, jsonText(n), keyFor(from))
				pinAllocs(t, wire.ReaderConfig{From: from, Deflate: deflate, Raw: true, Payload: true}, "compressed "+op.String(), compressed)
			}
		}
		euro := message(from, wire.Text, "price: 12 €")
		pinAllocs(t, wire.ReaderConfig{From: from, Raw: true, Payload: true}, "non-ASCII text", euro)
		pinAllocs(t, wire.ReaderConfig{From: from, Raw: true}, "non-ASCII text", euro)
	})
}

func pinAllocs(t *testing.T, cfg wire.ReaderConfig, what string, in []byte) {
	t.Helper()
	if raceDetector {
		return // under it, a sync.Pool drops what it is given at random
	}
	r := wire.NewReader(cfg)
	defer r.Release()
	b := make([]byte, len(in)) // a Reader may unmask in place
	for _, cut := range []int{len(in), len(in) / 2} {
		n := testing.AllocsPerRun(200, func() {
			copy(b, in)
			drain(t, r, b[:cut])
			drain(t, r, b[cut:])
		})
		if n != 0 {
			t.Errorf("%s of %d bytes cut at %d, raw %v, payload %v: %v allocations", what, len(in), cut, cfg.Raw, cfg.Payload, n)
		}
	}
}
