package wire_test

import (
	"bytes"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// TestHeaderForms checks headers against their bytes, both ways.
func TestHeaderForms(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	tests := []struct {
		name string
		h    wire.Header
		want string
	}{
		{"text of 5 (RFC 6455 5.7)", wire.Header{Fin: true, Opcode: wire.Text, Length: 5}, "\x81\x05"},
		{"masked text of 5 (5.7)", wire.Header{Fin: true, Opcode: wire.Text, Masked: true, Key: key, Length: 5}, "\x81\x85\x37\xfa\x21\x3d"},
		{"first fragment (5.7)", wire.Header{Opcode: wire.Text, Length: 3}, "\x01\x03"},
		{"last fragment (5.7)", wire.Header{Fin: true, Length: 2}, "\x80\x02"},
		{"binary of 256 (5.7)", wire.Header{Fin: true, Opcode: wire.Binary, Length: 256}, "\x82\x7e\x01\x00"},
		{"binary of 64 KiB (5.7)", wire.Header{Fin: true, Opcode: wire.Binary, Length: 65536}, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
		{"length 0", wire.Header{Opcode: wire.Binary}, "\x02\x00"},
		{"length 125", wire.Header{Length: 125}, "\x00\x7d"},
		{"length 126", wire.Header{Length: 126}, "\x00\x7e\x00\x7e"},
		{"length 65535", wire.Header{Length: 65535}, "\x00\x7e\xff\xff"},
		{"length 2^63-1", wire.Header{Length: 1<<63 - 1}, "\x00\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"},
		{"RSV1", wire.Header{RSV1: true, Opcode: wire.Text}, "\x41\x00"},
		{"RSV2", wire.Header{RSV2: true, Opcode: wire.Text}, "\x21\x00"},
		{"RSV3", wire.Header{RSV3: true, Opcode: wire.Text}, "\x11\x00"},
		{"reserved opcode, all bits", wire.Header{Fin: true, RSV1: true, RSV2: true, RSV3: true, Masked: true, Opcode: 0xf, Key: key}, "\xff\x80\x37\xfa\x21\x3d"},
		{"long fragmented ping", wire.Header{Opcode: wire.Ping, Length: 126}, "\x09\x7e\x00\x7e"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.h.Append([]byte("x")); string(got) != "x"+tt.want {
				t.Errorf("Append: got % x, want % x", got[1:], tt.want)
			}
			h, n, err := wire.ParseHeader([]byte(tt.want + "payload"))
			if h != tt.h || n != len(tt.want) || err != nil {
				t.Errorf("ParseHeader: got %+v, %d, %v, want %+v, %d", h, n, err, tt.h, len(tt.want))
			}
			for cut := range len(tt.want) {
				if _, n, err := wire.ParseHeader([]byte(tt.want[:cut])); n != 0 || err != nil {
					t.Errorf("first %d bytes: got %d, %v, want 0 and no error", cut, n, err)
				}
			}
		})
	}
}

func TestParseHeaderRefusesLengths(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"126 for 125", "\x81\x7e\x00\x7d", wire.ErrLengthNotMinimal},
		{"126 for 0", "\x81\x7e\x00\x00", wire.ErrLengthNotMinimal},
		{"127 for 65535", "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", wire.ErrLengthNotMinimal},
		{"127 for 0", "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x00", wire.ErrLengthNotMinimal},
		{"highest bit", "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", wire.ErrLengthOverflow},
		{"all bits", "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", wire.ErrLengthOverflow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, n, err := wire.ParseHeader([]byte(tt.in)); n != 0 || err != tt.want {
				t.Errorf("got %d, %v, want 0, %v", n, err, tt.want)
			}
		})
	}
}

func TestOpcodes(t *testing.T) {
	names := map[wire.Opcode]string{0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}
	for op := range wire.Opcode(16) {
		want := names[op]
		if want == "" {
			want = "reserved"
		}
		if op.String() != want || op.IsControl() != (op >= 8) {
			t.Errorf("opcode %d: got %q, control %v", byte(op), op, op.IsControl())
		}
	}
}

func TestSendableCodes(t *testing.T) {
	ranges := []struct{ from, to wire.CloseCode }{{1000, 1003}, {1007, 1014}, {3000, 4999}}
	for c := range wire.CloseCode(0xffff) {
		want := false
		for _, r := range ranges {
			want = want || c >= r.from && c <= r.to
		}
		if c.Sendable() != want {
			t.Errorf("%v: got %v, want %v", c, c.Sendable(), want)
		}
	}
}

func TestMask(t *testing.T) {
	p := samples()["random100"]
	for n := range len(p) {
		for offset := range 9 {
			want := make([]byte, n)
			for i := range want {
				want[i] = p[i] ^ benchKey[(i+offset)%4]
			}
			got := bytes.Clone(p[:n])
			wire.Mask(got, benchKey, offset)
			if !bytes.Equal(got, want) {
				t.Fatalf("%d bytes at offset %d: got % x, want % x", n, offset, got, want)
			}
			wire.Mask(got, benchKey, offset)
			if !bytes.Equal(got, p[:n]) {
				t.Fatalf("%d bytes at offset %d: masking twice does not restore them", n, offset)
			}
		}
	}
}

func TestMaskKeysDiffer(t *testing.T) {
	seen := map[[4]byte]int{}
	const n = 20_000
	for range n {
		seen[wire.NewMaskKey()]++
	}
	// Of 20,000 random 32-bit values 0.05 pairs are equal; six of them have a chance
	// below one in a hundred billion.
	if len(seen) < n-6 {
		t.Errorf("%d different keys of %d", len(seen), n)
	}
}
