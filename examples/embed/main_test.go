package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wireclient"
)

const origin = "http://app.example.com"

// dial asks the example's server for a connection.
func dial(t *testing.T, h wireclient.Handshake) (context.Context, *wireclient.Conn, *http.Response) {
	t.Helper()
	g, err := newGuard(origin, sessions{"session=a": {User: "alice"}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(g.Handler(answer))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(func() {
		cancel()
		g.Close()
		s.Close()
	})
	h.URL = s.URL + "/ws"
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return ctx, c, res
}

func TestAnswer(t *testing.T) {
	ctx, c, res := dial(t, wireclient.Handshake{Origin: origin, Cookie: "session=a"})
	if c == nil {
		t.Fatalf("refused with %d", res.StatusCode)
	}
	if err := c.SendText("hello"); err != nil {
		t.Fatal(err)
	}
	if u, err := c.NextMessage(ctx); err != nil || string(u.Payload) != `alice said "hello"` {
		t.Errorf("got %q, %v", u.Payload, err)
	}
}

func TestStrangersStayOutside(t *testing.T) {
	for name, test := range map[string]struct {
		h    wireclient.Handshake
		want int
	}{
		"foreign page": {wireclient.Handshake{Origin: "http://evil.example.net", Cookie: "session=a"}, http.StatusForbidden},
		"no cookie":    {wireclient.Handshake{Origin: origin}, http.StatusUnauthorized},
		"wrong cookie": {wireclient.Handshake{Origin: origin, Cookie: "session=c"}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			if _, c, res := dial(t, test.h); c != nil || res.StatusCode != test.want {
				t.Errorf("got %d, want %d", res.StatusCode, test.want)
			}
		})
	}
}
