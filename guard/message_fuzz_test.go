package guard

import (
	"bytes"
	"encoding/json"
	"net"
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

// modelled is what the backend should get of one message, written without any of
// the code under test: nil for nothing. It knows what the seeds and their mutants
// are about; known is false for what only the scanner is to judge.
func modelled(text []byte) (want []byte, known bool) {
	var m struct {
		Type string          `json:"type"`
		N    json.RawMessage `json:"n"`
	}
	if !json.Valid(text) {
		return nil, true
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(text, &keys) != nil || json.Unmarshal(text, &m) != nil {
		return nil, false
	}
	return text, m.Type == "a" || m.Type == "set"
}

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
			// Each unit that arrives is the next of those sent that it can be.
			at := -1
			for i, s := range said {
				if s.Opcode == u.Opcode && (bytes.Equal(s.Payload, u.Payload) || u.Opcode == wire.Text && stamped(s.Payload, u.Payload)) {
					at = i
					break
				}
			}
			if at < 0 {
				t.Fatalf("%v %q arrived, and was not sent", u.Opcode, u.Payload)
			}
			for _, skipped := range said[:at] {
				if want, known := modelled(skipped.Payload); skipped.Opcode.IsControl() || skipped.Opcode == wire.Text && known && want != nil && plain(want) {
					t.Fatalf("%v %q was sent, and did not arrive", skipped.Opcode, skipped.Payload)
				}
			}
			said = said[at+1:]
			if u.Opcode == wire.Text {
				if want, known := modelled(u.Payload); known && want == nil {
					t.Fatalf("%q arrived", u.Payload)
				}
			}
		}
	})
}

// plain reports whether text is one that passes beyond doubt.
func plain(text []byte) bool { return string(text) == `{"type":"a"}` }

// stamped reports whether got is sent as the rule of "set" leaves it.
func stamped(sent, got []byte) bool {
	var a, b map[string]any
	if json.Unmarshal(sent, &a) != nil || json.Unmarshal(got, &b) != nil || a["type"] != "set" || b["user"] != "alice" {
		return false
	}
	return b["type"] == "set"
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
