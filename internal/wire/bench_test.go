package wire_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// benchSizes are the sizes of the performance goals.
var benchSizes = []int{16, 256, 4 << 10, 64 << 10}

// jsonText returns ASCII text of n bytes that looks like a message of an application.
func jsonText(n int) []byte {
	const part = `{"action":"place_order","symbol":"ACME","quantity":100,"price":12.5},`
	return []byte(strings.Repeat(part, n/len(part)+1)[:n])
}

var benchKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

func keyFor(from wire.Role) *[4]byte {
	if from == wire.FromServer {
		return nil
	}
	return &benchKey
}

func BenchmarkReader(b *testing.B) {
	for _, from := range []wire.Role{wire.FromClient, wire.FromServer} {
		for _, op := range []wire.Opcode{wire.Text, wire.Binary} {
			for _, n := range benchSizes {
				name := map[wire.Role]string{wire.FromClient: "client", wire.FromServer: "server"}[from] + "/" + op.String() + strconv.Itoa(n)
				in := wire.AppendMessage(nil, op, jsonText(n), keyFor(from))
				b.Run(name, func(b *testing.B) {
					benchReader(b, wire.ReaderConfig{From: from, Raw: true, Payload: true}, in, n)
				})
			}
		}
	}
}

// BenchmarkReaderBatch reads 16 messages that came in one read, per message.
func BenchmarkReaderBatch(b *testing.B) {
	one := wire.AppendMessage(nil, wire.Text, jsonText(256), &benchKey)
	in := []byte(strings.Repeat(string(one), 16))
	r := wire.NewReader(wire.ReaderConfig{Raw: true, Payload: true})
	b.SetBytes(256)
	for i := 0; i < b.N; i += 16 {
		drain(b, r, in)
	}
}

// BenchmarkReaderRawOnly judges text without keeping its payload.
func BenchmarkReaderRawOnly(b *testing.B) {
	for _, n := range benchSizes {
		in := wire.AppendMessage(nil, wire.Text, jsonText(n), &benchKey)
		b.Run("text"+strconv.Itoa(n), func(b *testing.B) {
			benchReader(b, wire.ReaderConfig{Raw: true}, in, n)
		})
	}
}

// BenchmarkReaderPieces reads a message of 64 KiB in reads of 16 KiB.
func BenchmarkReaderPieces(b *testing.B) {
	const n = 64 << 10
	in := wire.AppendMessage(nil, wire.Text, jsonText(n), &benchKey)
	r := wire.NewReader(wire.ReaderConfig{Raw: true, Payload: true})
	b.SetBytes(n)
	b.ReportAllocs()
	for b.Loop() {
		for from := 0; from < len(in); from += 16 << 10 {
			drain(b, r, in[from:min(len(in), from+16<<10)])
		}
	}
}

func BenchmarkReaderCompressed(b *testing.B) {
	d := &wire.Deflate{ClientNoContextTakeover: true}
	for _, n := range benchSizes[1:] {
		in := d.AppendMessage(nil, wire.FromClient, wire.Text, jsonText(n), &benchKey)
		b.Run("text"+strconv.Itoa(n), func(b *testing.B) {
			benchReader(b, wire.ReaderConfig{Deflate: d, Raw: true, Payload: true}, in, n)
		})
	}
}

func benchReader(b *testing.B, cfg wire.ReaderConfig, in []byte, n int) {
	r := wire.NewReader(cfg)
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		drain(b, r, in)
	}
}

// drain gives in to r until it wants more.
func drain(tb testing.TB, r *wire.Reader, in []byte) {
	for {
		n, _, ok, err := r.Next(in)
		if err != nil {
			tb.Fatal(err)
		}
		if !ok {
			return
		}
		in = in[n:]
	}
}

func BenchmarkMask(b *testing.B) {
	for _, n := range benchSizes {
		p := jsonText(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				wire.Mask(p, benchKey, 1)
			}
		})
	}
}

func BenchmarkAppendMessage(b *testing.B) {
	for _, n := range benchSizes {
		p := jsonText(n)
		dst := make([]byte, 0, n+wire.MaxHeader)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				key := wire.NewMaskKey()
				wire.AppendMessage(dst, wire.Text, p, &key)
			}
		})
	}
}
