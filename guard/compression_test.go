package guard_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

var deflating = wireclient.Handshake{Origin: appOrigin, Extensions: "permessage-deflate", Reader: wire.ReaderConfig{Deflate: new(wire.Deflate)}}

// playCompressed starts a gateway that compresses towards its client, in front
// of a script.
func playCompressed(t *testing.T, edit func(*guard.Limits)) (*gateway, *wireclient.Conn, *part) {
	t.Helper()
	s := startScript(t)
	w := startGateway(t, all(generous, compressing, limits(edit), func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }))
	return w, w.dial(t, deflating), <-s.conns
}

func unlimited(*guard.Limits) {}

// compressed returns a compressed client's message, in two frames if split.
func compressed(op wire.Opcode, payload string, split bool) []byte {
	data := wire.AppendCompressed(nil, []byte(payload))
	first := data
	if split {
		first = data[:len(data)/2]
	}
	h := wire.Header{Fin: !split, RSV1: true, Opcode: op, Length: uint64(len(first)), Masked: true, Key: wire.NewMaskKey()}
	b := append(h.Append(nil), first...)
	wire.Mask(b[len(b)-len(first):], h.Key, 0)
	if split {
		b = append(b, masked(true, wire.Continuation, string(data[len(first):]))...)
	}
	return b
}

// TestCompressionEndsAtTheGuard compresses on the client's side alone.
func TestCompressionEndsAtTheGuard(t *testing.T) {
	_, c, p := playCompressed(t, unlimited)
	long := strings.Repeat("compress me ", 1000)
	for _, payload := range []string{"", "short", long} {
		for _, split := range []bool{false, true} {
			c.Write(slices.Concat(compressed(wire.Text, payload, split), masked(true, wire.Ping, "ping"), masked(true, wire.Text, "as it is")))
			if u := p.must(t); u.Opcode != wire.Text || string(u.Payload) != payload || u.Raw[0] != 0x81 {
				t.Errorf("backend got %v of %d bytes with first byte %#x, want one frame of %d bytes", u.Opcode, len(u.Payload), u.Raw[0], len(payload))
			}
			if u := p.must(t); u.Opcode != wire.Ping || string(u.Payload) != "ping" {
				t.Errorf("backend got %v %q", u.Opcode, u.Payload)
			}
			if u := p.must(t); string(u.Payload) != "as it is" {
				t.Errorf("backend got %v %q", u.Opcode, u.Payload)
			}
		}
	}
	p.write(t, slices.Concat(
		wire.AppendFrame(nil, false, wire.Text, []byte(long[:100]), nil), wire.AppendFrame(nil, true, wire.Continuation, []byte(long[100:]), nil),
		wire.AppendMessage(nil, wire.Text, []byte("short"), nil), wire.AppendMessage(nil, wire.Pong, []byte("pong"), nil)))
	if u := must(t, c); !u.Compressed || string(u.Payload) != long {
		t.Errorf("client got %v of %d bytes, compressed %t", u.Opcode, len(u.Payload), u.Compressed)
	}
	if u := must(t, c); u.Compressed || string(u.Payload) != "short" {
		t.Errorf("client got %v %q, compressed %t", u.Opcode, u.Payload, u.Compressed)
	}
	if u := must(t, c); u.Opcode != wire.Pong || string(u.Payload) != "pong" {
		t.Errorf("client got %v %q", u.Opcode, u.Payload)
	}
}

