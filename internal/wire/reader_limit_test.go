package wire_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// header writes a header that announces n bytes, and nothing of them.
func header(from wire.Role, h wire.Header, n uint64) []byte {
	h.Length = n
	h.Masked = from == wire.FromClient
	return h.Append(nil)
}

func TestReaderJudgesTheSizeFromTheHeader(t *testing.T) {
	text := wire.Header{Fin: true, Opcode: wire.Text}
	first, rest := wire.Header{Opcode: wire.Binary}, wire.Header{}
	readers(t, func(t *testing.T, from wire.Role) {
		x := func(n int) string { return strings.Repeat("x", n) }
		tests := []struct {
			name  string
			limit int64
			in    []byte
			want  error
		}{
			{"the limit", 1000, message(from, wire.Text, x(1000)), nil},
			{"one more", 1000, header(from, text, 1001), wire.ErrMessageSize},
			{"the default", 0, message(from, wire.Text, x(wire.DefaultMaxMessage)), nil},
			{"one more than the default", 0, header(from, text, wire.DefaultMaxMessage+1), wire.ErrMessageSize},
			{"a negative limit is the default", -1, header(from, text, wire.DefaultMaxMessage+1), wire.ErrMessageSize},
			{"the longest length there is", 1000, header(from, text, 1<<63-1), wire.ErrMessageSize},
			{"2^32 and a little", 1000, header(from, text, 1<<32+10), wire.ErrMessageSize},
			{"the longest length under the greatest limit", 1<<63 - 1, header(from, text, 1<<63-1), wire.ErrMessageSize},
			{"fragments up to the limit", 10, join(part(from, wire.Binary, x(4)), more(from, x(4)), last(from, x(2))), nil},
			{"fragments over the limit", 10, join(part(from, wire.Binary, x(4)), more(from, x(4)), header(from, rest, 3)), wire.ErrMessageSize},
			{"a fragment that overflows the sum", 10, join(part(from, wire.Binary, x(4)), header(from, rest, 1<<63-1)), wire.ErrMessageSize},
			{"first fragment over the limit", 10, header(from, first, 11), wire.ErrMessageSize},
			{"limit of one", 1, join(message(from, wire.Text, ""), message(from, wire.Text, "x"), header(from, text, 2)), wire.ErrMessageSize},
			{"control frames do not count", 10, join(part(from, wire.Binary, x(5)), message(from, wire.Ping, x(125)), last(from, x(5))), nil},
			{"messages do not add up", 10, join(message(from, wire.Text, x(10)), message(from, wire.Text, x(10))), nil},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				for _, size := range []int{len(tt.in), 1} {
					r := wire.NewReader(wire.ReaderConfig{From: from, MaxMessage: tt.limit, Raw: true, Payload: true})
					if _, err := readAll(t, r, chop(tt.in, size)...); err != tt.want {
						t.Errorf("pieces of %d: got %v, want %v", size, err, tt.want)
					}
				}
			})
		}
	})
}

// TestReaderTakesUpLimits: limits that are set within a message hold for what comes of
// it, also where it is larger than they allow already.
func TestReaderTakesUpLimits(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		begun := part(from, wire.Binary, strings.Repeat("x", 100))
		for _, tt := range []struct {
			name      string
			limit     int64
			fragments int
			in        []byte
			want      error
		}{
			{"raised", 200, 0, last(from, strings.Repeat("x", 100)), nil},
			{"lowered to what has come", 100, 0, last(from, ""), nil},
			{"lowered below it", 50, 0, header(from, wire.Header{}, 1), wire.ErrMessageSize},
			{"lowered below it, for a huge fragment", 50, 0, header(from, wire.Header{}, 1<<40), wire.ErrMessageSize},
			{"fewer fragments", 200, 1, last(from, "x"), wire.ErrFragmentCount},
		} {
			t.Run(tt.name, func(t *testing.T) {
				r := wire.NewReader(wire.ReaderConfig{From: from, MaxMessage: 100, Raw: true, Payload: true})
				if _, err := readAll(t, r, begun); err != nil {
					t.Fatal(err)
				}
				r.SetLimits(tt.limit, tt.fragments)
				if _, err := readAll(t, r, tt.in); err != tt.want {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			})
		}
	})
}

