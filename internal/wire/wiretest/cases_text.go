package wiretest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

var (
	ruleText = Rule{"RFC 6455 8.1", "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, " +
		"that endpoint MUST _Fail the WebSocket Connection_."}
	ruleWholeText = Rule{"RFC 6455 5.6", "the whole message MUST contain valid UTF-8"}
	ruleBinary    = Rule{"RFC 6455 5.6", "The \"Payload data\" is arbitrary binary data whose interpretation is solely up to the application layer."}
)

// sequence is a piece of UTF-8, or of what only looks like it. The categories are those of
// Markus Kuhn's stress test for UTF-8 decoders.
type sequence struct{ name, bytes string }

// validText are sequences that every decoder must take.
func validText() []sequence {
	s := []sequence{
		{"1 the Greek word kosme", "κόσμε"},
		{"1 several scripts", "Hello-µ@ßöäüàá-UTF-8!!"},
		{"2.1.1 first of 1 byte (U+0000)", "\x00"},
		{"2.1.2 first of 2 bytes (U+0080)", "\u0080"},
		{"2.1.3 first of 3 bytes (U+0800)", "\u0800"},
		{"2.1.4 first of 4 bytes (U+10000)", "\U00010000"},
		{"2.2.1 last of 1 byte (U+007F)", "\u007f"},
		{"2.2.2 last of 2 bytes (U+07FF)", "\u07ff"},
		{"2.2.3 last of 3 bytes (U+FFFF)", "\uffff"},
		{"2.2.4 last of 4 bytes that is a code point (U+10FFFF)", "\U0010ffff"},
		{"2.3.1 last before the surrogates (U+D7FF)", "\ud7ff"},
		{"2.3.2 first behind the surrogates (U+E000)", "\ue000"},
		{"2.3.3 replacement character (U+FFFD)", "\ufffd"},
		{"5.3.1 noncharacter U+FFFE", "\ufffe"},
	}
	for plane := rune(1); plane <= 16; plane++ {
		for _, low := range []rune{0xfffe, 0xffff} {
			r := plane<<16 | low
			s = append(s, sequence{fmt.Sprintf("5.3 noncharacter %U", r), string(r)})
		}
	}
	s = append(s, sequence{"5.3 noncharacters U+FDD0 to U+FDEF", string([]rune{0xfdd0, 0xfddf, 0xfdef})})
	return s
}

// invalidText are sequences that no decoder may take.
func invalidText() []sequence {
	s := []sequence{
		{"2.1.5 first of 5 bytes", "\xf8\x88\x80\x80\x80"},
		{"2.1.6 first of 6 bytes", "\xfc\x84\x80\x80\x80\x80"},
		{"2.2.4 last of 4 bytes", "\xf7\xbf\xbf\xbf"},
		{"2.2.5 last of 5 bytes", "\xfb\xbf\xbf\xbf\xbf"},
		{"2.2.6 last of 6 bytes", "\xfd\xbf\xbf\xbf\xbf\xbf"},
		{"2.3.5 first above U+10FFFF", "\xf4\x90\x80\x80"},
		{"3.1.1 first continuation byte", "\x80"},
		{"3.1.2 last continuation byte", "\xbf"},
		{"3.5.1 byte FE", "\xfe"},
		{"3.5.2 byte FF", "\xff"},
		{"3.5.3 bytes FE FE FF FF", "\xfe\xfe\xff\xff"},
		{"5.1.1 surrogate U+D800", "\xed\xa0\x80"},
		{"5.1.2 surrogate U+DB7F", "\xed\xad\xbf"},
		{"5.1.3 surrogate U+DB80", "\xed\xae\x80"},
		{"5.1.4 surrogate U+DBFF", "\xed\xaf\xbf"},
		{"5.1.5 surrogate U+DC00", "\xed\xb0\x80"},
		{"5.1.6 surrogate U+DF80", "\xed\xbe\x80"},
		{"5.1.7 surrogate U+DFFF", "\xed\xbf\xbf"},
	}
	s = append(s, strayBytes()...)
	s = append(s, cutSequences()...)
	s = append(s, overlongForms()...)
	for _, high := range []string{"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf"} {
		for _, low := range []string{"\xed\xb0\x80", "\xed\xbf\xbf"} {
			s = append(s, sequence{fmt.Sprintf("5.2 paired surrogates % x", high+low), high + low})
		}
	}
	return s
}

// strayBytes are continuation bytes without a beginning, and beginnings without a
// continuation.
func strayBytes() []sequence {
	var s []sequence
	for n := 2; n <= 7; n++ {
		s = append(s, sequence{fmt.Sprintf("3.1 %d continuation bytes", n), strings.Repeat("\x80\xbf", 4)[:n]})
	}
	var all strings.Builder
	for c := 0x80; c <= 0xbf; c++ {
		all.WriteByte(byte(c))
	}
	s = append(s, sequence{"3.1.9 all continuation bytes", all.String()})
	for c := 0xc0; c <= 0xfd; c++ {
		s = append(s, sequence{fmt.Sprintf("3.2 first byte %x and a space", c), string([]byte{byte(c), ' '})})
	}
	return s
}

// cutSequences lack their last byte.
func cutSequences() []sequence {
	cut := []string{"\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
		"\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf",
		"\xc2", "\xe1\x80", "\xe2\x82", "\xf1\x80\x80", "\xf0\x9d\x84", "\xf4\x8f\xbf"}
	var s []sequence
	for _, c := range cut {
		s = append(s, sequence{fmt.Sprintf("3.3 last byte missing after % x", c), c})
	}
	return append(s, sequence{"3.4 incomplete sequences one after another", strings.Join(cut, "")})
}

