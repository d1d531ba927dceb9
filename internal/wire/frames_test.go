package wire_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// frame writes a frame as the end from would: a client's is masked. h.Length, h.Masked
// and h.Key are filled in.
func frame(from wire.Role, h wire.Header, payload string) []byte {
	h.Length = uint64(len(payload))
	p := []byte(payload)
	if from == wire.FromClient {
		h.Masked, h.Key = true, benchKey
		wire.Mask(p, h.Key, 0)
	}
	return append(h.Append(nil), p...)
}

// message, part, more and last write the frames of data messages.
func message(from wire.Role, op wire.Opcode, payload string) []byte {
	return frame(from, wire.Header{Fin: true, Opcode: op}, payload)
}

func part(from wire.Role, op wire.Opcode, payload string) []byte {
	return frame(from, wire.Header{Opcode: op}, payload)
}

func more(from wire.Role, payload string) []byte {
	return frame(from, wire.Header{}, payload)
}

func last(from wire.Role, payload string) []byte {
	return frame(from, wire.Header{Fin: true}, payload)
}

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// unit is a Unit that outlives the next call.
type unit struct {
	op         wire.Opcode
	fragments  int
	compressed bool
	raw        string
	payload    string
	code       wire.CloseCode
	reason     string
}

// String abbreviates.
func (u unit) String() string {
	return fmt.Sprintf("{%v x%d %v raw %d %.20q payload %d %.20q %v %q}", u.op, u.fragments, u.compressed, len(u.raw), u.raw, len(u.payload), u.payload, u.code, u.reason)
}

func keep(u wire.Unit) unit {
	return unit{u.Opcode, u.Fragments, u.Compressed, string(u.Raw), string(u.Payload), u.Code, string(u.Reason)}
}

// readAll gives r the pieces one after another and returns the units up to the first
// error. The pieces are copied: r may unmask in place.
func readAll(t testing.TB, r *wire.Reader, pieces ...[]byte) ([]unit, error) {
	t.Helper()
	var units []unit
	for _, p := range pieces {
		p = bytes.Clone(p)
		for {
			n, u, ok, err := r.Next(p)
			if n < 0 || n > len(p) {
				t.Fatalf("used %d of %d bytes", n, len(p))
			}
			if err != nil {
				if ok {
					t.Fatalf("a unit together with %v", err)
				}
				return units, err
			}
			if !ok {
				if n != len(p) {
					t.Fatalf("used %d of %d bytes without a unit", n, len(p))
				}
				break
			}
			units = append(units, keep(u))
			p = p[n:]
		}
	}
	return units, nil
}

// chop cuts b into pieces of n bytes.
func chop(b []byte, n int) [][]byte {
	var pieces [][]byte
	for len(b) > n {
		pieces = append(pieces, b[:n])
		b = b[n:]
	}
	return append(pieces, b)
}

// readers runs f for a client's and a server's frames.
func readers(t *testing.T, f func(t *testing.T, from wire.Role)) {
	t.Run("client", func(t *testing.T) { f(t, wire.FromClient) })
	t.Run("server", func(t *testing.T) { f(t, wire.FromServer) })
}
