package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// account is somebody who signed in at the platform.
type account struct{ cookie, token string }

func signIn(t *testing.T, platform, user string) account {
	t.Helper()
	res, err := http.Post(platform+"/login", "application/json", strings.NewReader(`{"user":"`+user+`","password":"`+user+`-demo"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var a struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil || len(res.Cookies()) != 1 {
		t.Fatalf("sign in: %d %v", res.StatusCode, err)
	}
	return account{"session=" + res.Cookies()[0].Value, a.Token}
}

// mint asks for a ticket and returns the answer whatever it is.
func mint(t *testing.T, guard, origin string, a account) (int, map[string]any) {
	t.Helper()
	return mintBy(t, http.DefaultClient, guard, origin, a)
}

func mintBy(t *testing.T, client *http.Client, guard, origin string, a account, header ...string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(testContext(t), http.MethodPost, guard+"/ws/ticket", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", origin)
	req.Header.Set("Cookie", a.cookie)
	req.Header.Set("X-CSRF-Token", "1")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("mint: %d %q", res.StatusCode, body)
	}
	return res.StatusCode, answer
}

// ticket mints one that must be granted.
func ticket(t *testing.T, guard, origin string, a account) string {
	t.Helper()
	status, answer := mint(t, guard, origin, a)
	if status != http.StatusOK {
		t.Fatalf("mint: %d %v", status, answer)
	}
	return answer["ticket"].(string)
}

func socketURL(guard string) string { return "ws" + strings.TrimPrefix(guard, "http") + "/ws" }

// enter connects with a fresh ticket.
func enter(t *testing.T, p *process, platform string, a account) *wireclient.Conn {
	t.Helper()
	h := wireclient.Handshake{URL: socketURL(p.url), Origin: platform, Subprotocols: []string{"wswarden.v1", "wst." + ticket(t, p.url, platform, a)}}
	c, res, err := wireclient.Dial(testContext(t), h)
	if err != nil || c == nil {
		t.Fatalf("connect: %v %v", res, err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestHandshakeAttacks sends what the guide's attackers send, and reads both
// what they see and what the operator sees.
func TestHandshakeAttacks(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.Node)
	p := start(t, platform, "")
	alice := signIn(t, platform, "alice")
	used := ticket(t, p.url, platform, alice)
	offer := func(ticket string) []string { return []string{"wswarden.v1", "wst." + ticket} }

	tests := []struct {
		name     string
		h        wireclient.Handshake
		status   int
		weakness string
		rule     string
	}{
		{"first use", wireclient.Handshake{Origin: platform, Subprotocols: offer(used)}, 101, "", ""},
		{"replayed ticket", wireclient.Handshake{Origin: platform, Subprotocols: offer(used)}, 401, "WS204", "ticket.used"},
		{"invented ticket", wireclient.Handshake{Origin: platform, Subprotocols: offer("wst1_" + strings.Repeat("A", 43) + "AAAAAA")}, 401, "WS204", "ticket.malformed"},
		{"foreign origin with the cookie", wireclient.Handshake{Origin: "https://evil.example", Cookie: alice.cookie}, 403, "WS101", "origin.foreign"},
		{"lookalike origin", wireclient.Handshake{Origin: platform + ".evil.example", Cookie: alice.cookie}, 403, "WS102", "origin.lookalike"},
		{"no origin", wireclient.Handshake{Cookie: alice.cookie}, 403, "WS103", "origin.absent"},
		{"null origin", wireclient.Handshake{Origin: "null", Cookie: alice.cookie}, 403, "WS103", "origin.null"},
		{"rebound host", wireclient.Handshake{Origin: platform, Header: []wireclient.Line{{Name: "Host", Value: "evil.example"}}}, 403, "WS104", "host.foreign"},
		{"no credential", wireclient.Handshake{Origin: platform}, 401, "WS201", "credential.absent"},
		{"cookie alone", wireclient.Handshake{Origin: platform, Cookie: alice.cookie}, 401, "WS201", "credential.absent"},
		{"token in the URL", wireclient.Handshake{URL: socketURL(p.url) + "?token=" + alice.token, Origin: platform}, 400, "WS202", "query.credential"},
		{"ticket in the URL, which the route does not admit", wireclient.Handshake{URL: socketURL(p.url) + "?ticket=" + ticket(t, p.url, platform, alice), Origin: platform}, 401, "WS204", "ticket.carrier"},
		{"another version", wireclient.Handshake{Origin: platform, Header: []wireclient.Line{{Name: "Sec-WebSocket-Version", Value: "8"}}}, 426, "WS801", "request.websocket-version"},
		{"unknown sub-protocol", wireclient.Handshake{Origin: platform, Subprotocols: []string{"evil"}}, 400, "WS108", "subprotocol.unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.h.URL == "" {
				tt.h.URL = socketURL(p.url)
			}
			c, res, err := wireclient.Dial(testContext(t), tt.h)
			if err != nil {
				t.Fatal(err)
			}
			if c != nil {
				c.Close()
			}
			if res.StatusCode != tt.status {
				t.Fatalf("got %d, want %d", res.StatusCode, tt.status)
			}
			if tt.status == http.StatusSwitchingProtocols {
				return
			}
			var problem struct{ Code, ID string }
			body, _ := io.ReadAll(res.Body)
			if err := json.Unmarshal(body, &problem); err != nil || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("body %q, %v", body, err)
			}
			if !res.Close {
				t.Errorf("the connection stays open: %v", res.Header)
			}
			line := p.waitAudit(t, "event.id", problem.ID)
			if line["wswarden.weakness"] != tt.weakness || line["wswarden.rule"] != tt.rule {
				t.Errorf("audit line %v, want %s %s", line, tt.weakness, tt.rule)
			}
		})
	}
	noCredentialIn(t, p, used, alice.token, alice.cookie)
}

// noCredentialIn fails if a credential was written anywhere.
func noCredentialIn(t *testing.T, p *process, credentials ...string) {
	t.Helper()
	lines, err := json.Marshal(p.auditLines(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range credentials {
		if bytes.Contains(lines, []byte(c)) || strings.Contains(p.log.String(), c) {
			t.Errorf("a credential was written: %.8s…", c)
		}
	}
}

// TestFailures lets the platform die under the gateway: it is identity
// provider and backend at once.
func TestFailures(t *testing.T) {
	backend := newFlaky(t)
	p := start(t, backend.url, "")
	alice := account{cookie: "session=alice"}

	enter(t, p, backend.url, alice)
	spare := ticket(t, p.url, backend.url, alice)

	backend.stop()
	if status, answer := mint(t, p.url, backend.url, alice); status != http.StatusServiceUnavailable {
		t.Errorf("mint without the identity provider: got %d %v, want 503", status, answer)
	}
	c, res, err := wireclient.Dial(testContext(t), wireclient.Handshake{URL: socketURL(p.url), Origin: backend.url, Subprotocols: []string{"wswarden.v1", "wst." + spare}})
	if err != nil || c != nil || res.StatusCode != http.StatusBadGateway {
		t.Errorf("handshake without the backend: got %v %v, want 502", res, err)
	}

	backend.start(t)
	c2 := enter(t, p, backend.url, alice)
	if err := c2.SendText(`{"type":"x"}`); err != nil {
		t.Fatal(err)
	}
	if u, err := c2.NextMessage(testContext(t)); err != nil || u.Opcode != wire.Text {
		t.Errorf("after recovery: %v %v", u.Opcode, err)
	}
}

// TestQuotaOfAddress opens more connections than the configuration has places
// for, and finds the place again that one of them gives back.
func TestQuotaOfAddress(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.Go)
	p := start(t, platform, "")
	alice := signIn(t, platform, "alice")
	conns := []*wireclient.Conn{enter(t, p, platform, alice), enter(t, p, platform, alice), enter(t, p, platform, alice)}
	try := func() int {
		c, res, err := wireclient.Dial(testContext(t), wireclient.Handshake{URL: socketURL(p.url), Origin: platform, Subprotocols: []string{"wswarden.v1", "wst." + ticket(t, p.url, platform, alice)}})
		if err != nil {
			t.Fatal(err)
		}
		if c != nil {
			c.Close()
		}
		return res.StatusCode
	}
	if got := try(); got != http.StatusTooManyRequests {
		t.Errorf("connection 4 of 3: got %d, want 429", got)
	}
	conns[0].SendClose(wire.CloseNormal, "")
	waitFor(t, "the place to be free", func() bool { return try() == http.StatusSwitchingProtocols })
}

// TestDrain ends the process in order: clients are told to come back.
func TestDrain(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.Python)
	p := start(t, platform, "")
	c := enter(t, p, platform, signIn(t, platform, "alice"))
	code := make(chan int, 1)
	go func() { code <- p.stop(t, terminate) }()
	for {
		u, err := c.NextMessage(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			if u.Code != wire.CloseServiceRestart || !strings.HasPrefix(string(u.Reason), "drain;r=now") {
				t.Errorf("got %d %q", u.Code, u.Reason)
			}
			break
		}
	}
	c.Close()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d after a drain", got)
	}
}

// TestReload changes the file under the running gateway: a bad one changes
// nothing, a good one is in force without a restart.
func TestReload(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.Go)
	p := start(t, platform, "")
	alice := signIn(t, platform, "alice")
	stays := enter(t, p, platform, alice)

	good := readFile(t, p.config)
	p.write(t, strings.Replace(good, "ticket: true", "ticket: {ttl: 1h}", 1))
	p.reload(t)
	waitFor(t, "the refusal of the bad file", func() bool { return strings.Contains(p.log.String(), "ticket.ttl") })
	enter(t, p, platform, alice)

	p.write(t, good+strings.Replace(good[strings.Index(good, "  - path:"):], "/ws\n", "/second\n", 1))
	p.reload(t)
	waitFor(t, "the second route", func() bool {
		c, res, err := wireclient.Dial(testContext(t), wireclient.Handshake{URL: strings.TrimSuffix(socketURL(p.url), "/ws") + "/second", Origin: platform})
		return err == nil && c == nil && res.StatusCode == http.StatusUnauthorized
	})
	if err := stays.SendText(`{"type":"echo"}`); err != nil {
		t.Fatal(err)
	}
	for {
		u, err := stays.NextMessage(testContext(t))
		if err != nil || u.Opcode == wire.Close {
			t.Fatalf("the connection on the unchanged route ended: %v %d %q", err, u.Code, u.Reason)
		}
		if bytes.Contains(u.Payload, []byte("echo")) {
			return
		}
	}
}

// mintFrom mints from a local address, with a forged X-Forwarded-For if it is
// not empty.
func mintFrom(t *testing.T, guard, origin string, a account, from, forged string) (int, map[string]any) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}}
	if forged == "" {
		return mintBy(t, client, guard, origin, a)
	}
	return mintBy(t, client, guard, origin, a, "X-Forwarded-For", forged)
}
