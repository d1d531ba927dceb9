//go:build linux

package peer_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/peer"
	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
)

var place = peer.Place{
	Listen:    netip.MustParseAddrPort("127.0.0.1:1001"),
	Admin:     netip.MustParseAddrPort("127.0.0.1:1002"),
	Backend:   netip.MustParseAddrPort("127.0.0.1:1003"),
	Dir:       "/tmp/x",
	OpenFiles: 20_000,
}

// system makes PATH hold programs that answer -v as the real ones do.
func system(t *testing.T, programs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, answer := range programs {
		script := "#!/bin/sh\necho '" + answer + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestConfigurations(t *testing.T) {
	system(t, map[string]string{
		"nginx":   "nginx version: nginx/1.22.1",
		"haproxy": "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/",
	})
	nginx, err := peer.Nginx(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	haproxy, err := peer.HAProxy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		spec    peer.Spec
		version string
		want    []string
	}{
		{nginx, "1.22.1", []string{"listen 127.0.0.1:1001;", "proxy_pass http://127.0.0.1:1003;", "worker_processes 1;", "daemon off;", "access_log off;", "worker_connections 19936;", "pid /tmp/x/nginx.pid;", "proxy_http_version 1.1;", "Upgrade $http_upgrade;"}},
		{haproxy, "2.6.12-1+deb12u4", []string{"bind 127.0.0.1:1001\n", "server echo 127.0.0.1:1003\n", "nbthread 1\n", "maxconn 9968\n", "timeout tunnel 1h\n"}},
		{peer.Guard("/bin/wswarden"), "", []string{"listen: 127.0.0.1:1001\n", "admin: 127.0.0.1:1002\n", "backend: ws://127.0.0.1:1003/ws\n", `origins: ["https://bench.example"]`, "audit: {file: /tmp/x/audit.jsonl}"}},
	} {
		t.Run(tt.spec.Name, func(t *testing.T) {
			if tt.spec.Version != tt.version {
				t.Errorf("got version %q, want %q", tt.spec.Version, tt.version)
			}
			got := tt.spec.Config(place)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("got no %q in\n%s", want, got)
				}
			}
			for _, name := range []string{"{listen}", "{admin}", "{backend}", "{dir}", "{connections}", "{sockets}", "{origin}", "{config}"} {
				if line := strings.Join(tt.spec.Command(place, "/tmp/x/c"), " "); strings.Contains(got+line, name) {
					t.Errorf("%s was left to fill in", name)
				}
			}
		})
	}
}

// The gateway's own parser takes the configuration, with limits above what the
// benchmark does.
func TestGuardTakesItsConfiguration(t *testing.T) {
	here := place
	here.Dir = t.TempDir()
	c, err := config.Parse("guard.conf", []byte(peer.Guard("wswarden").Config(here)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Guard.Routes) != 1 {
		t.Fatalf("got %d routes, want 1", len(c.Guard.Routes))
	}
	l := c.Guard.Routes[0].Limits
	for name, got := range map[string]int{
		"shared connections": c.Guard.Limits.Connections, "route connections": l.Connections,
		"connections of an address": l.ConnectionsPerIP, "connections of a user": l.ConnectionsPerUser,
	} {
		if got < 8000 {
			t.Errorf("%s: got %d, want room for 8000", name, got)
		}
	}
	for name, r := range map[string]guard.Rate{"messages": l.Messages, "messages of a user": l.UserMessages, "handshakes": c.Guard.Limits.Handshakes} {
		if perSecond := float64(r.Count) / r.Per.Seconds(); perSecond < 1e6 {
			t.Errorf("%s: got %v a second, want far more than there are", name, perSecond)
		}
	}
}

func TestGuardIsCalledAsAUserWould(t *testing.T) {
	got := strings.Join(peer.Guard("/bin/wswarden").Command(place, "/tmp/x/guard.conf"), " ")
	if want := "/bin/wswarden guard --config /tmp/x/guard.conf"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseSpec(t *testing.T) {
	system(t, map[string]string{"caddy": ""})
	s, err := peer.ParseSpec("caddy=caddy reverse-proxy --from {listen} --to {backend} {config}")
	if err != nil {
		t.Fatal(err)
	}
	got := s.Command(place, "/tmp/x/c")
	if s.Name != "caddy" || !filepath.IsAbs(got[0]) || strings.Join(got[1:], " ") != "reverse-proxy --from 127.0.0.1:1001 --to 127.0.0.1:1003 /tmp/x/c" {
		t.Errorf("got %q: %q", s.Name, got)
	}
	for _, bad := range []string{"", "caddy", "=caddy", "caddy=", "caddy=  ", "a b=caddy", "a|b=caddy", "x=no-such-program"} {
		if s, err := peer.ParseSpec(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, s)
		}
	}
}

func TestAMissingProgramNamesThePackage(t *testing.T) {
	err := error(&peer.MissingError{Program: "nginx"})
	hint, ok := peer.IsMissing(err)
	if !ok || !strings.Contains(hint, "apt-get install -y nginx") {
		t.Errorf("got %q, %v", hint, ok)
	}
	if hint, ok := peer.IsMissing(errors.New("other")); ok {
		t.Errorf("got the hint %q for another error", hint)
	}
}

var backend = netip.MustParseAddrPort("127.0.0.1:9")

func TestAProxyThatEndsIsAnErrorWithItsLastWords(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s, err := peer.ParseSpec("bad=sh no-such-script")
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Start(context.Background(), s, t.TempDir(), backend, 1024)
	if err == nil {
		p.Stop()
		t.Fatal("started, want an error")
	}
	if !errors.Is(err, peer.ErrEnded) || !strings.Contains(err.Error(), "no-such-script") {
		t.Errorf("got %v, want peer.ErrEnded and what the shell said", err)
	}
}

// The test binary plays the proxy: it listens, and has a child.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "play-proxy" {
		playProxy(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

func playProxy(addr string) {
	child, err := os.StartProcess("/bin/sleep", []string{"sleep", "600"}, &os.ProcAttr{})
	if err != nil {
		panic(err)
	}
	defer child.Wait()
	ln, err := net.Listen("tcp4", addr)
	if err != nil {
		panic(err)
	}
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}

func TestStartListsChildrenAndStopEndsTheProxy(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := peer.ParseSpec("played=" + self + " play-proxy {listen}")
	if err != nil {
		t.Fatal(err)
	}
	p, err := peer.Start(context.Background(), s, t.TempDir(), backend, 1024)
	if err != nil {
		t.Fatal(err)
	}
	pids, err := p.PIDs()
	if err != nil || len(pids) != 2 {
		t.Fatalf("got processes %v, %v, want the proxy and its child", pids, err)
	}
	p.Stop()
	if got, err := p.PIDs(); !errors.Is(err, peer.ErrEnded) {
		t.Errorf("got %v, %v after the stop, want peer.ErrEnded", got, err)
	}
	if c, err := net.Dial("tcp4", p.Addr.String()); err == nil {
		c.Close()
		t.Error("the proxy still listens after the stop")
	}
	// The proxy doesn't look after its child, so Stop has to.
	for deadline := time.Now().Add(10 * time.Second); alive(pids[1]); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the proxy's child is still there")
		}
	}
}

// alive tells whether a process is there and not merely waiting to be reaped.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestDirectIsTheBackend(t *testing.T) {
	p := peer.Direct(backend, os.Getpid())
	if pids, err := p.PIDs(); err != nil || len(pids) != 1 || pids[0] != os.Getpid() || p.Addr != backend {
		t.Errorf("got %v, %v at %v", pids, err, p.Addr)
	}
	p.Stop() // must not end this process
}