// overlongForms write code points in more bytes than they need.
func overlongForms() []sequence {
	var s []sequence
	for _, f := range []struct {
		name  string
		forms []string
	}{
		{"4.1 overlong solidus", []string{"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf"}},
		{"4.2 greatest overlong form", []string{"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"}},
		{"4.3 overlong NUL", []string{"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80"}},
	} {
		for _, b := range f.forms {
			s = append(s, sequence{fmt.Sprintf("%s in %d bytes", f.name, len(b)), b})
		}
	}
	return s
}

// textCases send UTF-8, right and wrong, whole and cut into fragments of one byte.
func textCases(caps Capabilities) []Case {
	invalid := failed(wire.CloseInvalidPayload)
	var cases []Case
	for _, s := range validText() {
		p := "a" + s.bytes + "b"
		cases = append(cases,
			Case{Name: "text/valid/" + s.name, Rule: ruleWholeText, Send: text(p), Want: echoed(wire.Text, p)},
			Case{Name: "text/valid/" + s.name + ", a fragment a byte", Rule: ruleSplitText, Send: inBytes(caps, p), Chop: 3, Want: echoed(wire.Text, p)})
	}
	for _, s := range invalidText() {
		p := "a" + s.bytes
		cases = append(cases,
			Case{Name: "text/invalid/" + s.name, Rule: ruleText, Send: text(p), Want: invalid},
			Case{Name: "text/invalid/" + s.name + ", a fragment a byte", Rule: ruleText, Send: inBytes(caps, p), Chop: 3, Want: invalid})
	}
	cases = append(cases, longTextCases(caps)...)
	if !caps.Lazy {
		cases = append(cases, earlyTextCases()...)
	}
	return cases
}

// inBytes writes text in fragments of one byte, or in fewer where there may not be so many.
func inBytes(caps Capabilities, p string) []byte {
	return fragments(wire.Text, p, (len(p)+caps.MaxFragments-1)/caps.MaxFragments)
}

func longTextCases(caps Capabilities) []Case {
	const words = "zażółć gęślą jaźń "
	filler := strings.Repeat(words, int(min(caps.MaxMessage/2, 3000))/len(words)-1)
	invalid := failed(wire.CloseInvalidPayload)
	hello := Message{wire.Text, "Hello"}
	return []Case{
		{Name: "text/valid/long", Rule: ruleWholeText, Send: text(filler), Chop: 7, Want: echoed(wire.Text, filler)},
		{Name: "text/valid/bytes that are no text, as binary", Rule: ruleBinary, Send: binary("\xff\xfe\xed\xa0\x80\xc0"), Want: echoed(wire.Binary, "\xff\xfe\xed\xa0\x80\xc0")},
		{Name: "text/valid/bytes that are no text, as binary fragments", Rule: ruleBinary, Send: split(wire.Binary, "\xe2\x82", "x", "\xff"), Want: echoed(wire.Binary, "\xe2\x82x\xff")},
		{Name: "text/invalid/in the middle of a long message", Rule: ruleText, Send: text(filler + "\xed\xa0\x80" + filler), Want: invalid},
		{Name: "text/invalid/at the end of a long message", Rule: ruleText, Send: text(filler + "\xc5"), Want: invalid},
		{Name: "text/invalid/behind a message that is right", Rule: ruleText, Send: join(text("Hello"), text("a\xffb")), Want: after(invalid, hello)},
		{Name: "text/invalid/halves of a code point in two messages", Rule: ruleText, Send: join(text("\xc3"), text("\xa9")), Want: invalid},
		{Name: "text/invalid/code point broken by the end of a fragment", Rule: ruleText, Send: split(wire.Text, "a\xe2\x82", "b"), Want: invalid},
		{Name: "text/invalid/code point with ASCII inside", Rule: ruleText, Send: split(wire.Text, "a\xe2", "b", "\x82\xac"), Want: invalid},
		{Name: "text/invalid/last fragment is empty, code point is open", Rule: ruleText, Send: split(wire.Text, "a\xe2\x82", ""), Want: invalid},
	}
}

// earlyTextCases never finish their message: it is refused for what has come.
func earlyTextCases() []Case {
	invalid := failed(wire.CloseInvalidPayload)
	var cases []Case
	for _, bad := range []string{"\xff", "\xc0", "\xed\xa0", "\xf4\x90", "\xe0\x80", "\xf0\x8f", "\xc3x"} {
		begun := head(wire.Header{Fin: true, Opcode: wire.Text}, 1000)
		key := [4]byte(begun[len(begun)-4:])
		p := []byte("κόσμε " + bad)
		wire.Mask(p, key, 0)
		cases = append(cases,
			Case{Name: fmt.Sprintf("text/early/% x in a frame that does not end", bad), Rule: ruleText, Send: append(begun, p...), Want: invalid},
			Case{Name: fmt.Sprintf("text/early/% x in a message that does not end", bad), Rule: ruleText, Send: first(wire.Text, "κόσμε "+bad), Chop: 1, Want: invalid})
	}
	return cases
}

// The tables say what they hold.
var _ = func() (none struct{}) {
	for _, s := range validText() {
		if !utf8.ValidString(s.bytes) {
			panic("wiretest: " + s.name + " is not valid")
		}
	}
	for _, s := range invalidText() {
		if utf8.ValidString(s.bytes) {
			panic("wiretest: " + s.name + " is valid")
		}
	}
	return none
}()
