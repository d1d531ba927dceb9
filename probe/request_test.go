package probe

import (
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestRequestIsWrittenAsTold(t *testing.T) {
	r := Request{Method: "GET", Target: "/ws", Proto: "HTTP/1.1", Lines: []wireclient.Line{{Name: "Host", Value: "h"}, {Name: "Origin", Value: "a"}, {Name: "X", Value: "1"}, {Name: "origin", Value: "b"}}}
	for _, c := range []struct {
		name string
		got  Request
		want string
	}{
		{"with replaces all", r.With("Origin", "c"), "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: c\r\nX: 1\r\n\r\n"},
		{"with adds", r.With("Y", "2"), "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: a\r\nX: 1\r\norigin: b\r\nY: 2\r\n\r\n"},
		{"plus repeats", r.Plus("X", "2"), "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: a\r\nX: 1\r\norigin: b\r\nX: 2\r\n\r\n"},
		{"without", r.Without("origin", "x"), "GET /ws HTTP/1.1\r\nHost: h\r\n\r\n"},
		{"empty value stays", r.Without("X").With("Origin", ""), "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: \r\n\r\n"},
	} {
		if got := string(c.got.Head()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := string(r.Head()); got != "GET /ws HTTP/1.1\r\nHost: h\r\nOrigin: a\r\nX: 1\r\norigin: b\r\n\r\n" {
		t.Errorf("the original has changed: %q", got)
	}
}
