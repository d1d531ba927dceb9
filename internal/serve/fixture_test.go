package serve_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const origin = "https://app.example.com"

// safe is a buffer for what several goroutines write.
type safe struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// gateway is a configuration file with an echo server behind it.
type gateway struct {
	t       *testing.T
	dir     string
	backend string // ws address
	log     safe
	audit   safe
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	echo, err := guard.New(guard.Config{Routes: []guard.Route{{
		Path: "/ws", Origins: []string{origin}, AllowNoOrigin: true, Auth: guard.Auth{Anonymous: true},
		Limits: guard.Limits{ConnectionsPerIP: 1000, Messages: guard.Rate{Count: 1 << 20, Per: time.Second}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(echo.Handler(func(_ context.Context, s *guard.Session, m guard.Message) error { return s.Send(m) }))
	t.Cleanup(func() {
		echo.Close()
		srv.Close()
	})
	return &gateway{t: t, dir: t.TempDir(), backend: "ws" + strings.TrimPrefix(srv.URL, "http")}
}

// route returns the YAML of a route for everybody.
func (g *gateway) route(path string) string {
	return "  - {path: " + path + ", backend: " + g.backend + "/ws, origins: [" + origin + "], allow_no_origin: true, auth: {anonymous: true}, limits: {connections_per_ip: 100}}\n"
}

// plain is a configuration with one route.
func (g *gateway) plain() string {
	return "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nroutes:\n" + g.route("/ws")
}

func (g *gateway) file() string { return filepath.Join(g.dir, "wswarden.yaml") }

func (g *gateway) write(name, text string) string {
	g.t.Helper()
	name = filepath.Join(g.dir, name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
	return name
}

// load writes text to the configuration file and loads it.
func (g *gateway) load(text string) *config.Config {
	g.t.Helper()
	g.write("wswarden.yaml", text)
	cfg, err := config.Load(g.file(), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return cfg
}

func (g *gateway) options() serve.Options {
	return serve.Options{Log: slog.New(slog.NewTextHandler(&g.log, nil)), Stdout: &g.audit}
}

// start serves the configuration text.
func (g *gateway) start(text string) *serve.Server {
	g.t.Helper()
	s, err := serve.Start(g.load(text), g.options())
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { s.Close() })
	return s
}

func contextOf(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second) // a hang fails
	t.Cleanup(cancel)
	return ctx
}

// dial opens a WebSocket, or returns the answer that refused it.
func dial(t *testing.T, s *serve.Server, h wireclient.Handshake) (*wireclient.Conn, *http.Response) {
	t.Helper()
	if h.URL == "" {
		h.URL = "ws://" + s.Addr().String() + "/ws"
	}
	c, resp, err := wireclient.Dial(contextOf(t), h)
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, resp
}

// open opens a WebSocket that must be let in.
func open(t *testing.T, s *serve.Server, path string) *wireclient.Conn {
	t.Helper()
	c, resp := dial(t, s, wireclient.Handshake{URL: "ws://" + s.Addr().String() + path, Origin: origin})
	if c == nil {
		t.Fatalf("%s was refused with %s", path, resp.Status)
	}
	return c
}

// echoes reports whether a message comes back.
func echoes(t *testing.T, c *wireclient.Conn) bool {
	t.Helper()
	if err := c.SendText("hello"); err != nil {
		return false
	}
	u, err := c.NextMessage(contextOf(t))
	return err == nil && string(u.Payload) == "hello"
}

// admin asks the admin listener.
func admin(t *testing.T, s *serve.Server, method, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(contextOf(t), method, "http://"+s.AdminAddr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// certificate writes a certificate for localhost under cert.pem and key.pem,
// and returns the pool that trusts it.
func (g *gateway) certificate(serial int64) *x509.CertPool {
	g.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		g.t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		g.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		g.t.Fatal(err)
	}
	g.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	g.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})))
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return pool
}

func trusting(pool *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}
