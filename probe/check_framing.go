package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "framing",
		Summary:    "sends frames that RFC 6455 forbids, each on a connection of its own",
		Weaknesses: []*catalogue.Weakness{catalogue.MalformedFrame},
		Cost:       Cost{Connections: 26, Messages: 64, Time: 30 * time.Second},
		Needs:      NeedAccepted,
		Late:       true,
		Run: func(ctx context.Context, s *Session) error {
			return s.judgeFrames(ctx, forbidden(s.narrowEnvelopes()[0](harmlessName, "")))
		},
	}, &Check{
		Name:       "frame-length",
		Summary:    "declares frames of 2^63 bytes and more; such frames have ended servers, so that it runs only by its name",
		Weaknesses: []*catalogue.Weakness{catalogue.MalformedFrame},
		Group:      Named,
		Cost:       Cost{Connections: 5, Messages: 12, Time: 10 * time.Second},
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
	// lenient says that going on is against the RFC and changes nothing: the
	// frame means the same to everybody who goes on.
	lenient bool
}

// forbidden are frames that must fail the connection. Those of text hold a
// message that the connection outlives.
func forbidden(message string) []frameCase {
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
		{"an unmasked frame", wire.AppendMessage(nil, wire.Text, []byte(message), nil), false},
		{"RSV1 set without compression", masked(wire.Header{Fin: true, RSV1: true, Opcode: wire.Text}, message), false},
		{"RSV2 set", masked(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}, message), false},
		{"RSV3 set", masked(wire.Header{Fin: true, RSV3: true, Opcode: wire.Text}, message), false},
		{"the reserved opcode 3", masked(wire.Header{Fin: true, Opcode: 3}, "{}"), false},
		{"the reserved opcode 11", masked(wire.Header{Fin: true, Opcode: 11}, ""), false},
		{"a length of two bytes where one does", longForm(126, message, key), true},
		{"a length of eight bytes where one does", longForm(127, message, key), true},
		{"a ping of 126 bytes", masked(wire.Header{Fin: true, Opcode: wire.Ping}, long), false},
		{"a ping in fragments", masked(wire.Header{Opcode: wire.Ping}, "p"), false},
		{"a continuation of nothing", masked(wire.Header{Fin: true, Opcode: wire.Continuation}, "{}"), false},
		{"a message within an unfinished one", append(masked(wire.Header{Opcode: wire.Text}, message[:1]), masked(text, message)...), false},
		{"text that is not UTF-8", masked(text, "\"\xc0\xaf\xff\""), false},
		{"a close of one byte", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03"), true},
		{"the close code 1005", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xed"), true},
		{"the close code 1006", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xee"), true},
		{"the close code 999", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe7"), true},
		{"a close reason that is not UTF-8", masked(wire.Header{Fin: true, Opcode: wire.Close}, "\x03\xe8\xc0\xaf"), true},
	}
}

// longForm is a text with its length in more bytes than it needs. The text is
// shorter than 126 bytes.
func longForm(form byte, message string, key [4]byte) []byte {
	h := wire.Header{Fin: true, Opcode: wire.Text, Masked: true, Key: key}
	b := append(h.Append(nil)[:1], 0x80|form)
	if form == 126 {
		b = binary.BigEndian.AppendUint16(b, uint16(len(message)))
	} else {
		b = binary.BigEndian.AppendUint64(b, uint64(len(message)))
	}
	b = append(b, key[:]...)
	body := []byte(message)
	wire.Mask(body, key, 0)
	return append(b, body...)
}

// overflowing are frames whose length has its highest bit set, or nearly.
func overflowing() []frameCase {
	h := wire.Header{Fin: true, Opcode: wire.Text, Masked: true, Key: wire.NewMaskKey()}
	with := func(n uint64) []byte { h.Length = n; return h.Append(nil) }
	return []frameCase{
		{"a length of 2^63", with(1 << 63), false},
		{"a length of 2^64-1", with(1<<64 - 1), false},
		{"a length of 2^63-1", with(1<<63 - 1), false},
	}
}

// judgeFrames sends each case and looks whether the connection goes on.
func (s *Session) judgeFrames(ctx context.Context, cases []frameCase) error {
	var taken []string
	var first report.Evidence
	severity := catalogue.Low
	bears, err := s.bears(ctx)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if !bears && ofText(c.raw) {
			continue
		}
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
		if !c.lenient {
			severity = catalogue.Medium
		}
	}
	if !bears {
		s.Note("frames of text were left out: a message of an unknown type ends the connection, also in a right frame")
	}
	if len(taken) == 0 {
		s.Pass(catalogue.MalformedFrame, "each of %d forbidden frames ends the connection", len(cases))
		return nil
	}
	s.Weak(Finding{
		Weakness: catalogue.MalformedFrame, Severity: severity, Evidence: first, Fix: fixFraming, Anchor: s.check.Name,
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
		s.noteLibrary(string(closing.Reason))
		return closesAs(fc.raw, *closing), " (answered as a right one)", c.Evidence(), nil
	case over:
		return false, "", e, nil
	}
	// Neither ended nor answering: it may be waiting for more of a frame that it
	// has begun to read, which is not to end it.
	return len(before) > 0, "", c.Evidence(), nil
}

// closesAs reports whether a server's Close frame answers a forbidden one as if
// it were in order: with its code, or with that of an ordinary end.
func closesAs(sent []byte, closing wire.Unit) bool {
	h, n, err := wire.ParseHeader(sent)
	if err != nil || n == 0 || h.Opcode != wire.Close {
		return false
	}
	if h.Length < 2 {
		return closing.Code == wire.CloseNormal
	}
	body := append([]byte(nil), sent[n:]...)
	wire.Mask(body, h.Key, 0)
	code := wire.CloseCode(binary.BigEndian.Uint16(body))
	ordinary := closing.Code == code || closing.Code == wire.CloseNormal
	return ordinary && (!code.Sendable() || !utf8.Valid(body[2:]))
}

// noteLibrary names the library by the reason with which it ends a connection.
func (s *Session) noteLibrary(reason string) {
	if library := recogniseWords("", reason, ""); library != "" && s.Facts().SetLibrary(library) {
		s.Note("the library ends connections like %s", library)
	}
}
