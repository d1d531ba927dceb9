package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a process.
const patience = 30 * time.Second

// binary is the built gateway, for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wswarden-e2e")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "wswarden")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/wswarden").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// process is a running gateway.
type process struct {
	url    string // http://127.0.0.1:PORT, for clients
	admin  string
	config string
	audit  string
	cmd    *exec.Cmd
	ended  chan error
	log    *syncBuffer
}

// gatewayConfig is the configuration of most tests; %s are, in order: listen,
// admin, platform, audit file, platform as backend, platform as origin, and
// further lines of the route.
const gatewayConfig = `listen: %[1]s
admin: %[2]s
sign_in:
  forward_auth: {url: "%[3]s/whoami", headers: [Cookie, Authorization]}
audit: {file: %[4]s, accepted: true}
drain: {spread: 100ms, deadline: 10s}
%[6]s
routes:
  - path: /ws
    backend: %[5]s/ws
    origins: ["%[3]s"]
    auth: {ticket: true}
    limits: {messages: 600/1m, connections_per_ip: 3}
`

// start runs the gateway in front of a platform. more are further lines at the
// top level.
func start(t *testing.T, platform, more string) *process {
	t.Helper()
	dir := t.TempDir()
	listen, admin := freeAddress(t), freeAddress(t)
	p := &process{url: "http://" + listen, admin: "http://" + admin, config: filepath.Join(dir, "wswarden.yaml"), audit: filepath.Join(dir, "audit.jsonl")}
	p.write(t, fmt.Sprintf(gatewayConfig, listen, admin, platform, p.audit, "ws"+strings.TrimPrefix(platform, "http"), more))
	p.run(t)
	return p
}

func (p *process) write(t *testing.T, config string) {
	t.Helper()
	if err := os.WriteFile(p.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts the process and waits until it is ready.
func (p *process) run(t *testing.T) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p.log = &syncBuffer{}
	p.cmd = exec.Command(path, "guard", "--config", p.config)
	p.cmd.Stderr, p.cmd.Stdout = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.ended = make(chan error, 1)
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		if t.Failed() {
			t.Logf("the gateway's log:\n%s", p.log)
		}
	})
	p.waitReady(t)
}

func (p *process) waitReady(t *testing.T) {
	t.Helper()
	waitFor(t, "the gateway to be ready", func() bool {
		res, err := http.Get(p.admin + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// signal sends s and returns the exit code.
func (p *process) stop(t *testing.T, s os.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		return 0
	case <-time.After(patience):
		t.Fatalf("the gateway did not end after %v", s)
		return -1
	}
}

// auditLines returns the audit log so far.
func (p *process) auditLines(t *testing.T) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(p.audit)
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatalf("audit line %q: %v", s.Text(), err)
		}
		lines = append(lines, line)
	}
	return lines
}

// waitAudit waits for a line whose key has the value want.
func (p *process) waitAudit(t *testing.T, key, want string) map[string]any {
	t.Helper()
	var found map[string]any
	waitFor(t, key+" "+want+" in the audit log", func() bool {
		for _, line := range p.auditLines(t) {
			if line[key] == want {
				found = line
				return true
			}
		}
		return false
	})
	return found
}

// waitFor polls what another process does.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// freeAddress returns an address of loopback that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// command runs a program to its end and returns what it printed.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, stderr.String())
	}
	return string(out)
}

// program returns the path of a program, or fails with how to get it.
func program(t *testing.T, install string, names ...string) string {
	t.Helper()
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed: run make setup (%s)", names[0], install)
	return ""
}

// terminate is the signal of an orderly end.
var terminate = syscall.SIGTERM

// syncBuffer is a log that is read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
