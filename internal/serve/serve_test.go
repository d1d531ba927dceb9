package serve_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

const handshake = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: " + origin + "\r\n\r\n"

func TestServes(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	if !echoes(t, open(t, s, "/ws")) {
		t.Error("no echo through the gateway")
	}
	if _, resp := dial(t, s, wireclient.Handshake{Origin: "https://evil.example"}); resp.StatusCode != 403 {
		t.Errorf("a foreign origin got %s, want 403", resp.Status)
	}
	if status, body := admin(t, s, "GET", "/connections"); status != 200 || !strings.Contains(body, `"route":"/ws"`) {
		t.Errorf("connections: %d %s", status, body)
	}
	if status, _ := admin(t, s, "GET", "/readyz"); status != 200 {
		t.Errorf("readyz is %d, want 200", status)
	}
	_, metrics := admin(t, s, "GET", "/metrics")
	for _, want := range []string{
		`wswarden_connections{route="/ws"} 1`, `wswarden_refusals_total{outcome="denied",route="/ws",weakness="WS101"} 1`,
		"wswarden_listener_pending_connections 0", "wswarden_reloads_total 0", "wswarden_audit_lines_lost_total 0", "go_goroutines",
	} {
		if !strings.Contains(metrics, "\n"+want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	s.Close()
	if !strings.Contains(g.audit.String(), `"wswarden.weakness":"WS101"`) {
		t.Errorf("no audit line about the foreign origin:\n%s", g.audit.String())
	}
}

// Heads that net/http would forgive must not reach the guard.
func TestStrictHead(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, "GET /ws HTTP/1.1\nHost: localhost\n\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 400 {
		t.Errorf("got %v, %v, want 400", resp, err)
	}
	s.Close()
	if !strings.Contains(g.audit.String(), `"wswarden.rule":"request.bare-lf"`) {
		t.Errorf("no audit line:\n%s", g.audit.String())
	}
}

// Frames ahead of the 101 are refused by the guard, which learns of them here.
func TestEarlyFrames(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	_, resp := dial(t, s, wireclient.Handshake{Origin: origin, Behind: []byte("\x81\x80\x00\x00\x00\x00")})
	if resp.StatusCode != 400 {
		t.Errorf("got %s, want 400", resp.Status)
	}
}

// Frames that come while the backend is dialled are no better.
func TestEarlyFramesWhileTheBackendIsDialled(t *testing.T) {
	g := newGateway(t)
	dialled, release := make(chan struct{}), make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(dialled)
		<-release
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Accept", wire.AcceptKey(r.Header.Get("Sec-WebSocket-Key")))
		w.WriteHeader(http.StatusSwitchingProtocols)
	}))
	defer backend.Close()
	g.backend = "ws" + strings.TrimPrefix(backend.URL, "http")
	s := g.start(g.plain())
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, handshake)
	<-dialled
	io.WriteString(c, "\x81\x80\x00\x00\x00\x00")
	close(release)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 400 {
		t.Errorf("got %v, %v, want 400", resp, err)
	}
	s.Close()
	if got := strings.Count(g.audit.String(), `"wswarden.rule":"request.early-data"`); got != 1 {
		t.Errorf("%d audit lines, want 1:\n%s", got, g.audit.String())
	}
}

func TestAuditFile(t *testing.T) {
	g := newGateway(t)
	name := filepath.Join(g.dir, "audit.jsonl")
	s := g.start("audit: {file: audit.jsonl, accepted: true}\n" + g.plain())
	open(t, s, "/ws")
	s.Close()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"event.outcome":"allowed"`) {
		t.Errorf("no acceptance in %s", data)
	}
}

func TestStartFails(t *testing.T) {
	g := newGateway(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	routes := "routes:\n" + g.route("/ws")
	tests := []struct{ name, text, setting string }{
		{"the port is taken", "listen: " + address + "\n" + routes, "listen"},
		{"the admin port is taken", "listen: 127.0.0.1:0\nadmin: " + address + "\n" + routes, "admin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := serve.Start(g.load(tt.text), g.options())
			var le *serve.ListenError
			if !errors.As(err, &le) || le.Setting != tt.setting || le.Address != address || !strings.Contains(err.Error(), "address already in use") {
				t.Errorf("got %v, want a ListenError of %s %s", err, tt.setting, address)
			}
		})
	}
	t.Run("the certificate is gone", func(t *testing.T) {
		g.certificate(1)
		cfg := g.load("tls: {cert: cert.pem, key: key.pem}\n" + g.plain())
		os.Remove(filepath.Join(g.dir, "cert.pem"))
		if _, err := serve.Start(cfg, g.options()); err == nil {
			t.Error("started without a certificate")
		}
	})
}

func TestTLS(t *testing.T) {
	g := newGateway(t)
	pool := g.certificate(1)
	s := g.start("tls: {cert: cert.pem, key: key.pem}\n" + g.plain())
	address := "wss://" + s.Addr().String() + "/ws"
	if c, resp := dial(t, s, wireclient.Handshake{URL: address, Origin: origin, TLS: trusting(pool)}); c == nil || !echoes(t, c) {
		t.Errorf("no echo over TLS: %v", resp)
	}
	old := trusting(pool)
	old.MinVersion, old.MaxVersion = 0x0302, 0x0302 // TLS 1.1
	if _, _, err := wireclient.Dial(contextOf(t), wireclient.Handshake{URL: address, Origin: origin, TLS: old}); err == nil {
		t.Error("TLS 1.1 was spoken")
	}

	// A renewed certificate is shown after a reload, one that does not belong
	// to its key is not.
	g.write("key.pem", "not a key")
	if s.Reload() == nil {
		t.Error("a broken key was accepted")
	}
	if c, _ := dial(t, s, wireclient.Handshake{URL: address, Origin: origin, TLS: trusting(pool)}); c == nil {
		t.Error("the old certificate is not shown after a failed reload")
	}
	renewed := g.certificate(2)
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if c, _ := dial(t, s, wireclient.Handshake{URL: address, Origin: origin, TLS: trusting(renewed)}); c == nil {
		t.Error("the renewed certificate is not shown")
	}
}

func TestProxyProtocol(t *testing.T) {
	g := newGateway(t)
	ask := func(t *testing.T, s *serve.Server) string {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(c, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n"+handshake)
		line, _ := bufio.NewReader(c).ReadString('\n')
		return line
	}
	s := g.start(g.plain())
	if line := ask(t, s); line != "" {
		t.Errorf("a stranger's PROXY header got %q, want a closed connection", line)
	}
	// Trust comes with a reload.
	g.write("wswarden.yaml", "trusted_proxies: [127.0.0.1]\n"+g.plain())
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if line := ask(t, s); !strings.HasPrefix(line, "HTTP/1.1 101 ") {
		t.Fatalf("a trusted proxy got %q, want 101", line)
	}
	// A client can have its 101 a moment before it is listed.
	for deadline := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		_, body := admin(t, s, "GET", "/connections")
		if strings.Contains(body, `"client":"192.0.2.7"`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the client is not the one of the header: %s", body)
		}
	}
}

func TestCloseTwice(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	c := open(t, s, "/ws")
	s.Close()
	s.Close()
	if echoes(t, c) {
		t.Error("a connection outlived Close")
	}
}
