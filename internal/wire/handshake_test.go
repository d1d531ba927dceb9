package wire_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

func TestAcceptKey(t *testing.T) {
	// RFC 6455 section 1.3.
	if got, want := wire.AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValidKey(t *testing.T) {
	tests := []struct {
		name, key string
		want      bool
	}{
		{"the example of RFC 6455 1.3", "dGhlIHNhbXBsZSBub25jZQ==", true},
		{"zeros", "AAAAAAAAAAAAAAAAAAAAAA==", true},
		{"all ones", "/////////////////////w==", true},
		{"empty", "", false},
		{"15 bytes", "AAAAAAAAAAAAAAAAAAAA", false},
		{"17 bytes", "AAAAAAAAAAAAAAAAAAAAAAA=", false},
		{"18 bytes", "AAAAAAAAAAAAAAAAAAAAAAAA", false},
		{"no padding", "dGhlIHNhbXBsZSBub25jZQ", false},
		{"half the padding", "dGhlIHNhbXBsZSBub25jZQ=", false},
		{"stray bits", "dGhlIHNhbXBsZSBub25jZR==", false},
		{"URL alphabet", "_____________________w==", false},
		{"space in front", " GhlIHNhbXBsZSBub25jZQ==", false},
		{"line break inside", "dGhlIHNhbXBs\nSBub25jZQ==", false},
		{"trailing space", "dGhlIHNhbXBsZSBub25jZQ== ", false},
		{"not base64", "dGhlIHNhbXBsZSBub25jZ!==", false},
		{"hex of 24 digits", "000102030405060708090a0b", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wire.ValidKey(tt.key); got != tt.want {
				t.Errorf("%q: got %v, want %v", tt.key, got, tt.want)
			}
		})
	}
}

func TestNewKeyIsValidAndNew(t *testing.T) {
	a, b := wire.NewKey(), wire.NewKey()
	if !wire.ValidKey(a) || !wire.ValidKey(b) || a == b {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestHeaderHasToken(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		token  string
		want   bool
	}{
		{"alone", []string{"Upgrade"}, "upgrade", true},
		{"in a list", []string{"keep-alive, Upgrade"}, "upgrade", true},
		{"without spaces", []string{"keep-alive,UPGRADE"}, "upgrade", true},
		{"with tabs", []string{"keep-alive\t,\tUpgrade\t"}, "upgrade", true},
		{"on the second line", []string{"keep-alive", "Upgrade"}, "upgrade", true},
		{"among empty elements", []string{",, ,Upgrade,,"}, "upgrade", true},
		{"beside something that is no token", []string{"a b, Upgrade"}, "upgrade", true},
		{"none", nil, "upgrade", false},
		{"empty", []string{""}, "upgrade", false},
		{"part of a token", []string{"upgrades"}, "upgrade", false},
		{"inside an element", []string{"not upgrade"}, "upgrade", false},
		{"with a parameter", []string{"upgrade;q=1"}, "upgrade", false},
		{"with a version", []string{"websocket/13"}, "websocket", false},
		{"letters that fold to ASCII in Unicode", []string{"web\u017focket", "webSoc\u212aet"}, "websocket", false},
		{"over 8 KiB", []string{strings.Repeat(" ", 8<<10), "upgrade"}, "upgrade", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := wire.HeaderHasToken(tt.values, tt.token); got != tt.want {
				t.Errorf("%q: got %v, want %v", tt.values, got, tt.want)
			}
		})
	}
}

func TestParseTokens(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   []string
		err    error
	}{
		{"none", nil, nil, nil},
		{"one", []string{"chat"}, []string{"chat"}, nil},
		{"several lines", []string{"chat, v2.chat", " superchat "}, []string{"chat", "v2.chat", "superchat"}, nil},
		{"empty elements", []string{",chat,,\t, v2,"}, []string{"chat", "v2"}, nil},
		{"case and repetition stay", []string{"Chat, chat, chat"}, []string{"Chat", "chat", "chat"}, nil},
		{"a credential", []string{"wswarden.v1, wst.wst1_AZaz09-_"}, []string{"wswarden.v1", "wst.wst1_AZaz09-_"}, nil},
		{"space inside", []string{"a b"}, nil, wire.ErrTokenSyntax},
		{"separator", []string{"a;b"}, nil, wire.ErrTokenSyntax},
		{"quotes", []string{`"a"`}, nil, wire.ErrTokenSyntax},
		{"control character", []string{"a\x00b"}, nil, wire.ErrTokenSyntax},
		{"line break", []string{"a\r\nb"}, nil, wire.ErrTokenSyntax},
		{"not ASCII", []string{"é"}, nil, wire.ErrTokenSyntax},
		{"64 elements", []string{strings.Repeat("a,", 64)}, slices.Repeat([]string{"a"}, 64), nil},
		{"65 elements", []string{strings.Repeat("a,", 65)}, nil, wire.ErrListTooLong},
		{"over 8 KiB", []string{strings.Repeat(" ", 8<<10), "a"}, nil, wire.ErrListTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wire.ParseTokens(tt.values)
			if !slices.Equal(got, tt.want) || err != tt.err {
				t.Errorf("%q: got %q, %v, want %q, %v", tt.values, got, err, tt.want, tt.err)
			}
		})
	}
}
