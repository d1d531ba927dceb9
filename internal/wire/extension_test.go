package wire_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

func TestParseExtensions(t *testing.T) {
	param := func(name string) wire.ExtensionParam { return wire.ExtensionParam{Name: name} }
	value := func(name, v string) wire.ExtensionParam {
		return wire.ExtensionParam{Name: name, Value: v, HasValue: true}
	}
	ext := func(name string, params ...wire.ExtensionParam) wire.Extension {
		return wire.Extension{Name: name, Params: params}
	}
	tests := []struct {
		name   string
		values []string
		want   []wire.Extension
	}{
		{"none", nil, nil},
		{"empty", []string{"", " ", ",,"}, nil},
		{"name", []string{"foo"}, []wire.Extension{ext("foo")}},
		{"two lines (RFC 6455 9.1)", []string{"foo", "bar; baz=2"}, []wire.Extension{ext("foo"), ext("bar", value("baz", "2"))}},
		{"one line (9.1)", []string{"foo, bar; baz=2"}, []wire.Extension{ext("foo"), ext("bar", value("baz", "2"))}},
		{"example (9.1)", []string{"mux; max-channels=4; flow-control, deflate-stream"}, []wire.Extension{ext("mux", value("max-channels", "4"), param("flow-control")), ext("deflate-stream")}},
		{"quoted", []string{`a; b="c"`}, []wire.Extension{ext("a", value("b", "c"))}},
		{"quoted with escapes", []string{`a; b="\c\d"`}, []wire.Extension{ext("a", value("b", "cd"))}},
		{"spaces", []string{"\ta ;\tb = \"c\" , d"}, []wire.Extension{ext("a", value("b", "c")), ext("d")}},
		{"no spaces", []string{"a;b=c;d,e"}, []wire.Extension{ext("a", value("b", "c"), param("d")), ext("e")}},
		{"repeated parameters stay", []string{"a;b;b=1"}, []wire.Extension{ext("a", param("b"), value("b", "1"))}},
		{"names that are properties elsewhere", []string{"constructor; __proto__=1, toString"}, []wire.Extension{ext("constructor", value("__proto__", "1")), ext("toString")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wire.ParseExtensions(tt.values)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%q: got %v, %v, want %v", tt.values, got, err, tt.want)
			}
		})
	}
}

