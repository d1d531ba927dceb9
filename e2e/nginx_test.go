package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// nginxConfig is a proxy as operators write it: it appends to X-Forwarded-For
// and passes the client's own headers on. %[1]s listen, %[2]s guard, %[3]s
// folder for what it writes.
const nginxConfig = `daemon off; worker_processes 1; pid %[3]s/pid; error_log %[3]s/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path %[3]s/body; proxy_temp_path %[3]s/proxy; fastcgi_temp_path %[3]s/f; uwsgi_temp_path %[3]s/u; scgi_temp_path %[3]s/s;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen %[1]s;
    location / {
      proxy_pass http://%[2]s;
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }
  }
}
`

// startNginx runs nginx in front of guard and returns its address.
func startNginx(t *testing.T, guard string) string {
	t.Helper()
	nginx := program(t, "apt-get install -y nginx", "nginx", "/usr/sbin/nginx")
	dir, listen := t.TempDir(), freeAddress(t)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, nginxConfig, listen, guard, dir), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", file)
	log := &syncBuffer{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(terminate)
		cmd.Wait()
		if t.Failed() {
			t.Logf("nginx: %s", log)
		}
	})
	url := "http://" + listen
	waitFor(t, "nginx", func() bool {
		res, err := http.Get(url + "/")
		if err != nil {
			return false
		}
		res.Body.Close()
		return true
	})
	return url
}

// TestBehindNginx believes the address that a trusted proxy names, and nothing
// that a client wrote into the same header.
func TestBehindNginx(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.Go)
	p := start(t, platform, `trusted_proxies: ["127.0.0.1"]`)
	proxy := startNginx(t, p.url[len("http://"):])
	alice := signIn(t, platform, "alice")

	status, answer := mint(t, proxy, platform, alice)
	if status != http.StatusOK || answer["url"] != "wss://127.0.0.1/ws" {
		t.Fatalf("mint through nginx: %d %v", status, answer)
	}
	var open []*wireclient.Conn
	try := func(from, forged string) int {
		status, answer := mintFrom(t, proxy, platform, alice, from, forged)
		if status != http.StatusOK {
			return status
		}
		h := wireclient.Handshake{URL: socketURL(proxy), Origin: platform, From: from, Subprotocols: []string{"wswarden.v1", answer["protocol"].(string)}}
		if forged != "" {
			h.Header = []wireclient.Line{{Name: "X-Forwarded-For", Value: forged}}
		}
		c, res, err := wireclient.Dial(testContext(t), h)
		if err != nil {
			t.Fatal(err)
		}
		if c != nil {
			t.Cleanup(func() { c.Close() })
			open = append(open, c)
		}
		return res.StatusCode
	}
	for i := range 3 {
		if got := try("127.0.0.2", ""); got != http.StatusSwitchingProtocols {
			t.Fatalf("connection %d from 127.0.0.2: %d", i+1, got)
		}
	}
	if got := try("127.0.0.2", ""); got != http.StatusTooManyRequests {
		t.Errorf("connection 4 of 3 from 127.0.0.2: %d", got)
	}
	if got := try("127.0.0.2", "203.0.113.7"); got != http.StatusTooManyRequests {
		t.Errorf("connection 4 with a forged address: %d", got)
	}
	if got := try("127.0.0.3", ""); got != http.StatusSwitchingProtocols {
		t.Errorf("connection from 127.0.0.3: %d", got)
	}
	p.waitAudit(t, "source.ip", "127.0.0.3")
}
