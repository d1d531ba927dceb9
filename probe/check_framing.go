package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "framing",
		Summary:    "sends frames that RFC 6455 forbids, each on a connection of its own",
		Weaknesses: []*catalogue.Weakness{catalogue.MalformedFrame},
		Cost:       Cost{Connections: 24, Messages: 60, Time: 30 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        func(ctx context.Context, s *Session) error { return s.judgeFrames(ctx, forbidden()) },
	}, &Check{
		Name:       "frame-length",
		Summary:    "declares frames of 2^63 bytes and more; such frames have ended servers, so that it runs only by its name",
		Weaknesses: []*catalogue.Weakness{catalogue.MalformedFrame},
		Group:      Named,
		Cost:       Cost{Connections: 4, Messages: 8, Time: 10 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run:        func(ctx context.Context, s *Session) error { return s.judgeFrames(ctx, overflowing()) },
	})
}

const fixFraming = "use a library that fails the connection on each of them (RFC 6455 sections 5 and 8.1), or put a gateway that does in front"

// frameCase is bytes that must end the connection.
type frameCase struct {
	what string
	raw  []byte
}

// forbidden are frames that must fail the connection.
func forbidden() []frameCase {
	key := wire.NewMaskKey()
	masked := func(h wire.Header, payload string) []byte {
		h.Masked, h.Key, h.Length = true, key, uint64(len(payload))
		b := h.Append(nil)
		body := []byte(payload)
		wire.Mask(body, key, 0)
		return append(b, body...)
	}
	text := wire.Header{Fin: true, Opcode: wire.Text}
	long := strings.Repeat("p", 126)
	return []frameCase{
		{"an unmasked frame", wire.AppendMessage(nil, wire.Text, []byte("{}"), nil)},
		{"RSV1 set without compression", masked(wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}, "{}")},
		{"RSV2 set", masked(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}, "{}")},
		{"RSV3 set", masked(wire.Header{Fin: true, RSV3: true, Opcode: wire.Text}, "{}")},
		{"the reserved opcode 3", masked(wire.Header{Fin: true, Opcode: 3}, "{}")},
		{"the reserved opcode 11", masked(wire.Header{Fin: true, Opcode: 11}, "")},
		{"a length of two bytes where one does", longForm(text, 126, key)},
		{"a length of eight bytes where one does", longForm(text, 127, key)},
		{"a ping of 126 bytes", masked(wire.Header{Fin: true, Opcode: wire.Ping}, long)},
		{"a ping in fragments", masked(wire.Header{Opcode: wire.Ping}, "p")},
		{"a continuation of nothing", masked(wire.Header{Fin: true, Opcode: wire.Continuation}, "{}")},
		{"a message within an unfinished one", append(masked(wire.Header{Opcode: wire.Text}, "{"), masked(text, "{}")...)},
		{"text that is not UTF-8", masked(text, "\"\xc0\xaf\xff\"")},
		{"a close of one byte", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03")},
		{"the close code 1005", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xed")},
		{"the close code 1006", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xee")},
		{"the close code 999", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe7")},
		{"a close reason that is not UTF-8", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe8\xc0\xaf")},
	}
}

// longForm is the text "{}" with its length in more bytes than it needs.
func longForm(h wire.Header, form byte, key [4]byte) []byte {
	h.Masked, h.Key = true, key
	b := h.Append(nil)[:1]
	b = append(b, 0x80|form)
	if form == 126 {
		b = binary.BigEndian.AppendUint16(b, 2)
	} else {
		b = binary.BigEndian.AppendUint64(b, 2)
	}
	b = append(b, key[:]...)
	body := []byte("{}")
	wire.Mask(body, key, 0)
	return append(b, body...)
}

// overflowing are frames whose length has its highest bit set, or nearly.
func overflowing() []frameCase {
	h := wire.Header{Fin: true, Opcode: wire.Text, Masked: true, Key: wire.NewMaskKey()}
	with := func(n uint64) []byte { h.Length = n; return h.Append(nil) }
	return []frameCase{
		{"a length of 2^63", with(1 << 63)},
		{"a length of 2^64-1", with(1<<64 - 1)},
		{"a length of 2^63-1", with(1<<63 - 1)},
	}
}

// judgeFrames sends each case and looks whether the connection goes on.
func (s *Session) judgeFrames(ctx context.Context, cases []frameCase) error {
	var taken []string
	var first report.Evidence
	for _, c := range cases {
		goesOn, how, evidence, err := s.tryFrame(ctx, c)
		if err != nil {
			return err
		}
		if !goesOn {
			continue
		}
		if len(taken) == 0 {
			first = evidence
		}
		taken = append(taken, c.what+how)
	}
	if len(taken) == 0 {
		s.Pass(catalogue.MalformedFrame, "each of %d forbidden frames ends the connection", len(cases))
		return nil
	}
	s.Weak(Finding{
		Weakness: catalogue.MalformedFrame, Evidence: first, Fix: fixFraming, Anchor: s.check.Name,
		Message: fmt.Sprintf("Frames that must end the connection don't: %s. What a proxy or filter in front makes of them is another matter, and an attacker chooses whom to deceive.", strings.Join(taken, ", ")),
	})
	return nil
}

// tryFrame sends one case. The connection goes on if a ping behind it is
// answered, or a wrong close is answered as if it were a right one.
func (s *Session) tryFrame(ctx context.Context, fc frameCase) (goesOn bool, how string, e report.Evidence, err error) {
	c, err := s.Connect(ctx, s.Target.Identity())
	if err != nil {
		return false, "", e, err
	}
	defer c.Close()
	if err := c.Write(ctx, fc.raw, fmt.Sprintf("(%s) % x", fc.what, fc.raw[:min(len(fc.raw), 16)])); err != nil && !errors.Is(err, ErrEnded) {
		return false, "", e, err
	}
	alive, before, err := c.Alive(ctx, max(3*s.Settle(), 500*time.Millisecond))
	if err != nil {
		return false, "", e, err
	}
	closing, over := c.Closing()
	switch {
	case alive:
		return true, "", c.Evidence(), nil
	case closing != nil:
		return closesAs(fc.raw, *closing), " (answered as a right one)", c.Evidence(), nil
	case over:
		return false, "", e, nil
	}
	// Neither ended nor answering: it may be waiting for more of a frame that it
	// has begun to read, which is not to end it.
	return len(before) > 0, "", c.Evidence(), nil
}

// closesAs reports whether a server's Close frame repeats the forbidden code of
// the Close frame that it answers.
func closesAs(sent []byte, closing wire.Unit) bool {
	h, n, err := wire.ParseHeader(sent)
	if err != nil || n == 0 || h.Opcode != wire.Close || h.Length < 2 {
		return false
	}
	body := append([]byte(nil), sent[n:]...)
	wire.Mask(body, h.Key, 0)
	code := wire.CloseCode(binary.BigEndian.Uint16(body))
	return !code.Sendable() && closing.Code == code
}
