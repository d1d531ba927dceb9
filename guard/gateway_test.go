package guard_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const (
	appOrigin  = "https://app.example.com"
	aliceToken = "alice-token"
	aliceLogin = "session=alice"
)

// gateway is a guard in front of an echoing backend.
type gateway struct {
	*guard.Guard
	url     string // ws://…, without a path
	backend *guardtest.Backend
	audit   *guardtest.Audit
}

// signIn knows alice by token and by cookie.
func signIn() guard.SignIn {
	alice := guard.Identity{User: "alice", Roles: []string{"trader"}, Session: "s1"}
	return guard.SignIn{Token: guardtest.Tokens{aliceToken: alice}, Request: guardtest.Cookies{aliceLogin: alice}}
}

// startGateway runs a gateway whose one route is /ws, changed by edit.
func startGateway(t *testing.T, edit func(*guard.Config)) *gateway {
	t.Helper()
	w := &gateway{backend: guardtest.NewBackend(t), audit: &guardtest.Audit{}}
	cfg := guard.Config{SignIn: signIn(), Audit: w.audit, Routes: []guard.Route{{
		Path: "/ws", Backend: w.backend.URL, Origins: []string{appOrigin},
		Auth: guard.Auth{Ticket: &guard.TicketPolicy{}, Bearer: true, Anonymous: true},
	}}}
	if edit != nil {
		edit(&cfg)
	}
	g, err := guard.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Guard = g
	s := httptest.NewServer(g.Gateway())
	w.url = "ws" + s.URL[len("http"):]
	t.Cleanup(func() {
		g.Close()
		s.Close()
	})
	return w
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// dial opens a connection that must be admitted.
func (w *gateway) dial(t *testing.T, h wireclient.Handshake) *wireclient.Conn {
	t.Helper()
	c, res := w.try(t, h)
	if c == nil {
		t.Fatalf("handshake refused with %d", res.StatusCode)
	}
	return c
}

// try sends a handshake to /ws unless h says where to.
func (w *gateway) try(t *testing.T, h wireclient.Handshake) (*wireclient.Conn, *http.Response) {
	t.Helper()
	if h.URL == "" {
		h.URL = w.url + "/ws"
	}
	c, res, err := wireclient.Dial(testContext(t), h)
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, res
}

func TestGatewayEchoes(t *testing.T) {
	w := startGateway(t, nil)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	for _, text := range []string{"hello", "", "grüße", string(make([]byte, 60000))} {
		if err := c.SendText(text); err != nil {
			t.Fatal(err)
		}
		u, err := c.NextMessage(testContext(t))
		if err != nil || u.Opcode != wire.Text || string(u.Payload) != text {
			t.Fatalf("sent %d bytes, got %v with %d bytes, %v", len(text), u.Opcode, len(u.Payload), err)
		}
	}
	c.SendClose(1000, "bye")
	u, err := c.NextMessage(testContext(t))
	if err != nil || u.Opcode != wire.Close || u.Code != 1000 || string(u.Reason) != "bye" {
		t.Fatalf("close answered with %v %d %q, %v", u.Opcode, u.Code, u.Reason, err)
	}
}