// TestCompressionNegotiation accepts compression only where the route says so
// and the client asks, and never offers it to a backend.
func TestCompressionNegotiation(t *testing.T) {
	for name, test := range map[string]struct {
		edit  func(*guard.Config)
		offer string
		want  string
	}{
		"off":         {generous, "permessage-deflate", ""},
		"not offered": {all(generous, compressing), "", ""},
		"unknown":     {all(generous, compressing), "x-webkit-deflate-frame", ""},
		"on":          {all(generous, compressing), "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
	} {
		t.Run(name, func(t *testing.T) {
			w := startGateway(t, test.edit)
			c, res := w.try(t, wireclient.Handshake{Origin: appOrigin, Extensions: test.offer})
			if c == nil {
				t.Fatalf("refused with %d", res.StatusCode)
			}
			if got := res.Header.Get("Sec-WebSocket-Extensions"); got != test.want {
				t.Errorf("answered %q, want %q", got, test.want)
			}
			if r := w.backend.Requests()[0]; r.Header.Get("Sec-WebSocket-Extensions") != "" {
				t.Errorf("the backend was offered %q", r.Header.Get("Sec-WebSocket-Extensions"))
			}
			c.SendText("hello")
			if u := must(t, c); string(u.Payload) != "hello" {
				t.Errorf("got %v %q", u.Opcode, u.Payload)
			}
		})
	}
}

// TestCompressionViolations breaks the rules that compression brings along.
func TestCompressionViolations(t *testing.T) {
	bomb := compressed(wire.Binary, strings.Repeat("\x00", 16<<20), false)
	for name, test := range map[string]struct {
		send     []byte
		code     wire.CloseCode
		word     string
		rule     string
		weakness string
	}{
		"bomb":                    {bomb, 1009, "too-big", "frame.inflated-size", "WS705"},
		"bomb without its end":    {bomb[:len(bomb)-100], 1009, "too-big", "frame.inflated-size", "WS705"},
		"bomb in two frames":      {compressed(wire.Binary, strings.Repeat("\x00", 1<<20), true), 1009, "too-big", "frame.inflated-size", "WS705"},
		"long before inflating":   {header(wire.Header{Fin: true, RSV1: true, Opcode: wire.Text, Length: 1 << 20}, wire.FromClient), 1009, "too-big", "frame.message-size", "WS701"},
		"not DEFLATE":             {append(header(wire.Header{Fin: true, RSV1: true, Opcode: wire.Binary, Length: 4}, wire.FromClient), "\xff\xff\xff\xff"...), 1007, "utf8", "frame.inflate", "WS801"},
		"text that is not UTF-8":  {compressed(wire.Text, "bad \xff", false), 1007, "utf8", "frame.invalid-utf8", "WS801"},
		"compressed ping":         {header(wire.Header{Fin: true, RSV1: true, Opcode: wire.Ping}, wire.FromClient), 1002, "protocol", "frame.compressed-control", "WS801"},
		"compressed continuation": {append(masked(false, wire.Text, "x"), header(wire.Header{Fin: true, RSV1: true, Opcode: wire.Continuation}, wire.FromClient)...), 1002, "protocol", "frame.compressed-continuation", "WS801"},
	} {
		t.Run(name, func(t *testing.T) {
			w, c, p := playCompressed(t, unlimited)
			c.Write(slices.Concat(compressed(wire.Text, "before", false), test.send))
			if u := p.must(t); string(u.Payload) != "before" {
				t.Errorf("backend got %v %q", u.Opcode, u.Payload)
			}
			wantClose(t, "backend", p.must(t), 1001, "")
			p.Close()
			if e := w.cutBy(t, c, test.code, test.word+";r=no"); e.Rule != test.rule || e.Weakness != test.weakness {
				t.Errorf("audit says %s %s, want %s %s", e.Weakness, e.Rule, test.weakness, test.rule)
			}
		})
	}
}

// TestCompressedHandler compresses what a handler sends, if it is worth it.
func TestCompressedHandler(t *testing.T) {
	w := startHandler(t, all(generous, compressing), echo)
	c := w.dial(t, deflating)
	for _, payload := range []string{"short", strings.Repeat("long ", 1000)} {
		c.Write(compressed(wire.Text, payload, false))
		if u := must(t, c); string(u.Payload) != payload || u.Compressed != (len(payload) > 512) {
			t.Errorf("%d bytes came back as %d, compressed %t", len(payload), len(u.Payload), u.Compressed)
		}
	}
}

// TestManyLongMessagesInOneRead inflates a thousandfold, within the limits: all
// of it arrives.
func TestManyLongMessagesInOneRead(t *testing.T) {
	_, c, p := playCompressed(t, func(l *guard.Limits) { l.MessageBytes = 1 << 20 })
	payload := bytes.Repeat([]byte{0}, 1<<20)
	if _, err := c.Write(bytes.Repeat(compressed(wire.Binary, string(payload), false), 20)); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if u := p.must(t); !bytes.Equal(u.Payload, payload) {
			t.Fatalf("message %d: %v of %d bytes", i, u.Opcode, len(u.Payload))
		}
	}
}
