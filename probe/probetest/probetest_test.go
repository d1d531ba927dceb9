package probetest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe/probetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// open connects, or fails the test.
func open(t *testing.T, h wireclient.Handshake) *wireclient.Conn {
	t.Helper()
	c, status := dial(t, h)
	if c == nil {
		t.Fatalf("open %s: got %d, want 101", h.URL, status)
	}
	return c
}

func dial(t *testing.T, h wireclient.Handshake) (*wireclient.Conn, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		t.Fatalf("dial %s: %v", h.URL, err)
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, res.StatusCode
}

// ask sends a message and returns the next one that has a field with the text.
func ask(t *testing.T, c *wireclient.Conn, send, want string) {
	t.Helper()
	if err := c.SendText(send); err != nil {
		t.Fatalf("send %s: %v", send, err)
	}
	expect(t, c, want)
}

func expect(t *testing.T, c *wireclient.Conn, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		u, err := c.NextMessage(ctx)
		if err != nil {
			t.Fatalf("wait for %q: %v", want, err)
		}
		if strings.Contains(string(u.Payload), want) {
			return
		}
		if u.Opcode == wire.Close {
			t.Fatalf("wait for %q: closed %d %s", want, u.Code, u.Reason)
		}
	}
}

func TestHardenedServesItsUsers(t *testing.T) {
	s := probetest.Hardened(t)
	c := open(t, wireclient.Handshake{URL: s.URL, Origin: probetest.Origin, Cookie: s.SignIn("alice")})
	ask(t, c, `{"type":"whoami"}`, `"user":"alice"`)
	ask(t, c, `{"type":"get_order","id":1001}`, `book of alice`)
	ask(t, c, `{"type":"get_order","id":2001}`, `no such order`)
	ask(t, c, `{"type":"subscribe","channel":"user:bob"}`, `not allowed`)
	ask(t, c, `{"type":"admin_stats"}`, `not allowed`)
	ask(t, c, `{"type":"place_order","item":"x","quantity":1,"userId":"bob"}`, `invalid message`)
	ask(t, c, `{"type":"chat","text":"<b>"}`, `&lt;b&gt;`)
	ask(t, c, `{"type":"redeem","code":"c","nonce":"1"}`, `redeemed`)
	ask(t, c, `{"type":"redeem","code":"d","nonce":"1"}`, `repeated`)
}

func TestHandshake(t *testing.T) {
	evil := func(h *wireclient.Handshake) { h.Origin = "https://evil.example" }
	nobody := func(h *wireclient.Handshake) { h.Cookie = "" }
	header := func(name, value string) func(*wireclient.Handshake) {
		return func(h *wireclient.Handshake) { h.Header = append(h.Header, wireclient.Line{Name: name, Value: value}) }
	}
	tests := map[string]struct {
		change   func(*wireclient.Handshake)
		weak     probetest.Switch
		hardened int
	}{
		"foreign origin": {evil, probetest.OriginNone, 403},
		"longer origin":  {func(h *wireclient.Handshake) { h.Origin += ".evil.example" }, probetest.OriginPrefix, 403},
		"absent origin":  {func(h *wireclient.Handshake) { h.Origin = "" }, probetest.OriginAbsent, 403},
		"nobody":         {nobody, probetest.AuthMissing, 401},
		"fixed session":  {func(h *wireclient.Handshake) { h.Cookie = "session=chosen-by-me" }, probetest.SessionFixation, 401},
		"version":        {header("Sec-WebSocket-Version", "8"), probetest.VersionUnchecked, 426},
		"key":            {header("Sec-WebSocket-Key", "short"), probetest.KeyUnchecked, 400},
		"host":           {header("Host", "evil.example"), probetest.HostUnchecked, 421},
		"body":           {header("Content-Length", "0"), probetest.BodyAccepted, 400},
		"path":           {func(h *wireclient.Handshake) { h.URL += "/" }, probetest.PathSpelling, 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, weak := range []bool{false, true} {
				s, want := probetest.Hardened(t), tt.hardened
				if weak {
					s, want = probetest.With(t, tt.weak), 101
				}
				h := wireclient.Handshake{URL: s.URL, Origin: probetest.Origin, Cookie: s.SignIn("alice")}
				tt.change(&h)
				if _, got := dial(t, h); got != want {
					t.Errorf("with %q %v: got %d, want %d", tt.weak, weak, got, want)
				}
			}
		})
	}
}