func TestReaderCountsFragments(t *testing.T) {
	readers(t, func(t *testing.T, from wire.Role) {
		fragments := func(n int, payload string) []byte {
			in := part(from, wire.Text, payload)
			for range n - 2 {
				in = append(in, more(from, payload)...)
			}
			return append(in, last(from, payload)...)
		}
		tests := []struct {
			name  string
			limit int
			in    []byte
			want  error
		}{
			{"the limit", 5, fragments(5, "x"), nil},
			{"one more", 5, fragments(6, "x"), wire.ErrFragmentCount},
			{"empty ones", 5, fragments(6, ""), wire.ErrFragmentCount},
			{"the default", 0, fragments(wire.DefaultMaxFragments, "x"), nil},
			{"one more than the default", 0, fragments(wire.DefaultMaxFragments+1, "x"), wire.ErrFragmentCount},
			{"one: no fragmentation", 1, join(message(from, wire.Text, "x"), part(from, wire.Text, "x"), last(from, "x")), wire.ErrFragmentCount},
			{"control frames do not count", 2, join(part(from, wire.Text, "x"), message(from, wire.Ping, ""), message(from, wire.Pong, ""), last(from, "x")), nil},
			{"messages do not add up", 2, join(fragments(2, "x"), fragments(2, "x")), nil},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				for _, size := range []int{len(tt.in), 1} {
					r := wire.NewReader(wire.ReaderConfig{From: from, MaxFragments: tt.limit, Raw: true})
					if _, err := readAll(t, r, chop(tt.in, size)...); err != tt.want {
						t.Errorf("pieces of %d: got %v, want %v", size, err, tt.want)
					}
				}
			})
		}
	})
}

// TestReaderHoldsWhatHasCome checks that a header makes a Reader hold memory for the data
// that has come, not for the data that it announces.
func TestReaderHoldsWhatHasCome(t *testing.T) {
	const announced = 512 << 20
	in := append(header(wire.FromClient, wire.Header{Fin: true, Opcode: wire.Text}, announced), "little"...)
	const readers = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range readers {
		r := wire.NewReader(wire.ReaderConfig{MaxMessage: announced, Raw: true, Payload: true})
		if _, _, ok, err := r.Next(in); ok || err != nil {
			t.Fatal(ok, err)
		}
		if r.Missing() != announced-len("little") {
			t.Errorf("missing: got %d, want %d", r.Missing(), announced-len("little"))
		}
		// Not released: each stands for a connection that holds its buffers.
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / readers; got > 4096 {
		t.Errorf("allocated %d bytes for a message of which 6 bytes have come", got)
	}
}

// TestReassemblyIsLinear adds up the buffers that a message in many pieces goes through:
// with doubling, they are at most four times as long as the message, however many pieces.
func TestReassemblyIsLinear(t *testing.T) {
	for _, n := range []int{100_000, 1_000_000, 5_000_000} {
		in := message(wire.FromClient, wire.Binary, strings.Repeat("x", n))
		r := wire.NewReader(wire.ReaderConfig{MaxMessage: 5_000_000, Raw: true})
		sum := 0
		restore := wire.PoisonBuffers(func(b []byte) { sum += len(b) })
		units, err := readAll(t, r, chop(in, 1000)...)
		r.Release()
		restore()
		if err != nil || len(units) != 1 {
			t.Fatal(units, err)
		}
		if sum > 4*len(in) {
			t.Errorf("%d bytes: went through %d bytes of buffers", n, sum)
		}
	}
}
