package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

func TestAppendFrames(t *testing.T) {
	tests := []struct {
		name string
		got  []byte
		want string
	}{
		{"message (RFC 6455 5.7)", wire.AppendMessage(nil, wire.Text, []byte("Hello"), nil), "\x81\x05Hello"},
		{"masked message (5.7)", wire.AppendMessage(nil, wire.Text, []byte("Hello"), &benchKey), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"masked pong (5.7)", wire.AppendMessage(nil, wire.Pong, []byte("Hello"), &benchKey), "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"},
		{"first fragment (5.7)", wire.AppendFrame(nil, false, wire.Text, []byte("Hel"), nil), "\x01\x03Hel"},
		{"last fragment (5.7)", wire.AppendFrame(nil, true, wire.Continuation, []byte("lo"), nil), "\x80\x02lo"},
		{"empty", wire.AppendMessage([]byte("before"), wire.Binary, nil, nil), "before\x82\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if string(tt.got) != tt.want {
				t.Errorf("got % x, want % x", tt.got, tt.want)
			}
		})
	}
}

func TestAppendMessageKeepsThePayload(t *testing.T) {
	p := []byte("payload")
	wire.AppendMessage(nil, wire.Text, p, &benchKey)
	if string(p) != "payload" {
		t.Errorf("payload became %q", p)
	}
}

func TestAppendClose(t *testing.T) {
	tests := []struct {
		name   string
		code   wire.CloseCode
		reason string
		want   string
	}{
		{"code and reason", 1000, "bye", "\x88\x05\x03\xe8bye"},
		{"code alone", 4001, "", "\x88\x02\x0f\xa1"},
		{"no status", wire.CloseNoStatus, "bye", "\x88\x00"},
		{"abnormal", wire.CloseAbnormal, "bye", "\x88\x00"},
		{"unregistered", 2000, "bye", "\x88\x00"},
		{"zero", 0, "bye", "\x88\x00"},
		{"123 bytes", 1000, strings.Repeat("x", 123), "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{"124 bytes", 1000, strings.Repeat("x", 124), "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{"cut before a rune of two", 1000, strings.Repeat("x", 122) + "é", "\x88\x7c\x03\xe8" + strings.Repeat("x", 122)},
		{"cut before a rune of four", 1000, strings.Repeat("x", 120) + "𝄞", "\x88\x7a\x03\xe8" + strings.Repeat("x", 120)},
		{"a rune that just fits", 1000, strings.Repeat("x", 119) + "𝄞", "\x88\x7d\x03\xe8" + strings.Repeat("x", 119) + "𝄞"},
		{"not UTF-8", 1000, "ab\xffcd", "\x88\x04\x03\xe8ab"},
		{"the replacement character itself", 1000, "a\uFFFDb", "\x88\x07\x03\xe8a\uFFFDb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wire.AppendClose(nil, tt.code, tt.reason, nil); string(got) != tt.want {
				t.Errorf("got % x, want % x", got, tt.want)
			}
			masked := wire.AppendClose(nil, tt.code, tt.reason, &benchKey)
			units, err := readAll(t, wire.NewReader(wire.ReaderConfig{}), masked)
			if err != nil || len(units) != 1 || !utf8.ValidString(units[0].reason) || string(wire.AppendMessage(nil, wire.Close, []byte(units[0].payload), nil)) != tt.want {
				t.Errorf("masked: got %v, %v", units, err)
			}
		})
	}
}

func TestAppendCompressedOfRFCExample(t *testing.T) {
	p := []byte("Hello")
	got, v := wire.Inflate(wire.AppendCompressed(nil, p), nil, window32K, 5, 1)
	if v != nil || string(got) != "Hello" {
		t.Errorf("got %q, %v", got, v)
	}
	if got := wire.AppendCompressed([]byte("before"), nil); string(got) != "before\x00" {
		t.Errorf("empty message (RFC 7692 7.2.3.6): got % x, want one zero byte", got[6:])
	}
}

func TestDeflateWritesWhatTheOtherEndMayReceive(t *testing.T) {
	long := string(samples()["few5000"])
	tests := []struct {
		name       string
		d          *wire.Deflate
		op         wire.Opcode
		payload    string
		compressed bool
	}{
		{"text", &wire.Deflate{}, wire.Text, long, true},
		{"binary", &wire.Deflate{ServerNoContextTakeover: true}, wire.Binary, long, true},
		{"not negotiated", nil, wire.Text, long, false},
		{"control frame", &wire.Deflate{}, wire.Ping, strings.Repeat("x", 125), false},
		{"short", &wire.Deflate{}, wire.Text, strings.Repeat("x", 63), false},
		{"longer when compressed", &wire.Deflate{}, wire.Binary, string(samples()["random100"]), false},
		{"longer than the window", &wire.Deflate{ServerMaxWindowBits: 12, ClientMaxWindowBits: 12}, wire.Text, long, false},
		{"within the window", &wire.Deflate{ServerMaxWindowBits: 12, ClientMaxWindowBits: 12}, wire.Text, long[:4096], true},
		{"longer than the greatest window", &wire.Deflate{ServerMaxWindowBits: 15}, wire.Text, strings.Repeat(long, 9), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			readers(t, func(t *testing.T, from wire.Role) {
				b := tt.d.AppendMessage(nil, from, tt.op, []byte(tt.payload), keyFor(from))
				r := wire.NewReader(wire.ReaderConfig{From: from, Deflate: tt.d, Payload: true})
				units, err := readAll(t, r, b)
				if err != nil || len(units) != 1 || units[0].payload != tt.payload || units[0].compressed != tt.compressed {
					t.Errorf("got %v, %v, want compressed %v", units, err, tt.compressed)
				}
			})
		})
	}
}