// post sends a POST as alice's page does.
func post(t *testing.T, url, cookie string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", probetest.Origin)
	req.Header.Set("Cookie", cookie)
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestTicketIsUsedOnce(t *testing.T) {
	for weak, second := range map[probetest.Switch]int{"": 401, probetest.TicketReuse: 101} {
		s := probetest.With(t, weak)
		_, body := post(t, s.TicketURL(), s.SignIn("alice"))
		var a struct{ Ticket string }
		if err := json.Unmarshal([]byte(body), &a); err != nil || a.Ticket == "" {
			t.Fatalf("mint: got %s", body)
		}
		h := wireclient.Handshake{URL: s.URL, Origin: probetest.Origin, Subprotocols: []string{"twin.v1", "wst." + a.Ticket}}
		for i, want := range []int{101, second} {
			if _, got := dial(t, h); got != want {
				t.Errorf("with %q: use %d: got %d, want %d", weak, i+1, got, want)
			}
		}
	}
}

func TestLogoutClosesConnections(t *testing.T) {
	s := probetest.Hardened(t)
	cookie := s.SignIn("alice")
	c := open(t, wireclient.Handshake{URL: s.URL, Origin: probetest.Origin, Cookie: cookie})
	if status, _ := post(t, s.LogoutURL(), cookie); status != 204 {
		t.Fatalf("logout: got %d, want 204", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		u, err := c.NextMessage(ctx)
		if err != nil {
			t.Fatalf("wait for the end: %v", err)
		}
		if u.Opcode == wire.Close {
			break
		}
	}
}

// frames are what a strict reader refuses, with the switch that accepts each.
func TestFrames(t *testing.T) {
	key := [4]byte{1, 2, 3, 4}
	masked := func(h wire.Header, payload string) string {
		h.Masked, h.Key, h.Length = true, key, uint64(len(payload))
		p := []byte(payload)
		wire.Mask(p, key, 0)
		return string(h.Append(nil)) + string(p)
	}
	text := `{"type":"echo"}`
	tests := map[probetest.Switch]string{
		probetest.AcceptUnmasked:    string(wire.AppendMessage(nil, wire.Text, []byte(text), nil)),
		probetest.AcceptReserved:    masked(wire.Header{Fin: true, RSV2: true, Opcode: wire.Text}, text),
		probetest.AcceptOpcode:      masked(wire.Header{Fin: true, Opcode: 0xB}, ""),
		probetest.AcceptControlSize: masked(wire.Header{Fin: true, Opcode: wire.Ping}, strings.Repeat("x", 126)),
		probetest.AcceptInterleaved: masked(wire.Header{Fin: true}, text),
		probetest.SizeUnlimited:     masked(wire.Header{Fin: true, Opcode: wire.Text}, strings.Repeat(" ", 70<<10)),
		probetest.FragmentUnlimited: masked(wire.Header{Opcode: wire.Text}, "") + strings.Repeat(masked(wire.Header{}, ""), 70) + masked(wire.Header{Fin: true}, text),
	}
	for weak, bytes := range tests {
		t.Run(string(weak), func(t *testing.T) {
			for _, on := range []bool{false, true} {
				s := probetest.Hardened(t)
				if on {
					s = probetest.With(t, weak)
				}
				c := open(t, wireclient.Handshake{URL: s.URL, Origin: probetest.Origin, Cookie: s.SignIn("alice")})
				if _, err := io.WriteString(c, bytes); err != nil {
					t.Fatal(err)
				}
				if err := c.SendText(`{"type":"whoami"}`); err != nil && on {
					t.Fatal(err)
				}
				if got := answered(t, c); got != on {
					t.Errorf("with %q %v: answered %v", weak, on, got)
				}
			}
		})
	}
}

// answered reports whether the twin answers whoami before it ends the
// connection.
func answered(t *testing.T, c *wireclient.Conn) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		u, err := c.NextMessage(ctx)
		if err != nil || u.Opcode == wire.Close {
			return false
		}
		if strings.Contains(string(u.Payload), `"profile"`) {
			return true
		}
	}
}

// Every switch is in one of the lists that make the vulnerable twin, and the
// vulnerable twin starts.
func TestVulnerable(t *testing.T) {
	s := probetest.Vulnerable(t)
	c := open(t, wireclient.Handshake{URL: s.URL, Origin: "https://evil.example"})
	ask(t, c, `{"type":"get_order","id":1001}`, `book of alice`)
	ask(t, c, `{"type":"subscribe","channel":"user:*"}`, `subscribed`)
	if err := c.SendText(`{"type":"place_order","userId":"bob","item":"x","quantity":1}`); err != nil {
		t.Fatal(err)
	}
	expect(t, c, `"owner":"bob"`)
}