func TestParseExtensionsRefuses(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"parameter without a name", "a;", wire.ErrExtensionSyntax},
		{"only a parameter", ";a", wire.ErrExtensionSyntax},
		{"value without a name", "a;=b", wire.ErrExtensionSyntax},
		{"no value behind =", "a;b=", wire.ErrExtensionSyntax},
		{"empty quotes", `a;b=""`, wire.ErrExtensionSyntax},
		{"open quotes", `a;b="c`, wire.ErrExtensionSyntax},
		{"open escape", `a;b="c\`, wire.ErrExtensionSyntax},
		{"quoted value that is no token", `a;b="c d"`, wire.ErrExtensionSyntax},
		{"escaped quote is no token", `a;b="c\""`, wire.ErrExtensionSyntax},
		{"text behind the quotes", `a;b="c"d`, wire.ErrExtensionSyntax},
		{"two words", "a b", wire.ErrExtensionSyntax},
		{"name that is no token", "a@b", wire.ErrExtensionSyntax},
		{"two equal signs", "a;b==c", wire.ErrExtensionSyntax},
		{"line break", "a\r\nb", wire.ErrExtensionSyntax},
		{"16 extensions and one", strings.Repeat("a,", 17), wire.ErrListTooLong},
		{"16 parameters and one", "a" + strings.Repeat(";b", 17), wire.ErrListTooLong},
		{"over 8 KiB", "a" + strings.Repeat(" ", 8<<10), wire.ErrListTooLong},
		{"escapes without an end", `a;b="` + strings.Repeat(`\c`, 4000), wire.ErrExtensionSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := wire.ParseExtensions([]string{tt.in}); err != tt.want {
				t.Errorf("%.40q: got %v, %v, want %v", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestNegotiateDeflate(t *testing.T) {
	const plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	fresh := &wire.Deflate{ServerNoContextTakeover: true, ClientNoContextTakeover: true}
	takeover := &wire.Deflate{ServerNoContextTakeover: true}
	window := func(bits uint8) *wire.Deflate {
		return &wire.Deflate{ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: bits}
	}
	tests := []struct {
		name, offer string
		policy      wire.DeflatePolicy
		want        *wire.Deflate
		response    string
	}{
		{name: "none"},
		{name: "something else", offer: "x-webkit-deflate-frame"},
		{name: "plain", offer: "permessage-deflate", want: fresh, response: plain},
		{name: "as browsers offer it", offer: "permessage-deflate; client_max_window_bits", want: fresh, response: plain},
		{name: "behind something else", offer: "mux; a=b, permessage-deflate", want: fresh, response: plain},
		{name: "takeover allowed", offer: "permessage-deflate", policy: wire.DeflatePolicy{ClientContextTakeover: true},
			want: takeover, response: "permessage-deflate; server_no_context_takeover"},
		{name: "takeover allowed, not wanted", offer: "permessage-deflate; client_no_context_takeover", policy: wire.DeflatePolicy{ClientContextTakeover: true}, want: fresh, response: plain},
		{name: "everything", offer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=12", want: fresh, response: plain},
		{name: "server window of 15", offer: "permessage-deflate; server_max_window_bits=15", want: window(15), response: plain + "; server_max_window_bits=15"},
		{name: "server window in quotes", offer: `permessage-deflate; server_max_window_bits="15"`, want: window(15), response: plain + "; server_max_window_bits=15"},
		{name: "server window against the policy", offer: "permessage-deflate; server_max_window_bits=10"},
		{name: "second offer", offer: "permessage-deflate; server_max_window_bits=10, permessage-deflate", want: fresh, response: plain},
		{name: "server window", offer: "permessage-deflate; server_max_window_bits=10", policy: wire.DeflatePolicy{ServerWindow: true}, want: window(10), response: plain + "; server_max_window_bits=10"},
		{name: "least server window", offer: "permessage-deflate; server_max_window_bits=8", policy: wire.DeflatePolicy{ServerWindow: true}, want: window(8), response: plain + "; server_max_window_bits=8"},
		{name: "unknown parameter", offer: "permessage-deflate; fast"},
		{name: "parameter in capitals", offer: "permessage-deflate; Client_No_Context_Takeover"},
		{name: "repeated parameter", offer: "permessage-deflate; client_no_context_takeover; client_no_context_takeover"},
		{name: "repeated window", offer: "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15"},
		{name: "value where none belongs", offer: "permessage-deflate; server_no_context_takeover=1"},
		{name: "server window without a value", offer: "permessage-deflate; server_max_window_bits"},
	}
	for _, bits := range []string{"7", "16", "0", "99", "08", "+9", "-9", "015", "1e1", "15.", "9223372036854775808", "x"} {
		for _, p := range []string{"server", "client"} {
			tests = append(tests, struct {
				name, offer string
				policy      wire.DeflatePolicy
				want        *wire.Deflate
				response    string
			}{name: p + " window of " + bits, offer: "permessage-deflate; " + p + "_max_window_bits=" + bits, policy: wire.DeflatePolicy{ServerWindow: true}})
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, response, err := wire.NegotiateDeflate([]string{tt.offer}, tt.policy)
			if err != nil || !reflect.DeepEqual(got, tt.want) || response != tt.response {
				t.Errorf("got %+v, %q, %v, want %+v, %q", got, response, err, tt.want, tt.response)
			}
		})
	}
	if got, response, err := wire.NegotiateDeflate([]string{"permessage-deflate", "a b"}, wire.DeflatePolicy{}); got != nil || response != "" || err != wire.ErrExtensionSyntax {
		t.Errorf("malformed header: got %v, %q, %v, want %v", got, response, err, wire.ErrExtensionSyntax)
	}
}

func TestParseDeflateResponse(t *testing.T) {
	tests := []struct {
		name   string
		offer  wire.DeflateOffer
		answer string
		want   *wire.Deflate
		err    error
	}{
		{name: "declined"},
		{name: "plain", answer: "permessage-deflate", want: &wire.Deflate{}},
		{name: "what was announced holds", offer: wire.DeflateOffer{ClientNoContextTakeover: true}, answer: "permessage-deflate", want: &wire.Deflate{ClientNoContextTakeover: true}},
		{name: "more than was asked", answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9",
			want: &wire.Deflate{ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: 9}},
		{name: "what was asked", offer: wire.DeflateOffer{ServerNoContextTakeover: true, ServerMaxWindowBits: 12, ClientMaxWindowBits: true}, answer: "permessage-deflate; client_max_window_bits=8; server_max_window_bits=12; server_no_context_takeover",
			want: &wire.Deflate{ServerNoContextTakeover: true, ServerMaxWindowBits: 12, ClientMaxWindowBits: 8}},
		{name: "smaller window than asked", offer: wire.DeflateOffer{ServerMaxWindowBits: 12}, answer: "permessage-deflate; server_max_window_bits=10", want: &wire.Deflate{ServerMaxWindowBits: 10}},
		{name: "asked takeover missing", offer: wire.DeflateOffer{ServerNoContextTakeover: true}, answer: "permessage-deflate", err: wire.ErrDeflateResponse},
		{name: "asked window missing", offer: wire.DeflateOffer{ServerMaxWindowBits: 12}, answer: "permessage-deflate", err: wire.ErrDeflateResponse},
		{name: "window larger than asked", offer: wire.DeflateOffer{ServerMaxWindowBits: 12}, answer: "permessage-deflate; server_max_window_bits=13", err: wire.ErrDeflateResponse},
		{name: "client window that was not offered", answer: "permessage-deflate; client_max_window_bits=15", err: wire.ErrDeflateResponse},
		{name: "client window without a value", offer: wire.DeflateOffer{ClientMaxWindowBits: true}, answer: "permessage-deflate; client_max_window_bits", err: wire.ErrDeflateResponse},
		{name: "window out of range", answer: "permessage-deflate; server_max_window_bits=16", err: wire.ErrDeflateResponse},
		{name: "unknown parameter", answer: "permessage-deflate; x", err: wire.ErrDeflateResponse},
		{name: "repeated parameter", answer: "permessage-deflate; server_no_context_takeover; server_no_context_takeover", err: wire.ErrDeflateResponse},
		{name: "something that was not offered", answer: "mux", err: wire.ErrDeflateResponse},
		{name: "something beside it", answer: "permessage-deflate, mux", err: wire.ErrDeflateResponse},
		{name: "twice", answer: "permessage-deflate, permessage-deflate", err: wire.ErrDeflateResponse},
		{name: "malformed", answer: "permessage-deflate;", err: wire.ErrExtensionSyntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wire.ParseDeflateResponse([]string{tt.answer}, tt.offer)
			if err != tt.err || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

// TestOfferAndAnswerAgree lets both halves of the negotiation meet.
func TestOfferAndAnswerAgree(t *testing.T) {
	bools := []bool{false, true}
	for _, serverFresh := range bools {
		for _, clientFresh := range bools {
			for _, clientWindow := range bools {
				for _, takeover := range bools {
					for _, bits := range []uint8{0, 8, 12, 15} {
						offer := wire.DeflateOffer{ServerNoContextTakeover: serverFresh, ServerMaxWindowBits: bits, ClientNoContextTakeover: clientFresh, ClientMaxWindowBits: clientWindow}
						server, answer, err := wire.NegotiateDeflate([]string{offer.String()}, wire.DeflatePolicy{ClientContextTakeover: takeover, ServerWindow: true})
						if err != nil || server == nil {
							t.Fatalf("%v: declined, %v", offer, err)
						}
						if client, err := wire.ParseDeflateResponse([]string{answer}, offer); err != nil || *client != *server {
							t.Errorf("%v answered %q: client has %+v, %v, server %+v", offer, answer, client, err, server)
						}
					}
				}
			}
		}
	}
}
