package guard

import (
	"bytes"
	"encoding/json"
	"maps"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// taker is a socket that keeps what is written to it.
type taker struct {
	net.Conn
	b []byte
}

func (t *taker) Write(b []byte) (int, error) {
	t.b = append(t.b, b...)
	return len(b), nil
}

func (*taker) SetWriteDeadline(time.Time) error { return nil }

// fuzzPolicy allows "a" as it comes, and changes "set".
var fuzzPolicy = MessagePolicy{Reject: RejectDrop, Client: map[string]MessageRule{
	"a":   {Schema: schema(`{"properties":{"n":{"type":"integer"}}}`)},
	"set": {Set: map[string]Expression{"user": user}},
}}

// FuzzMessages cuts a client's bytes into reads of any size. What reaches the
// backend must be frames that are whole and well formed, in the order in which they
// were sent; each is a message that was sent, as it was sent where its rule changes
// nothing; and how the bytes were cut makes no difference.
func FuzzMessages(f *testing.F) {
	key := [4]byte{1, 2, 3, 4}
	frame := func(fin bool, op wire.Opcode, text string) []byte {
		return wire.AppendFrame(nil, fin, op, []byte(text), &key)
	}
	seeds := [][]byte{
		bytes.Join([][]byte{frame(true, wire.Text, `{"type":"a","n":1}`), frame(true, wire.Text, `{"type":"b"}`), frame(true, wire.Text, `{"type":"set"}`), frame(true, wire.Text, `{"type":"a"}`)}, nil),
		bytes.Join([][]byte{frame(false, wire.Text, `{"type":`), frame(true, wire.Ping, `x`), frame(true, wire.Continuation, `"a"}`), frame(true, wire.Text, `{"type":"set","user":{"x":1}}`)}, nil),
		bytes.Join([][]byte{frame(true, wire.Text, `{"type":"a","type":"b"}`), frame(true, wire.Text, `{"type":"a","n":"x"}`), frame(true, wire.Binary, `{"type":"a"}`), frame(true, wire.Text, `{"type":"a"}`)}, nil),
		bytes.Join([][]byte{frame(true, wire.Text, `{"type":"a"}`), frame(true, wire.Close, "\x03\xe8"), frame(true, wire.Text, `{"type":"a"}`)}, nil),
	}
	for _, s := range seeds {
		for _, cut := range []uint8{0, 1, 5, 64} {
			f.Add(s, cut)
		}
	}
	f.Fuzz(func(t *testing.T, sent []byte, cut uint8) {
		whole := fuzzed(t, sent, len(sent)+1)
		if pieces := fuzzed(t, sent, int(cut)+1); len(pieces) != len(whole) {
			t.Fatalf("%d units in one read, %d in reads of %d bytes", len(whole), len(pieces), cut)
		} else {
			for i := range pieces {
				if pieces[i].Opcode != whole[i].Opcode || !bytes.Equal(pieces[i].Payload, whole[i].Payload) {
					t.Fatalf("unit %d: %q in one read, %q in reads of %d bytes", i, whole[i].Payload, pieces[i].Payload, cut)
				}
			}
		}
		said := unitsOf(t, sent, wire.FromClient, true)
		for _, u := range whole {
			at := slices.IndexFunc(said, func(s wire.Unit) bool { return s.Opcode == u.Opcode && mayBecome(s, u.Payload) })
			if at < 0 {
				t.Fatalf("%v %q arrived, and was not sent", u.Opcode, u.Payload)
			}
			for _, skipped := range said[:at] {
				if mustPass(skipped) {
					t.Fatalf("%v %q was sent, and did not arrive", skipped.Opcode, skipped.Payload)
				}
			}
			said = said[at+1:]
		}
	})
}

// mayBecome reports whether got is what may arrive of a unit that was sent: itself,
// or for JSON of the type "set" the same with another user.
func mayBecome(sent wire.Unit, got []byte) bool {
	if sent.Opcode != wire.Text {
		return bytes.Equal(sent.Payload, got)
	}
	var before, after map[string]any
	if !json.Valid(got) || json.Unmarshal(sent.Payload, &before) != nil || json.Unmarshal(got, &after) != nil {
		return false
	}
	switch before["type"] {
	case "a":
		return bytes.Equal(sent.Payload, got)
	case "set":
		maps.DeleteFunc(before, func(name string, _ any) bool { return strings.EqualFold(name, "user") })
		before["user"] = "alice"
		return reflect.DeepEqual(before, after)
	}
	return false
}

// mustPass reports whether a unit is one that passes beyond doubt.
func mustPass(u wire.Unit) bool {
	return u.Opcode.IsControl() || u.Opcode == wire.Text && string(u.Payload) == `{"type":"a"}`
}

// fuzzed returns what reaches the backend of what a client sends in reads of size
// bytes.
func fuzzed(t *testing.T, sent []byte, size int) []wire.Unit {
	d := newTestDirection(t, wire.FromClient, messages(fuzzPolicy))
	to := &taker{}
	out := d.sink.(*relay).to
	out.nc, out.out.nc, out.key = to, to, true
	for rest := bytes.Clone(sent); len(rest) > 0; {
		n := min(size, len(rest))
		if d.take(rest[:n]) != goesOn {
			break
		}
		rest = rest[n:]
	}
	return unitsOf(t, to.b, wire.FromClient, false)
}

// unitsOf reads frames. What is malformed ends them, where it may be.
func unitsOf(t *testing.T, b []byte, from wire.Role, malformed bool) []wire.Unit {
	r := wire.NewReader(wire.ReaderConfig{From: from, Payload: true, Raw: true})
	b = bytes.Clone(b)
	var out []wire.Unit
	for {
		n, u, ok, err := r.Next(b)
		b = b[n:]
		if err != nil && !malformed {
			t.Fatalf("what was passed on: %v", err)
		}
		if err != nil || !ok {
			if !malformed && r.Partial() {
				t.Fatal("what was passed on ends in the middle")
			}
			return out
		}
		u.Payload = bytes.Clone(u.Payload)
		out = append(out, u)
		if u.Opcode == wire.Close {
			return out
		}
	}
}
