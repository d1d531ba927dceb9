// Package tradingtest starts the trading platform for tests, in any of its
// flavours. It is for tests only: it knows where the sources lie in the module
// and fails the test when a program is missing.
package tradingtest

import (
	"bufio"
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/examples/trading/goserver"
)

// The flavours of the platform. InProcess is the Go server inside the test
// process: the quickest to start, and under its race detector.
const (
	Node      = "node"
	Python    = "python"
	Go        = "go"
	InProcess = "inprocess"
)

// readyTimeout bounds the wait for the line that says where a server listens;
// stopTimeout the wait for its end.
const (
	readyTimeout = 30 * time.Second
	stopTimeout  = 5 * time.Second
)

// Start runs a server of the flavour on a free port of 127.0.0.1 and returns
// its address, as "http://127.0.0.1:PORT", once it listens. The server ends
// with the test. Each env is "NAME=VALUE", as TRADING_TRUST_GUARD=1; settings
// of the platform in the environment of the test itself are not passed on. A
// missing program or dependency fails the test with the command that installs
// it.
func Start(t testing.TB, flavour string, env ...string) (baseURL string) {
	t.Helper()
	switch flavour {
	case Node:
		dir := filepath.Join(exampleDir(t), "node")
		if _, err := os.Stat(filepath.Join(dir, "node_modules", "ws")); err != nil {
			t.Fatal("start trading in node: ws is not installed: run (cd examples/trading/node && npm ci)")
		}
		node := program(t, "apt-get install -y nodejs npm", "node")
		return startProcess(t, env, node, filepath.Join(dir, "server.js"), "--port", "0")
	case Python:
		// The system's interpreter first: it is the one that has the system's
		// packages, whatever else is first in PATH.
		python := program(t, "apt-get install -y python3 python3-websockets", "/usr/bin/python3", "python3")
		return startProcess(t, env, python, filepath.Join(exampleDir(t), "python", "server.py"), "--port", "0")
	case Go:
		return startProcess(t, env, buildGo(t), "-listen", "127.0.0.1:0")
	case InProcess:
		return startInProcess(t, env)
	}
	t.Fatalf("start trading: unknown flavour %q", flavour)
	return ""
}

func startInProcess(t testing.TB, env []string) string {
	t.Helper()
	opts, err := goserver.OptionsFromEnv(func(name string) string {
		value := ""
		for _, pair := range env {
			if v, ok := strings.CutPrefix(pair, name+"="); ok {
				value = v
			}
		}
		return value
	})
	if err != nil {
		t.Fatal(err)
	}
	platform := goserver.New(opts)
	server := httptest.NewUnstartedServer(platform)
	server.Config.ReadHeaderTimeout = 10 * time.Second
	server.Start()
	t.Cleanup(func() {
		platform.Close()
		server.Close()
	})
	return server.URL
}

func buildGo(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "trading")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./goserver/cmd/trading")
	build.Dir = exampleDir(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build trading in go: %v\n%s", err, out)
	}
	return binary
}

// program returns the first of names that can be run.
func program(t testing.TB, install string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("start trading: %s is not installed: run %s", names[len(names)-1], install)
	return ""
}

// startProcess runs the command until the end of the test. The server also
// ends when its standard input does, so that it does not outlive a test process
// that is killed.
func startProcess(t testing.TB, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(inheritedEnv(), "TRADING_EXIT_WITH_STDIN=1", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("start trading: %v", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("start trading: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start trading: %v", err)
	}
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ready <- readyAddress(stdout)
		io.Copy(io.Discard, stdout)
		ended <- cmd.Wait()
	}()
	stop := func() {
		stdin.Close()
		kill := time.AfterFunc(stopTimeout, func() { cmd.Process.Kill() })
		defer kill.Stop()
		if err := <-ended; err != nil {
			t.Errorf("stop trading: %s: %v", filepath.Base(name), err)
		}
		if t.Failed() && stderr.Len() > 0 {
			t.Logf("standard error of %s:\n%s", filepath.Base(name), stderr.Bytes())
		}
	}
	t.Cleanup(stop)
	select {
	case address := <-ready:
		if address != "" {
			return address
		}
		t.Fatalf("start trading: %s ended before it listened", filepath.Base(name))
	case <-time.After(readyTimeout):
		t.Fatalf("start trading: %s does not listen after %v", filepath.Base(name), readyTimeout)
	}
	return ""
}

// readyAddress returns the address of the line "listening on http://…", or ""
// when the output ends without it.
func readyAddress(stdout io.Reader) string {
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		if address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on "); ok {
			return address
		}
		if err != nil {
			return ""
		}
	}
}

func inheritedEnv() []string {
	var env []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "TRADING_") && !strings.HasPrefix(pair, "PORT=") {
			env = append(env, pair)
		}
	}
	return env
}

// exampleDir returns examples/trading of the module that the test runs in.
func exampleDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find examples/trading: %v", err)
	}
	for {
		example := filepath.Join(dir, "examples", "trading")
		if _, err := os.Stat(filepath.Join(example, "platform.json")); err == nil {
			return example
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("find examples/trading: the test does not run inside the module")
		}
		dir = parent
	}
}
