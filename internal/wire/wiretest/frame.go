package wiretest

import (
	"bytes"
	"compress/flate"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

// mask returns a fresh masking key.
func mask() *[4]byte {
	k := wire.NewMaskKey()
	return &k
}

// frame writes a client's frame; length and mask of h are filled in.
func frame(h wire.Header, payload string) []byte {
	h.Length = uint64(len(payload))
	h.Masked, h.Key = true, *mask()
	p := []byte(payload)
	wire.Mask(p, h.Key, 0)
	return append(h.Append(nil), p...)
}

// head writes a client's header that announces n bytes, and none of them.
func head(h wire.Header, n uint64) []byte {
	h.Length = n
	h.Masked, h.Key = true, *mask()
	return h.Append(nil)
}

// The frames of data messages.
func text(p string) []byte   { return frame(wire.Header{Fin: true, Opcode: wire.Text}, p) }
func binary(p string) []byte { return frame(wire.Header{Fin: true, Opcode: wire.Binary}, p) }
func more(p string) []byte   { return frame(wire.Header{}, p) }
func last(p string) []byte   { return frame(wire.Header{Fin: true}, p) }
func first(op wire.Opcode, p string) []byte {
	return frame(wire.Header{Opcode: op}, p)
}

// The control frames.
func ping(p string) []byte { return frame(wire.Header{Fin: true, Opcode: wire.Ping}, p) }
func pong(p string) []byte { return frame(wire.Header{Fin: true, Opcode: wire.Pong}, p) }
func closing(body string) []byte {
	return frame(wire.Header{Fin: true, Opcode: wire.Close}, body)
}

// body is the body of a Close frame.
func body(code wire.CloseCode, reason string) string {
	return string([]byte{byte(code >> 8), byte(code)}) + reason
}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// fragments writes a message in fragments of n bytes.
func fragments(op wire.Opcode, payload string, n int) []byte {
	var b []byte
	for len(payload) > n {
		b = append(b, frame(wire.Header{Opcode: op}, payload[:n])...)
		payload, op = payload[n:], wire.Continuation
	}
	return append(b, frame(wire.Header{Fin: true, Opcode: op}, payload)...)
}

// split writes a message in the given fragments.
func split(op wire.Opcode, parts ...string) []byte {
	var b []byte
	for i, p := range parts {
		b = append(b, frame(wire.Header{Fin: i == len(parts)-1, Opcode: op}, p)...)
		op = wire.Continuation
	}
	return b
}

// zip compresses a message by itself, at a level of compress/flate.
func zip(p string, level int) string {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		panic(err) // a level that does not exist, in the tables of this package
	}
	w.Write([]byte(p))
	w.Flush()
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

// sample is ASCII text of n bytes that looks like an application's.
func sample(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `{"action":"quote","symbol":"S%d","price":%d.%02d},`, i%17, i*31%977, i*7%100)
	}
	return b.String()[:n]
}

// noise is n bytes that nothing compresses, the same in every run.
func noise(n int) string {
	r := rand.New(rand.NewPCG(6455, 7692))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// echoed are the messages that an open case expects back.
func echoed(op wire.Opcode, payloads ...string) Want {
	var w Want
	for _, p := range payloads {
		w.Messages = append(w.Messages, Message{op, p})
	}
	return w
}

// failed expects the connection to be failed with one of the codes.
func failed(codes ...wire.CloseCode) Want { return Want{Outcome: Failed, Codes: codes} }

// after puts messages that come before the end in front of w.
func after(w Want, messages ...Message) Want {
	w.Messages = append(messages, w.Messages...)
	return w
}
