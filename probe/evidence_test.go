package probe

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestMaskTakesCredentials(t *testing.T) {
	var s secrets
	s.addIdentity(Identity{Name: "alice", Lines: []wireclient.Line{{Name: "Cookie", Value: "session=opaque1; theme=dark"}, {Name: "X-Key", Value: "abcd1234"}}})
	s.add("ticket-9")
	for _, c := range []struct{ in, want string }{
		{"Cookie: session=other; b=c\r\nHost: h", "Cookie: session=[redacted]; b=[redacted]\r\nHost: h"},
		{"Set-Cookie: sid=xyz; HttpOnly; Path=/", "Set-Cookie: sid=[redacted]; HttpOnly; Path=/"},
		{"authorization: Bearer abc", "authorization: Bearer [redacted]"},
		{`{"hello":"opaque1"}`, `{"hello":"[redacted]"}`},
		{"X-Key: abcd1234", "X-Key: [redacted]"},
		{"GET /ws?ticket=ticket-9 HTTP/1.1", "GET /ws?[redacted] HTTP/1.1"},
		{"Sec-WebSocket-Protocol: a, wst.wst1_AAAA", "Sec-WebSocket-Protocol: a, wst.[redacted]"},
	} {
		if got := s.mask(c.in); got != c.want {
			t.Errorf("mask %q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestClipLinesBoundsEvidence(t *testing.T) {
	in := "A: " + strings.Repeat("x", 64<<10) + "\r\n" + strings.Repeat("B: y\r\n", 5000)
	if got := clipLines(in); len(got) > maxEvidence+100 {
		t.Errorf("got %d bytes, want at most %d", len(got), maxEvidence)
	}
}
